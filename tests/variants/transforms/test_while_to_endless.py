import textwrap

import pytest

NAME = "while_to_endless"
CALLS = [([3, 1, 2], 2), ([], 0), ([1], 3), ([0, 5, 5, 1], -1)]

PAIRS = {
    "comments stay": (
        """
        def f(xs, n):
            # count
            while n > 0:  # down
                # by one
                n -= 1
                # done
            return n
        """,
        """
        def f(xs, n):
            # count
            while True:  # down
                if not (n > 0):
                    break
                # by one
                n -= 1
                # done
            return n
        """,
    ),
    "a condition that is negated exactly": (
        """
        def f(xs, n):
            i = 0
            while i < len(xs) and xs[i] != n:
                i += 1
            return i
        """,
        """
        def f(xs, n):
            i = 0
            while True:
                if i >= len(xs) or xs[i] == n:
                    break
                i += 1
            return i
        """,
    ),
    "an else with a continue in the body": (
        """
        def f(xs, n):
            i = 0
            while i < len(xs):
                i += 1
                if xs[i - 1] == n:
                    break
                if i % 2:
                    continue
                n += 1
            else:
                n = -n
            return i, n
        """,
        """
        def f(xs, n):
            i = 0
            while True:
                if i >= len(xs):
                    n = -n
                    break
                i += 1
                if xs[i - 1] == n:
                    break
                if i % 2:
                    continue
                n += 1
            return i, n
        """,
    ),
    "an else that returns": (
        """
        def f(xs, n):
            while(n > 0):
                n -= 1
            else:
                return n
        """,
        """
        def f(xs, n):
            while True:
                if not (n > 0):
                    return n
                n -= 1
        """,
    ),
    "on one line": (
        """
        def f(xs, n):
            while n > 0: n -= 1; n -= 2
            return n
        """,
        """
        def f(xs, n):
            while True:
                if not (n > 0):
                    break
                n -= 1
                n -= 2
            return n
        """,
    ),
    "a walrus, and a loop in a loop": (
        """
        def f(xs, n):
            items = iter(xs)
            while (x := next(items, None)) is not None:
                while x:
                    x -= 1
                    n += 1
            return n
        """,
        """
        def f(xs, n):
            items = iter(xs)
            while True:
                if (x := next(items, None)) is None:
                    break
                while True:
                    if not x:
                        break
                    x -= 1
                    n += 1
            return n
        """,
    ),
}

REFUSED = {
    "an endless loop": "def f(n):\n    while True:\n        break\n    while 1:\n        return n\n",
    "an else that breaks the outer loop": (
        "def f(n):\n    for i in range(n):\n        while n > 3:\n            n -= 1\n        else:\n"
        "            break\n    return n, i\n"
    ),
    "a comment above the else": (
        "def f(n):\n    while n:\n        n -= 1\n    # then\n    else:\n        n = 3\n    return n\n"
    ),
    "a comment in the condition": "def f(n):\n    while (n  # so\n           > 0):\n        n -= 1\n",
    "outside of a function": "n = 3\nwhile n > 0:\n    n -= 1\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_moves_the_condition(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
