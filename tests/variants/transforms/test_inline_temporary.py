import pytest

NAME = "inline_temporary"

PAIRS = {
    "size = len(xs)\n    return size": "return len(xs)",
    "size = len(xs) + 1\n    return k * size": "return k * (len(xs) + 1)",
    "# why\n    test = k > 1\n    # then\n    if test:  # so\n        k = 0": (
        "# why\n    # then\n    if k > 1:  # so\n        k = 0"
    ),
    "out = sorted(xs)\n    for x in out:\n        k += x": "for x in sorted(xs):\n        k += x",
    "a = xs[k:]\n    ys.append(a)": "ys.append(xs[k:])",
    "a = k\n    k += a": "k += k",
    "a = 1, 2\n    ys += a": "ys += (1, 2)",
    "a = 1, 2\n    ys.append(a)": "ys.append((1, 2))",
    "a = k if k else 2\n    return -a": "return -(k if k else 2)",
    "a = 3\n    return a.bit_length()": "return (3).bit_length()",
}
REFUSED = {
    "inside of an f-string": "a = xs[0]\n    return f'{a}'",
    "read twice": "a = len(xs)\n    return a + a",
    "assigned twice": "a = len(xs)\n    xs.append(a)\n    a = 3",
    "not read at once": "a = len(xs)\n    k = 3\n    return a",
    "something else may happen before": "a = xs.pop()\n    return xs.pop() - a",
    "what is read before changes": "a = xs.pop()\n    return xs[0] - a",
    "not always read": "a = xs.pop()\n    return k and a",
    "read in a loop's test": "a = len(xs)\n    while k < a:\n        k += 1",
    "read later": "a = len(xs)\n    return (lambda: a)()",
    "read many times": "a = len(xs)\n    return [a for x in xs]",
    "a comment would go": "a = len(xs)  # size\n    return a",
    "a global": "global z\n    z = len(xs)\n    return z",
    "printed by name": "a = len(xs)\n    return f'{a=}'",
    "two targets": "a = b = len(xs)\n    return a",
}
FRAME = "def f(xs, k):\n    ys = []\n    {}\n    return xs, k, ys\n"


@pytest.mark.parametrize("before", PAIRS)
def test_inlines(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, [([1, 2, 3], 1), ([], 0), ([5], 0), ([4, 4, 4, 4], 2)])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
