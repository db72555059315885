import textwrap

import pytest

NAME = "nested_to_elif"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "comments": (
        """
        def f(a, b):
            if a == 1:
                return 1
            # second
            else:  # here
                # and there
                if b:  # why
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
            # here
            # and there
            elif b:  # why
                a = 2
            else:
                a = 3
            return a
        """,
    ),
    "after a guard": (
        """
        def f(a, b):
            if a == 1:
                return 1

            # now b
            if b:
                a += 1
            return a
        """,
        """
        def f(a, b):
            if a == 1:
                return 1
            # now b
            elif b:
                a += 1
            return a
        """,
    ),
}

REFUSED = {
    "more in the else": "def f(a, b):\n    if a:\n        b = 1\n    else:\n        if b:\n            a = 2\n        a += 1\n    return a\n",
    "a comment below": "def f(a, b):\n    if a:\n        b = 1\n    else:\n        if b:\n            a = 2\n        # the end\n    return a\n",
    "the first stays": "def f(a, b):\n    if a:\n        b = 1\n    if b:\n        a = 2\n    return a\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_chains(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
