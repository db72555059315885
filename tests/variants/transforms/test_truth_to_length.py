import textwrap

import pytest

NAME = "truth_to_length"
CALLS = [(a, b) for a in ("", " x", "ab cd") for b in (0, 1, [2])]

PAIRS = {
    "in conditions": (
        """
        def f(a, b):
            words = a.split()
            if not words:
                return 1
            while words and words[0]:
                words.pop()
            return 2 if words else 3
        """,
        """
        def f(a, b):
            words = a.split()
            if len(words) == 0:
                return 1
            while len(words) > 0 and words[0]:
                words.pop()
            return 2 if len(words) > 0 else 3
        """,
    ),
    "an expression": (
        """
        def f(a, b):
            return [c for c in a if a.strip() or b]
        """,
        """
        def f(a, b):
            return [c for c in a if len(a.strip()) > 0 or b]
        """,
    ),
}

REFUSED = {
    "anything may be no container": "def f(a, b):\n    if not a:\n        return 1\n    return 2\n",
    "the value is used": "def f(a, b):\n    words = a.split()\n    return words or b\n",
    "a number": "def f(a, b):\n    n = len(a)\n    if n:\n        return 1\n    return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_asks_the_length(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
