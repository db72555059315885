import textwrap

import pytest

NAME = "enumerate_to_range"
CALLS = [([3, 1, 2], 2), ([], 0), ("abca", "a"), (["a", "b"], 1), ((4, 4), 0), (None, 1)]

PAIRS = {
    "a parameter, with comments": (
        """
        def f(xs, n):
            result = []
            # each
            for i, x in enumerate(xs):  # place
                # the item
                if x != n:
                    result.append((i, x, xs[i]))
            return result
        """,
        """
        def f(xs, n):
            result = []
            # each
            for i in range(len(xs)):  # place
                x = xs[i]
                # the item
                if x != n:
                    result.append((i, x, xs[i]))
            return result
        """,
    ),
    "a start, and a sequence that is made there": (
        """
        def f(xs, n):
            result = []
            # each
            for i, x in enumerate(sorted(xs), start=1):
                result.append((i, x))
            for j, (a, b) in enumerate(result[1:]):
                result.append(a + j)
            return result
        """,
        """
        def f(xs, n):
            result = []
            # each
            values = sorted(xs)
            for i in range(1, len(values) + 1):
                x = values[i - 1]
                result.append((i, x))
            items = result[1:]
            for j in range(len(items)):
                (a, b) = items[j]
                result.append(a + j)
            return result
        """,
    ),
}

REFUSED = {
    "nothing shows a sequence": "for i, x in enumerate(xs):\n        n = i, x\n    return n",
    "the body changes it": "xs = list(xs)\n    for i, x in enumerate(xs):\n        if n:\n            n = xs.pop()\n    return n",
    "a start that is worked out": "xs = list(xs)\n    for i, x in enumerate(xs, n):\n        print(x)\n    return i",
    "a target that is no name": "xs = list(xs)\n    d = {}\n    for i, d[0] in enumerate(xs):\n        n = i\n    return n, d",
    "a set": "xs = set(xs)\n    for i, x in enumerate(xs):\n        n = i, x\n    return n",
}


@pytest.mark.parametrize("case", PAIRS)
def test_counts_positions(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, program) == program
