import textwrap

import pytest

NAME = "de_morgan"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "out of and": (
        """
        def f(a, b):
            if not a and b != 1:
                return 1
            return 2
        """,
        """
        def f(a, b):
            if not (a or b == 1):
                return 1
            return 2
        """,
    ),
    "out of or, as a value": (
        """
        def f(a, b):
            return not a or b is not None or a == 1
        """,
        """
        def f(a, b):
            return not (a and b is None and a != 1)
        """,
    ),
    "into or": (
        """
        def f(a, b):
            if not (a or b == 1):
                return 1
            return not (a and not (b == 1))
        """,
        """
        def f(a, b):
            if not a and b != 1:
                return 1
            return not a or b == 1
        """,
    ),
    "inside a longer condition": (
        """
        def f(a, b):
            if a and not (a == 1 and b == 1):
                return 1
            return 2
        """,
        """
        def f(a, b):
            if a and (a != 1 or b != 1):
                return 1
            return 2
        """,
    ),
}

REFUSED = {
    "nothing denied": "def f(a, b):\n    return a == 1 and b == 1\n",
    "a part that would need a not": "def f(a, b):\n    if not a and b:\n        return 1\n    return 2\n",
    "a value that is no bool": "def f(a, b):\n    return not (not a or b == 1)\n",
    "a value that need not be a bool": "def f(a, b):\n    return a != 1 and (b or a)\n",
    "its own inequality": "class C:\n    def __ne__(self, other):\n        return 1\n\n\ndef f(a, b):\n    if a != 1 and b != 1:\n        return 1\n    return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_moves_the_negation(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
