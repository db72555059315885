import textwrap

import pytest

NAME = "join_comparisons"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "0 <= n and n < a": (
        """
        def f(a, b):
            n = len('ab')
            return 0 <= n and n < a
        """,
        """
        def f(a, b):
            n = len('ab')
            return 0 <= n < a
        """,
    ),
    "n >= 0 and n < a": (
        """
        def f(a, b):
            n = len('ab')
            return n >= 0 and n < a
        """,
        """
        def f(a, b):
            n = len('ab')
            return 0 <= n < a
        """,
    ),
    "a > n and n > 0": (
        """
        def f(a, b):
            n = len('ab')
            return a > n and n > 0
        """,
        """
        def f(a, b):
            n = len('ab')
            return a > n > 0
        """,
    ),
    "a and n > 0 and b > n and b": (
        """
        def f(a, b):
            n = len('ab')
            return a and n > 0 and b > n and b
        """,
        """
        def f(a, b):
            n = len('ab')
            return a and 0 < n < b and b
        """,
    ),
    "a == n and n == b": (
        """
        def f(a, b):
            n = len('ab')
            return a == n and n == b
        """,
        """
        def f(a, b):
            n = len('ab')
            return a == n == b
        """,
    ),
    "not (0 < a and a < 3)": (
        """
        def f(a, b):
            n = len('ab')
            return not (0 < a and a < 3)
        """,
        """
        def f(a, b):
            n = len('ab')
            return not (0 < a < 3)
        """,
    ),
    "b or 0 < len(a) and len(a) < 3": (
        """
        def f(a, b):
            n = len('ab')
            return b or 0 < len(a) and len(a) < 3
        """,
        """
        def f(a, b):
            n = len('ab')
            return b or 0 < len(a) < 3
        """,
    ),
}

REFUSED = {
    "other directions": "def f(a, b):\n    n = len('ab')\n    return a < n and n > b\n",
    "nothing shared": "def f(a, b):\n    n = len('ab')\n    return a < n and b < 3\n",
    "only a literal shared": "def f(a, b):\n    n = len('ab')\n    return a == 1 and b == 1\n",
    "or": "def f(a, b):\n    n = len('ab')\n    return 0 < n or n < 2\n",
    "effects": "def f(a, b):\n    n = len('ab')\n    return 0 < print(a) and print(a) < 2\n",
    "unequal": "def f(a, b):\n    n = len('ab')\n    return a != n and n != b\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_chains(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
