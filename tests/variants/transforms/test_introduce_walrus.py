import pytest

NAME = "introduce_walrus"

PAIRS = {
    "a = len(xs)\n    if a > k:\n        k = a": "if (a := len(xs)) > k:\n        k = a",
    "# why\n    a = xs[k:]\n    if not a:  # so\n        a = 1": "# why\n    if not (a := xs[k:]):  # so\n        a = 1",
    "a = xs[0] if xs else k\n    if k < a < 9:\n        k = a": "if k < (a := xs[0] if xs else k) < 9:\n        k = a",
    "a = k in xs\n    if a:\n        k = 0\n    elif a or k:\n        k = 1": (
        "if (a := k in xs):\n        k = 0\n    elif a or k:\n        k = 1"
    ),
}
REFUSED = {
    "the test may not read it": "a = len(xs)\n    if k and a:\n        k = a",
    "only an elif reads it": "a = len(xs)\n    if k:\n        k = 0\n    elif a:\n        k = 1",
    "the test reads the list before": "a = xs.pop()\n    if xs[0] > a:\n        k = a",
    "a constant": "a = 0\n    if a > k:\n        k = a",
    "a comment would go": "a = len(xs)  # size\n    if a > k:\n        k = a",
    "a comment between": "a = len(xs)\n    # big\n    if a > k:\n        k = a",
    "a global": "global z\n    z = len(xs)\n    if z > k:\n        k = z",
    "in a comprehension": "a = len(xs)\n    if [a for x in xs]:\n        k = a",
    "what a comprehension runs over": "a = xs[k:]\n    if [x for x in a]:\n        k = a",
    "what a generator runs over": "a = sorted(xs)\n    if any(x > 1 for x in a) or k:\n        k = a",
    "no if": "a = len(xs)\n    while a > k:\n        k = a",
}
FRAME = "def f(xs, k):\n    a = 7\n    {}\n    return xs, k, a\n"
CALLS = [([1, 2, 3], 1), ([], 0), ([5], 0), ([4, 4, 4, 4], 2)]


@pytest.mark.parametrize("before", PAIRS)
def test_assigns_in_the_test(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
