import textwrap

import pytest

NAME = "ternary_to_if"

PAIRS = {
    "assignment with its comments": (
        """
        def f(a, b):
            # the larger one
            x = a if a > b else b  # kept
            return x
        """,
        """
        def f(a, b):
            # the larger one
            if a > b:  # kept
                x = a
            else:
                x = b
            return x
        """,
    ),
    "return": (
        """
        def f(a, b):
            return (a, b) if a else [b]
        """,
        """
        def f(a, b):
            if a:
                return (a, b)
            else:
                return [b]
        """,
    ),
    "nested in the else part": (
        """
        def f(a, b):
            return 1 if a else (2 if b else 3)
        """,
        """
        def f(a, b):
            if a:
                return 1
            elif b:
                return 2
            else:
                return 3
        """,
    ),
    "several targets, an element among them": (
        """
        def f(a, b):
            x = b[0] = 1 if a else 2
            return x
        """,
        """
        def f(a, b):
            if a:
                x = b[0] = 1
            else:
                x = b[0] = 2
            return x
        """,
    ),
    "over several lines": (
        """
        def f(a, b):
            return (
                a +
                1
                if a
                else b
            )
        """,
        """
        def f(a, b):
            if a:
                return a + 1
            else:
                return b
        """,
    ),
}

REFUSED = {
    "part of a longer expression": "def f(a, b):\n    return 1 + (a if a else b)\n",
    "two statements on the line": "def f(a, b):\n    x = a if a else b; return x\n",
    "annotated": "def f(a, b):\n    x: int = a if a else b\n    return x\n",
    "outside of functions": "x = 1 if __name__ else 2\n\n\ndef f(a, b):\n    return x\n",
    "on the line of its if": "def f(a, b):\n    if a: return a if a else b\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_spells_out(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, [([1, 2], [3]), ([], [4]), (0, [0]), (1, [2, 3])])


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
