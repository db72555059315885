import textwrap

import pytest

NAME = "guard_to_else"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "guard with a value": (
        """
        def f(a, b):
            if a == 1:  # one
                return b

            # the rest
            a += 1
            return a
            # the end
        """,
        """
        def f(a, b):
            if a == 1:  # one
                return b
            else:
                # the rest
                a += 1
                return a
            # the end
        """,
    ),
    "a chain of guards": (
        """
        def f(a, b):
            if a == 1:
                return b
            elif b == 1:
                raise KeyError
            if a:
                return a
            return b
        """,
        """
        def f(a, b):
            if a == 1:
                return b
            elif b == 1:
                raise KeyError
            elif a:
                return a
            else:
                return b
        """,
    ),
    "a lone if": (
        """
        def f(a, b):
            for x in range(3):
                if x == a:
                    continue
                if x == b:
                    print(x)
        """,
        """
        def f(a, b):
            for x in range(3):
                if x == a:
                    continue
                elif x == b:
                    print(x)
        """,
    ),
}

REFUSED = {
    "nothing follows": "def f(a, b):\n    if a:\n        return b\n",
    "a branch stays": "def f(a, b):\n    if a:\n        return 1\n    elif b:\n        a = 1\n    return a\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_puts_the_rest_into_an_else(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
