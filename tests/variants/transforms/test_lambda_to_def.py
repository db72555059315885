import pytest

NAME = "lambda_to_def"
FRAME = "def f(xs, k):\n    y = [3, 1]\n    {}\n    return xs, k, y\n"
CALLS = [([3, 1, 2], 2), ([], 0), ([5], 1), ([4, -4, 9], 3), (None, 1), (["a", "b"], "b")]

PAIRS = {
    "# why\n    y = sorted(xs, key=lambda x: -x)  # so": "# why\n    def sort_key(x):\n        return -x\n    y = sorted(xs, key=sort_key)  # so",
    "k = lambda a, *b: a * 2\n    y = k(3)\n    k = 0": "def k(a, *b):\n        return a * 2\n    y = k(3)\n    k = 0",
    "if k:\n        y = 0\n    elif list(map(lambda x: x + k, xs)):\n        y = 1": "def function(x):\n        return x + k\n    if k:\n        y = 0\n    elif list(map(function, xs)):\n        y = 1",
    "y = [sorted(xs, key=lambda _: k) for _ in y]": "def sort_key(_):\n        return k\n    y = [sorted(xs, key=sort_key) for _ in y]",
    "while any(map(lambda v: v == k, y)): k += 1": "def function(v):\n        return v == k\n    while any(map(function, y)): k += 1",
}
REFUSED = {
    "it reads the variable of a comprehension": "y = [sorted(xs, key=lambda x: x * i)[:1] for i in y]",
    "a default": "y = sorted(xs, key=lambda x, k=k: k)",
    "a walrus": "y = sorted(xs, key=lambda x: (z := x))",
    "the names of functions": "y = (lambda: 0).__name__",
}


@pytest.mark.parametrize("before", PAIRS)
def test_defines_a_function(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_a_lambda_in_a_lambda_waits_for_the_outer_one(rewrite):
    code = "def f(k):\n    return (lambda a: lambda b: a + b)(k)(1)\n"
    after = rewrite(NAME, code)
    assert (
        after
        == "def f(k):\n    def function(a):\n        return lambda b: a + b\n    return function(k)(1)\n"
    )


def test_the_variable_is_read_when_it_is_called(rewrite, same_results):
    code = "def f(xs):\n    gs = []\n    for x in xs:\n        gs.append(lambda: x)\n    return [g() for g in gs]\n"
    assert same_results(code, rewrite(NAME, code), [([1, 2],), ("ab",), ([],)])
