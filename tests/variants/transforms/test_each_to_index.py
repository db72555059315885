import textwrap

import pytest

NAME = "each_to_index"
CALLS = [([3, 1, 2], 2), ([], 0), ("abca", "a"), (["a", "b"], 1), ((4, 4), 0), (None, 1)]

PAIRS = {
    "a sequence, with comments": (
        """
        def f(xs, n):
            result = []
            ys = list(xs)
            # each
            for x in ys:  # one
                # the item
                result.append(x)
            return result
        """,
        """
        def f(xs, n):
            result = []
            ys = list(xs)
            # each
            for i in range(len(ys)):  # one
                x = ys[i]
                # the item
                result.append(x)
            return result
        """,
    ),
    "a slice, and a tuple of targets": (
        """
        def f(xs, n):
            result = []
            for x in xs[::-1]:
                result.append((x, n))
            for a, b in result:
                print(a, b)
            return result
        """,
        """
        def f(xs, n):
            result = []
            items = xs[::-1]
            for index in range(len(items)):
                x = items[index]
                result.append((x, n))
            for i in range(len(result)):
                a, b = result[i]
                print(a, b)
            return result
        """,
    ),
}

REFUSED = {
    "nothing shows a sequence": "for x in xs:\n        n = x\n    return n",
    "a range": "for x in range(3):\n        n = x\n    return n",
    "the body changes it": "xs = list(xs)\n    for x in xs:\n        if n:\n            n = xs.pop()\n    return n",
    "a set": "xs = set(xs)\n    for x in xs:\n        n = x\n    return n",
    "an else": "xs = list(xs)\n    for x in xs:\n        n = x\n    else:\n        n = 1\n    return n",
    "a dict by its annotation": "def g(d: dict):\n        for x in d:\n            print(d[-1])\n    return g",
}


@pytest.mark.parametrize("case", PAIRS)
def test_takes_items_by_position(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, program) == program
