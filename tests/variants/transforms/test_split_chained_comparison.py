import textwrap

import pytest

NAME = "split_chained_comparison"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "0 <= a < b": (
        """
        def f(a, b):
            n = len('ab')
            return 0 <= a < b
        """,
        """
        def f(a, b):
            n = len('ab')
            return 0 <= a and a < b
        """,
    ),
    "1 < len(b) < 3": (
        """
        def f(a, b):
            n = len('ab')
            return 1 < len(b) < 3
        """,
        """
        def f(a, b):
            n = len('ab')
            return 1 < len(b) and len(b) < 3
        """,
    ),
    "a == b != n > 0": (
        """
        def f(a, b):
            n = len('ab')
            return a == b != n > 0
        """,
        """
        def f(a, b):
            n = len('ab')
            return a == b and b != n and n > 0
        """,
    ),
    "not 0 < a < 3": (
        """
        def f(a, b):
            n = len('ab')
            return not 0 < a < 3
        """,
        """
        def f(a, b):
            n = len('ab')
            return not (0 < a and a < 3)
        """,
    ),
    "0 <= n < 3 and b and 1 < n < a": (
        """
        def f(a, b):
            n = len('ab')
            return 0 <= n < 3 and b and 1 < n < a
        """,
        """
        def f(a, b):
            n = len('ab')
            return 0 <= n and n < 3 and b and 1 < n and n < a
        """,
    ),
    "a == print(b) or 0 < n + 1 < print(a)": (
        """
        def f(a, b):
            n = len('ab')
            return a == print(b) or 0 < n + 1 < print(a)
        """,
        """
        def f(a, b):
            n = len('ab')
            return a == print(b) or 0 < n + 1 and n + 1 < print(a)
        """,
    ),
}

REFUSED = {
    "two sides": "def f(a, b):\n    n = len('ab')\n    return a < b\n",
    "a call in the middle": "def f(a, b):\n    n = len('ab')\n    return 0 < print(a) < 3\n",
    "a walrus in the middle": "def f(a, b):\n    n = len('ab')\n    return 0 < (x := n) < 3\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_compares_pairs(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
