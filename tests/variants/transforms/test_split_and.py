import textwrap

import pytest

NAME = "split_and"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "two": (
        """
        def f(a, b):
            # both
            if a and b:  # really
                a = 5
            return a
        """,
        """
        def f(a, b):
            # both
            if a:  # really
                if b:
                    a = 5
            return a
        """,
    ),
    "three, and an elif": (
        """
        def f(a, b):
            if a == 2:
                return 3
            elif (a and (b or a == 1)): return 1
            return 0
        """,
        """
        def f(a, b):
            if a == 2:
                return 3
            elif a:
                if b or a == 1:
                    return 1
            return 0
        """,
    ),
    "of three, the last": (
        """
        def f(a, b):
            if a and b and a != b:
                return 1
            return 0
        """,
        """
        def f(a, b):
            if a and b:
                if a != b:
                    return 1
            return 0
        """,
    ),
}

REFUSED = {
    "an else": "def f(a, b):\n    if a and b:\n        return 1\n    else:\n        return 2\n",
    "or": "def f(a, b):\n    if a or b:\n        return 1\n    return 2\n",
    "a comment inside": "def f(a, b):\n    if (a  # one\n            and b):\n        return 1\n    return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_checks_one_after_the_other(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
