import textwrap

import pytest

NAME = "index_to_each"
CALLS = [([3, 1, 2], 2), ([], 0), ("abca", "a"), (["a", "b"], 1), ((4, 4), 0), (None, 1)]

PAIRS = {
    "items only, with comments": (
        """
        def f(xs, n):
            result = []
            # each
            for i in range(len(xs)):  # place
                if xs[i] != n:  # differs
                    result.append(xs[i])
            return result
        """,
        """
        def f(xs, n):
            result = []
            # each
            for item in xs:  # place
                if item != n:  # differs
                    result.append(item)
            return result
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
    "the position is wanted": "for i in range(len(xs)):\n        n = xs[i], i\n    return n",
    "the position is wanted later": "i = 0\n    for i in range(len(xs)):\n        n = xs[i]\n    return n, i",
}


@pytest.mark.parametrize("case", PAIRS)
def test_takes_items(case, rewrite, same_results):
    before, after = PAIRS[case]
    assert rewrite(NAME, before) == textwrap.dedent(after).lstrip("\n")
    assert same_results(before, after, CALLS)


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, rewrite):
    program = f"def f(xs, n):\n    {REFUSED[case]}\n"
    assert rewrite(NAME, program) == program
