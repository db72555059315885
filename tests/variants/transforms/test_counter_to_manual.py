import pytest

NAME = "counter_to_manual"
FRAME = "from collections import Counter\n\n\ndef f(xs, n):\n    {}\n"
CALLS = [
    ([3, 1, 2, 3], 2),
    ([], 0),
    ("abca", "a"),
    ({"p": 4, "q": 1}, "p"),
    ((1, 2), True),
    (None, 1),
    ([[1]], 2),
    ([1, 1.0, True], 1),
]

PAIRS = {
    "# why\n    c = Counter(str(xs))  # all\n    return c['a'], len(c), sorted(c.items()), 'b' in c, [c[x] for x in c]": "# why\n    c = {}  # all\n    for item in str(xs):\n        c[item] = c.get(item, 0) + 1\n    return c.get('a', 0), len(c), sorted(c.items()), 'b' in c, [c.get(x, 0) for x in c]",
    "c = dict(Counter(iter(xs)))\n    c[n] = 7\n    return c": "c = {}\n    for item in xs:\n        c[item] = c.get(item, 0) + 1\n    c[n] = 7\n    return c",
    "c = Counter([x for x in xs])\n    for x in c.keys():\n        n = x\n    return n": "c = {}\n    for item in [x for x in xs]:\n        c[item] = c.get(item, 0) + 1\n    for x in c.keys():\n        n = x\n    return n",
}
REFUSED = {
    "it may be a dict": "c = Counter(xs)\n    return len(c)",
    "it is returned": "c = Counter(str(xs))\n    return c",
    "the most common": "c = Counter(str(xs))\n    return c.most_common(1)",
    "an item is set": "c = Counter(str(xs))\n    c[1] += 1\n    return len(c)",
    "a closure": "c = Counter(str(xs))\n    return (lambda: c['a'])()",
    "in a try": "try:\n        c = Counter(str(xs))\n        return len(c)\n    except TypeError: return 1",
    "two Counters": "c = Counter(str(xs)) + Counter(str(n))\n    return len(c)",
    "in an f-string": "c = Counter(str(xs))\n    return f'{c[1]}'",
}


@pytest.mark.parametrize("before", PAIRS)
def test_counts_one_by_one(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_another_counter_stays(rewrite):
    code = "def Counter(x):\n    return x\n\n\ndef f(xs):\n    c = dict(Counter([(1, 2)]))\n    return c\n"
    assert rewrite(NAME, code) == code


def test_undoes_manual_to_counter(rewrite, same_results):
    code = "def f(xs):\n    c = {}\n    for x in xs:\n        c[x] = c.get(x, 0) + 1\n    return c\n"
    after = rewrite(NAME, rewrite("manual_to_counter", code))
    assert "c = {}" in after
    assert same_results(code, after, [("abca",), ({"p": 3},), ([[]],), (None,)])
