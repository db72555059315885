import textwrap

import pytest

NAME = "loop_to_sum"
CALLS = [([3, 1, 2], 2), ([], 0), ([1, 1, 0], 1), (["a", "b"], "a"), (None, 1)]

PAIRS = {
    "counting, with comments": (
        """
        def f(xs, n):
            # how many
            count = 0
            # each
            for x in xs:
                if x == n:
                    count += 1
            return count
        """,
        """
        def f(xs, n):
            # how many
            # each
            count = sum(1 for x in xs if x == n)
            return count
        """,
    ),
    "a total that goes on": (
        """
        def f(xs, n):
            total = 3
            for i in range(len(xs)):
                for j in range(i):
                    total += i * j
            for x in xs:
                total += len(str(x)) if n else 0
            return total
        """,
        """
        def f(xs, n):
            total = 3
            total += sum(sum(i * j for j in range(i)) for i in range(len(xs)))
            total += sum(len(str(x)) if n else 0 for x in xs)
            return total
        """,
    ),
    "bools and an annotation": (
        """
        def f(xs, n):
            total: int = 0
            for x in xs:
                if x is None:
                    continue
                total += x is not n
            return total
        """,
        """
        def f(xs, n):
            total: int = sum(x is not n for x in xs if x is not None)
            return total
        """,
    ),
}

REFUSED = {
    "elements that may be floats": "t = 0\n    for x in xs:\n        t += x\n    return t",
    "a total that may be a float": "t = n\n    for x in xs:\n        t += 1\n    return t",
    "the total is read in the loop": "t = 0\n    for x in xs:\n        if t < n:\n            t += 1\n    return t",
    "the total is subtracted from": "t = 0\n    for x in xs:\n        t -= 1\n    return t",
    "a handler": "t = 0\n    try:\n        for x in xs:\n            if x > n:\n                t += 1\n    except TypeError:\n        pass\n    return t",
    "next": "t = 0\n    g = iter([1])\n    for x in xs:\n        if next(g):\n            t += 1\n    return t",
    "the variable is read later": "t = 0\n    x = 0\n    for x in xs:\n        t += 1\n    return t, x",
    "a break": "t = 0\n    for x in xs:\n        if x:\n            t += 1\n            break\n    return t",
    "a sum of its own": "sum = 0\n    for x in xs:\n        sum += 1\n    return sum",
}


@pytest.mark.parametrize("case", PAIRS)
def test_adds_at_once(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, program) == program
