import textwrap

import pytest

NAME = "loop_to_any"
CALLS = [([3, 1, 2], 2), ([], 0), ([1, 1, 0], 1), (["a", "b"], "a"), (None, 1)]

PAIRS = {
    "any, with comments": (
        """
        def f(xs, n):
            # a hit
            for x in xs:
                if x == n or x is None:
                    return True
            return False
        """,
        """
        def f(xs, n):
            # a hit
            return any(x == n or x is None for x in xs)
        """,
    ),
    "all, nested": (
        """
        def f(xs, n):
            for i in range(len(xs)):
                if i:
                    for j in range(i):
                        if xs[i] == xs[j] or i < j:
                            return False
            return True
        """,
        """
        def f(xs, n):
            return all(xs[i] != xs[j] and i >= j for i in range(len(xs)) if i for j in range(i))
        """,
    ),
    "a flag": (
        """
        def f(xs, n):
            found = False
            for x in xs:
                if x == n:
                    found = True
                    break
            same = True
            for x in xs:
                if x == n:
                    continue
                if x:
                    same = False
                    break
            return found, same
        """,
        """
        def f(xs, n):
            found = any(x == n for x in xs)
            same = all(not x for x in xs if x != n)
            return found, same
        """,
    ),
    "next": (
        """
        def f(xs, n):
            for i, x in enumerate(xs):
                if x == n:
                    return i
            return -1
        """,
        """
        def f(xs, n):
            return next((i for i, x in enumerate(xs) if x == n), -1)
        """,
    ),
}

REFUSED = {
    "the same outcome": "for x in xs:\n        if x:\n            return True\n    return True",
    "no condition": "for x in xs:\n        return True\n    return False",
    "something in between": "for x in xs:\n        if x:\n            return True\n    n += 1\n    return False",
    "the other outcome is worked out": "for x in xs:\n        if x:\n            return n\n    return len(xs)",
    "a flag without a break": "y = False\n    for x in xs:\n        if x:\n            y = True\n    return y",
    "a flag that is not set before": "y = n\n    for x in xs:\n        if x:\n            y = True\n            break\n    return y",
    "the variable is wanted": "y = False\n    x = 0\n    for x in xs:\n        if x:\n            y = True\n            break\n    return y, x",
    "next in the condition": "g = iter([n])\n    for x in xs:\n        if x == next(g):\n            return True\n    return False",
}


@pytest.mark.parametrize("case", PAIRS)
def test_asks_at_once(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, program) == program
