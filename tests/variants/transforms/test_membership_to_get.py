import pytest

NAME = "membership_to_get"
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
    "y = d[n] if n in d else y": "y = d.get(n, y)",
    "y = None if n not in d else d[n]": "y = d.get(n)",
    "if n in d:  \n        d[n] += 1\n    else:\n        d[n] = 1": "d[n] = d.get(n, 0) + 1",
    "# why\n    if n not in d:\n        d[n] = 5\n    else:\n        d[n] = d[n] + 3": "# why\n    d[n] = d.get(n, 2) + 3",
    "if n not in d:\n        d[n] = 0\n    d[n] -= 2": "d[n] = d.get(n, 0) - 2",
}
REFUSED = {
    "no dict": "y = xs[n] if n in xs else 0",
    "a default that may fail": "y = d[n] if n in d else xs[0]",
    "another key": "y = d[n] if y in d else 0",
    "another dict": "e = dict()\n    y = e[n] if n in d else 0",
    "a comment": "if n in d:\n        d[n] += 1  # more\n    else:\n        d[n] = 1",
    "an elif": "if n in d:\n        d[n] += 1\n    elif y:\n        d[n] = 1",
    "no literal": "if n in d:\n        d[n] += y\n    else:\n        d[n] = 1",
    "another operation": "if n in d:\n        d[n] *= 2\n    else:\n        d[n] = 1",
    "nothing is added": "if n in d:\n        d[n] += 1\n    y = 2",
}


@pytest.mark.parametrize("before", PAIRS)
def test_looks_up_with_a_default(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
