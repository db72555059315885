import textwrap

import pytest

NAME = "length_to_truth"
CALLS = [(a, b) for a in ("", " x", "ab cd") for b in (0, 1, [2])]

PAIRS = {
    "in conditions": (
        """
        def f(a, b):
            words = a.split()
            if len(words) == 0 or not len(words) >= 1:
                return 1
            while 0 < len(words):
                words.pop()
            return 2 if b and len(words) < 1 else 3
        """,
        """
        def f(a, b):
            words = a.split()
            if not words or not words:
                return 1
            while words:
                words.pop()
            return 2 if b and not words else 3
        """,
    ),
    "an expression": (
        """
        def f(a, b):
            return [c for c in a if len(a.strip()) != 0]
        """,
        """
        def f(a, b):
            return [c for c in a if a.strip()]
        """,
    ),
}

REFUSED = {
    "anything may be no container": "def f(a, b):\n    if len(a) == 0:\n        return 1\n    return 2\n",
    "the value is used": "def f(a, b):\n    words = a.split()\n    return len(words) == 0\n",
    "another length": "def f(a, b):\n    words = a.split()\n    if len(words) == 1 or len(words) > 1 or len(words) >= 0:\n        return 1\n    return 2\n",
    "its own len": "def len(x):\n    return 0\n\n\ndef f(a, b):\n    words = [a]\n    if len(words) == 0:\n        return 1\n    return 2\n",
    "a split of its own": "class C:\n    def split(self):\n        return 1\n\n\ndef f(a, b):\n    if len(a.split()) == 0:\n        return 1\n    return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_asks_the_container(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
