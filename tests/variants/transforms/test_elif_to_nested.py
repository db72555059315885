import textwrap

import pytest

NAME = "elif_to_nested"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "comments": (
        """
        def f(a, b):
            if a == 1:
                return 1
            # second
            elif b:  # why
                a = 2
            else:
                a = 3
            return a
        """,
        """
        def f(a, b):
            if a == 1:
                return 1
            # second
            else:
                if b:  # why
                    a = 2
                else:
                    a = 3
            return a
        """,
    ),
    "a chain": (
        """
        def f(a, b):
            if a == 1:
                return 1
            elif b:
                return 2
            elif a:
                return 3
        """,
        """
        def f(a, b):
            if a == 1:
                return 1
            else:
                if b:
                    return 2
                else:
                    if a:
                        return 3
        """,
    ),
}

REFUSED = {
    "an else": "def f(a, b):\n    if a:\n        return 1\n    else:\n        return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_nests(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
