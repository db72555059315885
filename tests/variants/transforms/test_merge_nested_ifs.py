import textwrap

import pytest

NAME = "merge_nested_ifs"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "with comments": (
        """
        def f(a, b):
            # outer
            if a:  # a holds
                # inner
                if b == 1 or b == 2:  # b too
                    a = 5
            return a
        """,
        """
        def f(a, b):
            # outer
            # a holds
            # inner
            if a and (b == 1 or b == 2):  # b too
                a = 5
            return a
        """,
    ),
    "the last elif": (
        """
        def f(a, b):
            if a == 2:
                return 0
            elif a:
                if b: return 1
            return 2
        """,
        """
        def f(a, b):
            if a == 2:
                return 0
            elif a and b:
                return 1
            return 2
        """,
    ),
    "a conditional expression": (
        """
        def f(a, b):
            if (1 if a else b):
                if not b:
                    a = 5
            return a
        """,
        """
        def f(a, b):
            if (1 if a else b) and not b:
                a = 5
            return a
        """,
    ),
    "three levels": (
        """
        def f(a, b):
            if a:
                if b:
                    if a == b:
                        return 1
            return 2
        """,
        """
        def f(a, b):
            if a and b and a == b:
                return 1
            return 2
        """,
    ),
}

REFUSED = {
    "more in the body": "def f(a, b):\n    if a:\n        if b:\n            a = 1\n        b = 3\n    return a, b\n",
    "an else inside": "def f(a, b):\n    if a:\n        if b:\n            a = 1\n        else:\n            a = 2\n    return a\n",
    "an else outside": "def f(a, b):\n    if a:\n        if b:\n            a = 1\n    else:\n        a = 2\n    return a\n",
    "a long line": "def f(a, b):\n    if a == 11111111111111111111111111111111111111111111111111:\n        if b == 22222222222222222222222222222222222222222222222222:\n            return 1\n    return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_joins_the_conditions(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
