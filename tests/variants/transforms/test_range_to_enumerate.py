import textwrap

import pytest

NAME = "range_to_enumerate"
CALLS = [([3, 1, 2], 2), ([], 0), ("abca", "a"), (["a", "b"], 1), ((4, 4), 0), (None, 1)]

PAIRS = {
    "position and item, with comments": (
        """
        def f(xs, n):
            result = []
            # each
            for i in range(len(xs)):  # place
                if xs[i] != n:  # differs
                    result.append((i, xs[i]))
            return result
        """,
        """
        def f(xs, n):
            result = []
            # each
            for i, item in enumerate(xs):  # place
                if item != n:  # differs
                    result.append((i, item))
            return result
        """,
    ),
    "a name in the plural, other positions and an element that is changed": (
        """
        def f(numbers, n):
            rows = [[x] for x in numbers]
            for i in range(len(rows)):
                rows[i].append(rows[i - 1][0])
                rows[i][0] = i
            return rows, i
        """,
        """
        def f(numbers, n):
            rows = [[x] for x in numbers]
            for i, row in enumerate(rows):
                row.append(rows[i - 1][0])
                row[0] = i
            return rows, i
        """,
    ),
}

REFUSED = {
    "the body appends to it": "for i in range(len(xs)):\n        n += xs[i]\n        xs.append(n)\n    return xs",
    "the body stores into it": "for i in range(len(xs)):\n        n += xs[i]\n        xs[n] = 0\n    return xs",
    "another name may mean it": "ys = xs\n    for i in range(len(xs)):\n        ys[0] += xs[i]\n    return ys",
    "it gets another value": "for i in range(len(xs)):\n        n += xs[i]\n        xs = xs[1:]\n    return n",
    "the position gets another value": "for i in range(len(xs)):\n        i += 1\n        n = xs[i]\n    return n",
    "an unknown function may change it": "g = [lambda: xs.pop()]\n    for i in range(len(xs)):\n        n = xs[i]\n        g[0]()\n    return n",
    "a closure keeps the position": "g = []\n    for i in range(len(xs)):\n        g.append(lambda: xs[i])\n    return g[0]()",
    "part of it": "for i in range(len(xs) - 1):\n        n = xs[i]\n    return n",
    "else": "for i in range(len(xs)):\n        n = xs[i]\n    else:\n        n = 3\n    return n",
    "the program asks for types": "for i in range(len(xs)):\n        n = xs[i] if isinstance(xs, dict) else n\n    return n",
    "no item is read": "for i in range(len(xs)):\n        n = i\n    return n, xs[:1]",
}


@pytest.mark.parametrize("case", PAIRS)
def test_takes_items_with_their_positions(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, program) == program
