import textwrap

import pytest

NAME = "mirror_comparison"
CALLS = [
    *((a, b) for a in (0, 1, True, -1.0, float("nan"), "a", None) for b in (0, 2.5, float("nan"), "b", [1])),
    ([1, 2], [3]),
    ([2, 1], {0: 1}),
    ("ab", "b"),
]

PAIRS = {
    "a < b": (
        """
        def f(a, b):
            n = len('ab')
            return a < b
        """,
        """
        def f(a, b):
            n = len('ab')
            return b > a
        """,
    ),
    "a <= b": (
        """
        def f(a, b):
            n = len('ab')
            return a <= b
        """,
        """
        def f(a, b):
            n = len('ab')
            return b >= a
        """,
    ),
    "a > n + 1": (
        """
        def f(a, b):
            n = len('ab')
            return a > n + 1
        """,
        """
        def f(a, b):
            n = len('ab')
            return n + 1 < a
        """,
    ),
    "a >= 2": (
        """
        def f(a, b):
            n = len('ab')
            return a >= 2
        """,
        """
        def f(a, b):
            n = len('ab')
            return 2 <= a
        """,
    ),
    "a == b": (
        """
        def f(a, b):
            n = len('ab')
            return a == b
        """,
        """
        def f(a, b):
            n = len('ab')
            return b == a
        """,
    ),
    "a != 'x'": (
        """
        def f(a, b):
            n = len('ab')
            return a != 'x'
        """,
        """
        def f(a, b):
            n = len('ab')
            return 'x' != a
        """,
    ),
    "a < b and not (b == 1)": (
        """
        def f(a, b):
            n = len('ab')
            return a < b and not (b == 1)
        """,
        """
        def f(a, b):
            n = len('ab')
            return b > a and not (1 == b)
        """,
    ),
    "(a < (b, 1))": (
        """
        def f(a, b):
            n = len('ab')
            return (a < (b, 1))
        """,
        """
        def f(a, b):
            n = len('ab')
            return (b, 1) > a
        """,
    ),
    "a[0] < a[1]": (
        """
        def f(a, b):
            n = len('ab')
            return a[0] < a[1]
        """,
        """
        def f(a, b):
            n = len('ab')
            return a[1] > a[0]
        """,
    ),
    "len(a) < len(b)": (
        """
        def f(a, b):
            n = len('ab')
            return len(a) < len(b)
        """,
        """
        def f(a, b):
            n = len('ab')
            return len(b) > len(a)
        """,
    ),
    "print(a) != b": (
        """
        def f(a, b):
            n = len('ab')
            return print(a) != b
        """,
        """
        def f(a, b):
            n = len('ab')
            return b != print(a)
        """,
    ),
    "{1} < {1, 2}": (
        """
        def f(a, b):
            n = len('ab')
            return {1} < {1, 2}
        """,
        """
        def f(a, b):
            n = len('ab')
            return {1, 2} > {1}
        """,
    ),
    "[x for x in (1, 2) if x > n]": (
        """
        def f(a, b):
            n = len('ab')
            return [x for x in (1, 2) if x > n]
        """,
        """
        def f(a, b):
            n = len('ab')
            return [x for x in (1, 2) if n < x]
        """,
    ),
    "1 if (a if b else n) == n else 2": (
        """
        def f(a, b):
            n = len('ab')
            return 1 if (a if b else n) == n else 2
        """,
        """
        def f(a, b):
            n = len('ab')
            return 1 if n == (a if b else n) else 2
        """,
    ),
}

REFUSED = {
    "a chain": "def f(a, b):\n    n = len('ab')\n    return 0 < n < 3\n",
    "in and is": "def f(a, b):\n    n = len('ab')\n    return a in [b] or a is b\n",
    "both may fail": "def f(a, b):\n    n = len('ab')\n    return a[0] < len(b)\n",
    "other indices": "def f(a, b):\n    n = len('ab')\n    return a[0] < b[0]\n",
    "both have effects": "def f(a, b):\n    n = len('ab')\n    return print(a) == print(b)\n",
    "a walrus changes the other side": "def f(a, b):\n    n = len('ab')\n    return a == (a := b)\n",
    "a list that the other side changes": "def f(a, b):\n    n = len('ab')\n    return len(a) == a.pop()\n",
    "a global that a call may change": "g = 1\n\n\ndef h():\n    global g\n    g = 2\n    return g\n\n\ndef f(a, b):\n    return g == h()\n",
    "a name that may be unbound": "def f(a, b):\n    if a:\n        x = 1\n    return x == print(b)\n",
    "a type of its own": "class C:\n    def __lt__(self, other):\n        return 1\n\n\ndef f(a, b):\n    return a < b\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_swaps_the_sides(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]


def test_mirrors_provable_builtins_in_a_program_with_types_of_its_own(rewrite):
    before = "class C:\n    pass\n\n\ndef f(a, b):\n    return len(a) < 3\n"
    assert "return 3 > len(a)" in rewrite(NAME, before)
