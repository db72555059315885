import textwrap

import pytest

NAME = "split_or"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "a guard": (
        """
        def f(a, b):
            # either
            if a or b == 1:
                return 5
            return a
        """,
        """
        def f(a, b):
            # either
            if a:
                return 5
            if b == 1:
                return 5
            return a
        """,
    ),
    "a body that stays": (
        """
        def f(a, b):
            if a == 1 or b == 1:
                a += 1
            elif b:
                a = 7
            return a
        """,
        """
        def f(a, b):
            if a == 1:
                a += 1
            elif b == 1:
                a += 1
            elif b:
                a = 7
            return a
        """,
    ),
    "of three, the last": (
        """
        def f(a, b):
            if a == 1 or b == 1 or a and b: return 1
            return 0
        """,
        """
        def f(a, b):
            if a == 1 or b == 1:
                return 1
            if a and b:
                return 1
            return 0
        """,
    ),
}

REFUSED = {
    "a longer body": "def f(a, b):\n    if a or b:\n        a += 1\n        b += 1\n    return a\n",
    "and": "def f(a, b):\n    if a and b:\n        return 1\n    return 2\n",
    "a comment in the body": "def f(a, b):\n    if a or b:  # why\n        return 1\n    return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_writes_the_body_twice(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
