import pytest

NAME = "tail_recursion_to_loop"
FRAME = "def f(xs, n):\n    {}\n"
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ("cab", 1),
    ([5], 3),
    ([4, 4, 4, 4], 45),
    ((1, 2), True),
    (None, 1),
    ([1], 2.5),
    (7, 3),
]

PAIRS = {
    "'''Down.'''\n    if not n > 0:\n        return xs\n    # on\n    return f(xs * 2 if n == 1 else xs, n - 1)": "'''Down.'''\n    while True:\n        if not n > 0:\n            return xs\n        # on\n        xs, n = xs * 2 if n == 1 else xs, n - 1",
    "if n > 3:\n        return f(xs, n // 2)\n    elif n < 0:\n        return f(n, 0)\n    print(xs)": "while True:\n        if n > 3:\n            n = n // 2\n            continue\n        elif n < 0:\n            xs, n = n, 0\n            continue\n        print(xs)\n        return None",
    "if n <= 0:\n        return (xs, n)\n    m = n - 1\n    return f((xs, n), m)": "while True:\n        if n <= 0:\n            return (xs, n)\n        m = n - 1\n        xs, n = (xs, n), m",
}
REFUSED = {
    "something is left to do": "if n <= 0:\n        return 0\n    return 1 + f(xs, n - 1)",
    "in a loop": "for x in xs:\n        return f(x, n)",
    "in a try": "try:\n        if n < 0: return 1\n        return f(xs, n - 1)\n    finally:\n        print(n)",
    "a closure reads it": "g = lambda: n\n    if n <= 0: return g()\n    return f(g, n - 1)",
    "it is passed on": "if n <= 0: return f\n    return f(xs, n - 1)",
    "fewer arguments": "if n <= 0: return 1\n    return f(xs)",
    "by keyword": "if n <= 0: return 1\n    return f(xs, n=n - 1)",
    "a variable that an earlier round left": "if n > 3:\n        y = 1\n        return f(xs, 2)\n    return y",
    "a generator": "yield n\n    if n > 0:\n        return f(xs, n - 1)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_begins_again(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_the_name_may_mean_one_thing_only(rewrite):
    code = "def f(n):\n    if n <= 0:\n        return 0\n    return f(n - 1)\n\n\nf = max\n"
    assert rewrite(NAME, code) == code
