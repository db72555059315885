import textwrap

import pytest

NAME = "or_to_membership"
CALLS = [
    (a, b)
    for a in (0, 1, True, -1.0, float("nan"), "a", None)
    for b in (0, 1, False, 2.5, float("nan"), "b", [1])
]

PAIRS = {
    "a == 1 or a == 2": (
        """
        def f(a, b):
            n = len('ab')
            return a == 1 or a == 2
        """,
        """
        def f(a, b):
            n = len('ab')
            return a in (1, 2)
        """,
    ),
    "a == 'x' or b or a == 'y'": (
        """
        def f(a, b):
            n = len('ab')
            return a == 'x' or b or a == 'y'
        """,
        """
        def f(a, b):
            n = len('ab')
            return a == 'x' or b or a == 'y'
        """,
    ),
    "b or a == 1 or 2 == a or a == None": (
        """
        def f(a, b):
            n = len('ab')
            return b or a == 1 or 2 == a or a == None
        """,
        """
        def f(a, b):
            n = len('ab')
            return b or a in (1, 2, None)
        """,
    ),
    "a != 1 and a != 2 and b": (
        """
        def f(a, b):
            n = len('ab')
            return a != 1 and a != 2 and b
        """,
        """
        def f(a, b):
            n = len('ab')
            return a not in (1, 2) and b
        """,
    ),
    "not (a == 1 or a == 2)": (
        """
        def f(a, b):
            n = len('ab')
            return not (a == 1 or a == 2)
        """,
        """
        def f(a, b):
            n = len('ab')
            return not (a in (1, 2))
        """,
    ),
    "a == n or a == 0": (
        """
        def f(a, b):
            n = len('ab')
            return a == n or a == 0
        """,
        """
        def f(a, b):
            n = len('ab')
            return a in (n, 0)
        """,
    ),
    "1 + (a == 1 or a == 2)": (
        """
        def f(a, b):
            n = len('ab')
            return 1 + (a == 1 or a == 2)
        """,
        """
        def f(a, b):
            n = len('ab')
            return 1 + (a in (1, 2))
        """,
    ),
}

REFUSED = {
    "other subjects": "def f(a, b):\n    n = len('ab')\n    return a == 1 or b == 1\n",
    "and": "def f(a, b):\n    n = len('ab')\n    return a == 1 and a == 2\n",
    "inequalities": "def f(a, b):\n    n = len('ab')\n    return a != 1 or a != 2\n",
    "NaN may equal itself in a tuple": "def f(a, b):\n    n = len('ab')\n    return a == b or a == 1\n",
    "a value that may fail": "def f(a, b):\n    n = len('ab')\n    return a == n // 0 or a == 1\n",
    "effects": "def f(a, b):\n    n = len('ab')\n    return print(a) == 1 or print(a) == 2\n",
    "a type of its own": "class C:\n    def __eq__(self, other):\n        return 1\n\n\ndef f(a, b):\n    return a == 1 or a == 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_asks_once(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
