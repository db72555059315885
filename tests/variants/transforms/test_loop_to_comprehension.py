import textwrap

import pytest

NAME = "loop_to_comprehension"
CALLS = [([3, 1, 2], 2), ([], 0), ([1, 1, 0], 1), (["a", "b"], 1), ([0, [1]], 0), (None, 1)]

PAIRS = {
    "a list with its comments": (
        """
        def f(xs, n):
            # all of them
            ys = []
            # twice
            for x in xs:
                ys.append(x * 2)
            return ys
        """,
        """
        def f(xs, n):
            # all of them
            # twice
            ys = [x * 2 for x in xs]
            return ys
        """,
    ),
    "conditions and loops in loops": (
        """
        def f(xs, n):
            ys = list()
            for x in xs:
                if x or n:
                    for y in range(2) if n else (1, 2):
                        if y != n:
                            if x != y:
                                ys.append((x, y))
            return ys
        """,
        """
        def f(xs, n):
            ys = [(x, y) for x in xs if x or n for y in (range(2) if n else (1, 2)) if y != n if x != y]
            return ys
        """,
    ),
    "guards": (
        """
        def f(xs, n):
            ys = []
            for i, x in enumerate(xs):
                if x == n:
                    continue
                if i > 3 or n:
                    continue
                ys.append(x)
            return ys
        """,
        """
        def f(xs, n):
            ys = [x for i, x in enumerate(xs) if x != n if i <= 3 and not n]
            return ys
        """,
    ),
    "a choice": (
        """
        def f(xs, n):
            ys: list = []
            for x in xs, n:
                if x:
                    ys.append(x)
                else:
                    ys.append(-1)
            return ys
        """,
        """
        def f(xs, n):
            ys: list = [x if x else -1 for x in (xs, n)]
            return ys
        """,
    ),
    "a set and a dict, with other lines in between": (
        """
        def f(xs, n):
            a = set()
            c = 5
            for x in xs:
                a.add(str(x) if n else x)
            b = {}
            for x in xs:
                b[x] = len(a) + c
            for x in xs:
                n = x
            return a == set(xs), b, n
        """,
        """
        def f(xs, n):
            c = 5
            a = {str(x) if n else x for x in xs}
            b = {x: len(a) + c for x in xs}
            for x in xs:
                n = x
            return a == set(xs), b, n
        """,
    ),
    "keys that are tuples": (
        """
        def f(xs, n):
            b = {}
            for x in xs:
                b[(x, n)] = x, 1
            return b
        """,
        """
        def f(xs, n):
            b = {(x, n): (x, 1) for x in xs}
            return b
        """,
    ),
}

BODIES = {
    "the result is read in the loop": "r = []\n    for x in xs:\n        r.append(len(r))",
    "the result does not begin empty": "r = [n]\n    for x in xs:\n        r.append(x)",
    "the result is another name": "r = s = []\n    for x in xs:\n        r.append(x)",
    "the result has been used since": "r = []\n    s = r\n    for x in xs:\n        r.append(x)",
    "the loop does more": "r = []\n    for x in xs:\n        r.append(x)\n        n += 1",
    "the variable is wanted": "r = []\n    x = 0\n    for x in xs:\n        r.append(x)\n    r = r, x",
    "else": "r = []\n    for x in xs:\n        r.append(x)\n    else:\n        n = 3",
    "a branch of another kind": "r = []\n    for x in xs:\n        if x:\n            r.append(x)\n        else:\n            n = x",
    "a comment": "r = []\n    for x in xs:\n        r.append(x)  # it",
    "a handler": "r = []\n    try:\n        r = []\n        for x in xs:\n            r.append(1 // x)\n    except Exception:\n        pass",
    "a closure": "r = []\n    g = lambda: len(r)\n    r = []\n    for x in xs:\n        r.append(g())",
    "a walrus": "r = []\n    for x in xs:\n        r.append(y := x)",
    "key and value both work": "r = {}\n    for x in xs:\n        r[x + 1] = x * n",
    "a target that is no name": "r = []\n    q = [0]\n    for q[0] in xs:\n        r.append(n)",
    "two arguments": "r = []\n    for x in xs:\n        r.append(*[x])",
    "a list that is given a set": "r = set()\n    for x in xs:\n        r.append(x)",
    "too long for a line": "r = []\n    for x in xs:\n        r.append(" + "x + " * 25 + "x)",
}


@pytest.mark.parametrize("case", PAIRS)
def test_collects_at_once(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", BODIES)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {BODIES[case]}\n    return r\n"
    assert rewrite(NAME, program) == program
