import textwrap

import pytest

NAME = "if_to_match"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "a chain": (
        """
        def f(a, b):
            # what
            if a == 1:  # one
                b = 1
            # two
            elif a in (2, -1.0) or a == 'x' 'y':
                b = 2
            elif a is None:
                b = 3
            else:  # other
                b = 4
            return b
        """,
        """
        def f(a, b):
            # what
            match a:
                case 1:  # one
                    b = 1
                # two
                case 2 | -1.0 | 'x' 'y':
                    b = 2
                case None:
                    b = 3
                case _:  # other
                    b = 4
            return b
        """,
    ),
    "guards in a row": (
        """
        def f(a, b):
            if a == 0: return 0

            if a == 'a':
                return 1
            if b == 1:
                return 2
            return 3
        """,
        """
        def f(a, b):
            match a:
                case 0:
                    return 0
                case 'a':
                    return 1
            if b == 1:
                return 2
            return 3
        """,
    ),
    "an expression, and one branch": (
        """
        def f(a, b):
            if a % 2 == 0:
                return 'even'
            else:
                return 'odd'
        """,
        """
        def f(a, b):
            match a % 2:
                case 0:
                    return 'even'
                case _:
                    return 'odd'
        """,
    ),
}

REFUSED = {
    "one branch without else": "def f(a, b):\n    if a == 1:\n        b = 2\n    return b\n",
    "two ifs of which both may run": "def f(a, b):\n    if a == 1:\n        a = 2\n    if a == 2:\n        a = 3\n    return a\n",
    "other subjects": "def f(a, b):\n    if a == 1:\n        return 1\n    elif b == 1:\n        return 2\n",
    "no literal": "def f(a, b):\n    if a == b:\n        return 1\n    elif a == 2:\n        return 2\n",
    "True by equality": "def f(a, b):\n    if a == True:\n        return 1\n    elif a == 2:\n        return 2\n",
    "a formatted string": "def f(a, b):\n    if a == f'{b}':\n        return 1\n    elif a == 'x':\n        return 2\n",
    "effects": "def f(a, b):\n    if print(a) == 1:\n        return 1\n    elif print(a) == 2:\n        return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_distinguishes_cases(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
