import pytest

NAME = "while_to_for"
FRAME = "def f(xs, n):\n    y = []\n    zs = list(xs)\n    {}\n    return xs, n, y\n"
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ("cab", 1),
    ([5], 3),
    ([4, 4, -4, 4], 4),
    ([1, 2], -3),
    ((1, 2), True),
    (None, 1),
    ([1], 2.5),
]

PAIRS = {
    "# why\n    i = 0\n    while i < len(zs):  # each\n        y.append(zs[i])\n        i += 1": "# why\n    for i in range(0, len(zs)):  # each\n        y.append(zs[i])",
    "i = 9\n    y = [1]\n    while i >= 2:\n        if i in xs: break\n        y.append(i)\n        i -= 2": "y = [1]\n    for i in range(9, 1, -2):\n        if i in xs: break\n        y.append(i)",
    "end = len(xs)\n    i = end - 2\n    while i <= end:\n        y.append(i)\n        i += 1": "end = len(xs)\n    i = end - 2\n    for i in range(i, end + 1):\n        y.append(i)",
}
REFUSED = {
    "it is read later": "i = 0\n    while i < 3:\n        y.append(i)\n        i += 1\n    y.append(i)",
    "the end may be no int": "i = 0\n    while i < n:\n        y.append(i)\n        i += 1",
    "the end changes": "i = 0\n    while i < len(y) and i < 3:\n        y.append(i)\n        i += 1",
    "the items change": "i = 0\n    while i < len(zs):\n        zs.pop()\n        i += 1",
    "continue": "i = 0\n    while i < 3:\n        y.append(i)\n        if n: n -= 1; continue\n        i += 1",
    "assigned elsewhere": "i = 0\n    while i < 3:\n        i *= 2\n        i += 1",
    "the wrong way": "i = 0\n    while i > 3:\n        y.append(i)\n        i += 1",
    "may be no int": "i = n\n    while i < 3:\n        y.append(i)\n        i += 1",
    "an else": "i = 0\n    while i < 3:\n        y.append(i)\n        i += 1\n    else:\n        y = 1",
    "not equal": "i = 0\n    while i != 3:\n        y.append(i)\n        i += 1",
    "a float": "i = 0\n    while i < 3:\n        y.append(i)\n        i += 0.5",
}


@pytest.mark.parametrize("before", PAIRS)
def test_counts_with_a_range(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
