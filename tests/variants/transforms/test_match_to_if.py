import textwrap

import pytest

NAME = "match_to_if"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "cases": (
        """
        def f(a, b):
            # what
            match a:
                case 1:  # one
                    b = 1
                # two
                case 2 | -1.0 | 'x':
                    b = 2
                case None | 3 | True if b:
                    b = 3
                case _ if b or b == 0:
                    b = 4
                case _:  # other
                    b = 5
            return b
        """,
        """
        def f(a, b):
            # what
            if a == 1:  # one
                b = 1
            # two
            elif a in (2, -1.0, 'x'):
                b = 2
            elif (a is None or a == 3 or a is True) and b:
                b = 3
            elif b or b == 0:
                b = 4
            else:  # other
                b = 5
            return b
        """,
    ),
    "a subject that is evaluated once": (
        """
        def f(a, b):
            match print(a), b:
                case 1:
                    return 1
                case _:
                    return 2
        """,
        """
        def f(a, b):
            value = print(a), b
            if value == 1:
                return 1
            else:
                return 2
        """,
    ),
}

REFUSED = {
    "a name is bound": "def f(a, b):\n    match a:\n        case 1:\n            return 1\n        case x:\n            return x\n",
    "a wildcard only": "def f(a, b):\n    match a:\n        case _:\n            return 1\n",
    "a sequence": "def f(a, b):\n    match a:\n        case [1, 2]:\n            return 1\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_compares_one_by_one(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
