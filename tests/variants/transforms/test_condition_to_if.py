import textwrap

import pytest

NAME = "condition_to_if"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "a return": (
        """
        def f(a, b):
            # same
            return (a == b and not b)  # really
        """,
        """
        def f(a, b):
            # same
            if a == b and not b:  # really
                return True
            return False
        """,
    ),
    "an assignment": (
        """
        def f(a, b):
            x = y = a is not b
            return x, y
        """,
        """
        def f(a, b):
            if a is not b:
                x = y = True
            else:
                x = y = False
            return x, y
        """,
    ),
    "calls": (
        """
        def f(a, b):
            return isinstance(a, str)
        """,
        """
        def f(a, b):
            if isinstance(a, str):
                return True
            return False
        """,
    ),
}

REFUSED = {
    "no bool": "def f(a, b):\n    return a == 1 and b\n",
    "a name": "def f(a, b):\n    a = True\n    return a\n",
    "two statements on a line": "def f(a, b):\n    x = a == b; return x\n",
    "its own equality": "class C:\n    def __eq__(self, other):\n        return 1\n\n\ndef f(a, b):\n    return a == b\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_spells_out(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
