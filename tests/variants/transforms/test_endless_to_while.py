import textwrap

import pytest

NAME = "endless_to_while"
CALLS = [([3, 1, 2], 2), ([], 0), ([1], 3), ([0, 5, 5, 1], -1)]

PAIRS = {
    "a break, with comments": (
        """
        def f(xs, n):
            while True:  # down
                # enough
                if not (n > 0):
                    break
                # by one
                n -= 1
            return n
        """,
        """
        def f(xs, n):
            while n > 0:  # down
                # enough
                # by one
                n -= 1
            return n
        """,
    ),
    "something before the break": (
        """
        def f(xs, n):
            i = 0
            while 1:
                if i >= len(xs):
                    # all seen
                    n = -n
                    break
                i += 1
            return i, n
        """,
        """
        def f(xs, n):
            i = 0
            while i < len(xs):
                i += 1
            # all seen
            n = -n
            return i, n
        """,
    ),
    "another break": (
        """
        def f(xs, n):
            i = 0
            while True:
                if i >= len(xs):
                    n = -n
                    break
                if xs[i] == n:
                    break
                i += 1
            return i, n
        """,
        """
        def f(xs, n):
            i = 0
            while i < len(xs):
                if xs[i] == n:
                    break
                i += 1
            else:
                n = -n
            return i, n
        """,
    ),
    "a break of an inner loop's else": (
        """
        def f(xs, n):
            while True:
                if n < 1:
                    return n
                for x in xs:
                    n -= 1
                else:
                    break
            return -n
        """,
        """
        def f(xs, n):
            while not (n < 1):
                for x in xs:
                    n -= 1
                else:
                    break
            else:
                return n
            return -n
        """,
    ),
    "a return and an else": (
        """
        def f(xs, n):
            while True:
                if n < 1:
                    return n
                else:
                    n -= 2
                if n == 5:
                    continue
                n -= 1
        """,
        """
        def f(xs, n):
            while not (n < 1):
                n -= 2
                if n == 5:
                    continue
                n -= 1
            return n
        """,
    ),
    "nothing else": (
        """
        def f(xs, n):
            while True:
                if not xs or xs.pop():
                    break
            return xs
        """,
        """
        def f(xs, n):
            while xs and not xs.pop():
                pass
            return xs
        """,
    ),
}

REFUSED = {
    "the way out comes later": "def f(n):\n    while True:\n        n -= 1\n        if n < 0:\n            break\n",
    "an elif": (
        "def f(n):\n    while True:\n        if n < 0:\n            break\n        elif n > 9:\n            n = 3\n"
    ),
    "it continues": "def f(n):\n    while True:\n        if n < 0:\n            n += 1\n            continue\n        return n\n",
    "it may continue before it returns": (
        "def f(n):\n    while True:\n        if n < 0:\n            n += 1\n            if n % 2:\n"
        "                continue\n            return n\n        n -= 1\n"
    ),
    "a comment at the break": "def f(n):\n    while True:\n        if n < 0:\n            break  # out\n        n -= 1\n",
    "a condition": "def f(n):\n    while n:\n        if n < 0:\n            break\n        n -= 1\n",
    "a false constant": "def f(n):\n    while 0:\n        if n < 0:\n            break\n        n -= 1\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_moves_the_way_out(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
