import pytest

NAME = "get_to_membership"
FRAME = "def f(xs, n):\n    d = dict()\n    for x in xs:\n        d[x] = len(d)\n    y = 1\n    {}\n    return xs, n, y, d\n"
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ("cab", "c"),
    ([5], 3),
    (["a", "b", "a"], "a"),
    ([1, 2], [3]),
    ((1, 2), True),
    (None, 1),
    ([1], {}),
]

PAIRS = {
    "y = d.get(n, 0) + 1": "y = (d[n] if n in d else 0) + 1",
    "y = d.get(n)": "y = d[n] if n in d else None",
    "y = d.get(str(n), y)": "y = d[str(n)] if str(n) in d else y",
    "y = [d.get(x + x, 'a') for x in xs]": "y = [(d[x + x] if x + x in d else 'a') for x in xs]",
}
REFUSED = {
    "no dict": "y = n.get(1, 0)",
    "a default that may fail": "y = d.get(n, xs[0])",
    "a key that changes something": "y = d.get(xs.pop(), 0)",
    "in an f-string": "y = f'{d.get(n)}'",
    "a star": "y = d.get(*xs)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_asks_before(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
