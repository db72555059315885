import textwrap

import pytest

NAME = "if_to_condition"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "a comparison": (
        """
        def f(a, b):
            # same
            if a == b or a is None:
                return True
            return False
        """,
        """
        def f(a, b):
            # same
            return a == b or a is None
        """,
    ),
    "any value": (
        """
        def f(a, b):
            if a:
                return True
            else:
                return False
        """,
        """
        def f(a, b):
            return bool(a)
        """,
    ),
    "the other way round": (
        """
        def f(a, b):
            if a or b == 1:
                x = False
            else:
                x = True
            return x
        """,
        """
        def f(a, b):
            x = not a and b != 1
            return x
        """,
    ),
    "a double negation": (
        """
        def f(a, b):
            if not a:
                return False
            return True
        """,
        """
        def f(a, b):
            return not (not a)
        """,
    ),
    "conditional expressions": (
        """
        def f(a, b):
            return (True if a == b else False, 1 + (False if a else True))
        """,
        """
        def f(a, b):
            return (a == b, 1 + (not a))
        """,
    ),
}

REFUSED = {
    "other values": "def f(a, b):\n    if a:\n        return True\n    return None\n",
    "ones and zeros": "def f(a, b):\n    if a:\n        return 1\n    return 0\n",
    "other targets": "def f(a, b):\n    if a:\n        x = True\n    else:\n        y = False\n    return 1\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_uses_the_condition(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]


def test_comparisons_of_own_types_need_not_be_bools(rewrite):
    before = """
        class C:
            def __eq__(self, other):
                return "yes"


        def f(a, b):
            if a == b:
                return True
            return False
        """
    assert "return bool(a == b)" in rewrite(NAME, before)
