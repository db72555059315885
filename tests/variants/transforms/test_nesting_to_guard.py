import textwrap

import pytest

NAME = "nesting_to_guard"
CALLS = [(a, b) for a in (0, 1, 2) for b in (0, 1, 2)]

PAIRS = {
    "at the end of a function": (
        """
        def f(a, b):
            # when it pays
            if a == b:  # same
                # first
                print(a)
                print(b)
                # below
        """,
        """
        def f(a, b):
            # when it pays
            if a != b:
                return
            # same
            # first
            print(a)
            print(b)
            # below
        """,
    ),
    "at the end of a loop": (
        """
        def f(a, b):
            total = 0
            for x in range(4):
                total += 1
                if x == a: total += x
            return total
        """,
        """
        def f(a, b):
            total = 0
            for x in range(4):
                total += 1
                if x != a:
                    continue
                total += x
            return total
        """,
    ),
    "an else after a branch that leaves": (
        """
        def f(a, b):
            if a:
                return 1
            # otherwise
            else:  # b
                b += 1
                # end
            return b
        """,
        """
        def f(a, b):
            if a:
                return 1
            # otherwise
            # b
            b += 1
            # end
            return b
        """,
    ),
    "an elif after a branch that leaves": (
        """
        def f(a, b):
            if a == 1:
                return 1
            # two
            elif b == 2:
                a = 7
            else:
                a = 8
            return a
        """,
        """
        def f(a, b):
            if a == 1:
                return 1
            # two
            if b == 2:
                a = 7
            else:
                a = 8
            return a
        """,
    ),
    "only the else leaves": (
        """
        def f(a, b):
            if a:
                b += 1
                b *= 2
            # too small
            else:
                return -1
            return b
        """,
        """
        def f(a, b):
            if not a:
                # too small
                return -1
            b += 1
            b *= 2
            return b
        """,
    ),
    "no branch leaves, in a while": (
        """
        def f(a, b):
            while a < 5:
                a += 1
                if a in (b, 3):
                    print(a)
                else:
                    print(b)
                    b += 1
            return b
        """,
        """
        def f(a, b):
            while a < 5:
                a += 1
                if a in (b, 3):
                    print(a)
                    continue
                print(b)
                b += 1
            return b
        """,
    ),
    "no branch leaves, in a function": (
        """
        def f(a, b):
            if a:
                print(a)
            else:
                print(b)
                print()
        """,
        """
        def f(a, b):
            if a:
                print(a)
                return
            print(b)
            print()
        """,
    ),
}

REFUSED = {
    "a lone jump": "def f(a, b):\n    for x in range(3):\n        if x == a:\n            break\n    return x\n",
    "neither leaves and more follows": "def f(a, b):\n    if a:\n        b = 1\n    else:\n        b = 2\n    return b\n",
    "at the end of a with": "def f(a, b):\n    try:\n        if a:\n            print(1)\n    finally:\n        print(2)\n",
    "in the else of a loop": "def f(a, b):\n    for x in range(3):\n        pass\n    else:\n        if a:\n            print(1)\n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_leaves_early(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    assert rewrite(NAME, REFUSED[case]) == REFUSED[case]
