import textwrap

import pytest

NAME = "guard_to_nesting"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "guard with a value": (
        """
        def f(a, b):
            # nothing to do
            if a == 1:  # one
                return b

            # the rest
            a += 1
            return a
            # the end
        """,
        """
        def f(a, b):
            # nothing to do
            if a != 1:
                # the rest
                a += 1
                return a
            else:  # one
                return b
            # the end
        """,
    ),
    "continue in its loop": (
        """
        def f(a, b):
            total = 0
            for x in range(a + 2):
                if x == b: continue
                total += x
                print(total)
            return total
        """,
        """
        def f(a, b):
            total = 0
            for x in range(a + 2):
                if x != b:
                    total += x
                    print(total)
            return total
        """,
    ),
    "continue in a deeper block": (
        """
        def f(a, b):
            total = 0
            for x in range(a + 2):
                if x:
                    if x == b:
                        continue
                    total += x
                total += 10
            return total
        """,
        """
        def f(a, b):
            total = 0
            for x in range(a + 2):
                if x:
                    if x != b:
                        total += x
                    else:
                        continue
                total += 10
            return total
        """,
    ),
    "return of nothing": (
        """
        def f(a, b):
            if not a:
                return None
            print(b)
        """,
        """
        def f(a, b):
            if a:
                print(b)
        """,
    ),
    "return of nothing inside a loop": (
        """
        def f(a, b):
            for x in range(3):
                if x == b:
                    return
                print(x)
            return a
        """,
        """
        def f(a, b):
            for x in range(3):
                if x != b:
                    print(x)
                else:
                    return
            return a
        """,
    ),
    "two guards": (
        """
        def f(a, b):
            if a < b:
                raise ValueError
            if b in (1, 2):
                return 1
            return 2
        """,
        """
        def f(a, b):
            if not (a < b):
                if b not in (1, 2):
                    return 2
                else:
                    return 1
            else:
                raise ValueError
        """,
    ),
    "break": (
        """
        def f(a, b):
            while True:
                a += 1
                if a > b and b:
                    print(a)
                    break
                b -= 1
                if b < -3:
                    break
            return a
        """,
        """
        def f(a, b):
            while True:
                a += 1
                if not (a > b) or not b:
                    b -= 1
                    if b < -3:
                        break
                else:
                    print(a)
                    break
            return a
        """,
    ),
}

REFUSED = {
    "nothing follows": "def f(a, b):\n    if a:\n        return b\n",
    "it does not leave": "def f(a, b):\n    if a:\n        b = 1\n    return b\n",
    "it has an else": "def f(a, b):\n    if a:\n        return b\n    else:\n        a = 2\n    return a\n",
    "it declares a name that the rest uses": "g = 0\n\n\ndef f(a, b):\n    if a:\n        global g\n        g = 1\n        return b\n    return 2\n",
    "one branch stays": "def f(a, b):\n    if a:\n        if b:\n            return 1\n        elif a == 2:\n            return 3\n    return 2\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_nests_the_rest(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
