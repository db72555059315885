import pytest

NAME = "remove_walrus"

PAIRS = {
    "if (a := len(xs)) > k:\n        k = a": "a = len(xs)\n    if a > k:\n        k = a",
    "# why\n    if (a := xs):  # so\n        k = 0": "# why\n    a = xs\n    if a:  # so\n        k = 0",
    "if(a := k):\n        k = 0": "a = k\n    if a:\n        k = 0",
    "return k, (a := len(xs)), a": "a = len(xs)\n    return k, a, a",
    "for x in (a := sorted(xs)):\n        k += x": "a = sorted(xs)\n    for x in a:\n        k += x",
}
REFUSED = {
    "not always evaluated": "return k and (a := 1)",
    "an elif": "if k:\n        k = 0\n    elif (a := xs):\n        k = 1",
    "a while": "while (a := k):\n        k -= 1",
    "in a comprehension": "k = [(a := x) for x in xs]",
    "the variable is read before": "return a, (a := 1)",
    "something happens before": "return xs.pop(), (a := xs.pop())",
    "one in the other": "return (a := (b := k))",
}
FRAME = "def f(xs, k):\n    a = 7\n    {}\n    return xs, k, a\n"


@pytest.mark.parametrize("before", PAIRS)
def test_assigns_first(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, [([1, 2, 3], 1), ([], 0), ([5], 0), ([4, 4, 4, 4], 2)])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
