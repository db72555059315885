import textwrap

import pytest

NAME = "merge_same_branches"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "two guards": (
        """
        def f(a, b):
            # one
            if a:
                return 5

            # two
            if b == 1 and a < 4:
                return 5
            return a
        """,
        """
        def f(a, b):
            # one
            # two
            if a or b == 1 and a < 4:
                return 5
            return a
        """,
    ),
    "an elif": (
        """
        def f(a, b):
            if a == 1:
                a += 1
            elif b == 1:
                a += 1
            else:
                a = 7
            return a
        """,
        """
        def f(a, b):
            if a == 1 or b == 1:
                a += 1
            else:
                a = 7
            return a
        """,
    ),
    "a guard and an if with an else": (
        """
        def f(a, b):
            if a == 1:
                return 0
            if b == 1:
                return 0
            else:
                a = 7
            return a
        """,
        """
        def f(a, b):
            if a == 1 or b == 1:
                return 0
            else:
                a = 7
            return a
        """,
    ),
}

REFUSED = {
    "other bodies": "def f(a, b):\n    if a:\n        return 1\n    if b:\n        return 2\n    return 0\n",
    "bodies that stay": "def f(a, b):\n    if a:\n        b += 1\n    if b:\n        b += 1\n    return b\n",
    "a comment inside": "def f(a, b):\n    if a:\n        return 1\n    if b:  # why\n        return 1\n    return 0\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_joins_the_conditions(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
