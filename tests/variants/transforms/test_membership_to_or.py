import textwrap

import pytest

NAME = "membership_to_or"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "a in (1, 2)": (
        """
        def f(a, b):
            n = len('ab')
            return a in (1, 2)
        """,
        """
        def f(a, b):
            n = len('ab')
            return a == 1 or a == 2
        """,
    ),
    "a not in [1, 'x', None]": (
        """
        def f(a, b):
            n = len('ab')
            return a not in [1, 'x', None]
        """,
        """
        def f(a, b):
            n = len('ab')
            return a != 1 and a != 'x' and a != None
        """,
    ),
    "not a in (1, 2)": (
        """
        def f(a, b):
            n = len('ab')
            return not a in (1, 2)
        """,
        """
        def f(a, b):
            n = len('ab')
            return not (a == 1 or a == 2)
        """,
    ),
    "b and a in (n, 0)": (
        """
        def f(a, b):
            n = len('ab')
            return b and a in (n, 0)
        """,
        """
        def f(a, b):
            n = len('ab')
            return b and (a == n or a == 0)
        """,
    ),
    "len('a') in (0, 1)": (
        """
        def f(a, b):
            n = len('ab')
            return len('a') in (0, 1)
        """,
        """
        def f(a, b):
            n = len('ab')
            return len('a') == 0 or len('a') == 1
        """,
    ),
}

REFUSED = {
    "a set, which hashes": "def f(a, b):\n    n = len('ab')\n    return a in {1, 2}\n",
    "a string, which searches": "def f(a, b):\n    n = len('ab')\n    return a in 'ab'\n",
    "one value": "def f(a, b):\n    n = len('ab')\n    return a in (1,)\n",
    "five values": "def f(a, b):\n    n = len('ab')\n    return a in (1, 2, 3, 4, 5)\n",
    "NaN is in a tuple with itself": "def f(a, b):\n    n = len('ab')\n    return a in (b, 1)\n",
    "stars": "def f(a, b):\n    n = len('ab')\n    return a in (*b, 1)\n",
    "effects": "def f(a, b):\n    n = len('ab')\n    return print(a) in (1, 2)\n",
    "a type of its own": "class C:\n    def __eq__(self, other):\n        return 1\n\n\ndef f(a, b):\n    return a in (1, 2)\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_compares_one_by_one(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
