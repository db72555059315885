import pytest

NAME = "manual_to_counter"
FRAME = "def f(xs, n):\n    {}\n    return n, c, list(c)\n"
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
    "# why\n    c = dict()\n    # each\n    for x in xs:\n        if x in c:\n            c[x] += 1\n        else:\n            c[x] = 1": "# why\n    # each\n    c = dict(Counter(iter(xs)))",
    "c = {}\n    for x in str(n):\n        c[x] = c.get(x, 0) + 1": "c = dict(Counter(str(n)))",
    "c = {}\n    for x in xs:\n        if x not in c:\n            c[x] = 0\n        c[x] = c[x] + 1": "c = dict(Counter(iter(xs)))",
    "c = {}\n    for x in xs:\n        if x not in c: c[x] = 1\n        else: c[x] += 1": "c = dict(Counter(iter(xs)))",
}
REFUSED = {
    "it begins with something": "c = {1: 1}\n    for x in xs:\n        c[x] = c.get(x, 0) + 1",
    "by two": "c = {}\n    for x in xs:\n        c[x] = c.get(x, 0) + 2",
    "another key": "c = {}\n    for x in xs:\n        c[n] = c.get(n, 0) + 1",
    "it does more": "c = {}\n    for x in xs:\n        c[x] = c.get(x, 0) + 1\n        n = 2",
    "the variable is read later": "c = {}\n    for x in xs:\n        c[x] = c.get(x, 0) + 1\n    n = x",
    "in a try": "try:\n        c = {}\n        for x in xs:\n            c[x] = c.get(x, 0) + 1\n    except TypeError: n = 1",
    "a comment": "c = {}\n    for x in xs:\n        c[x] = c.get(x, 0) + 1  # more",
    "the name is taken": "Counter = n\n    c = {}\n    for x in xs:\n        c[x] = c.get(x, 0) + 1",
    "wrong first value": "c = {}\n    for x in xs:\n        if x in c:\n            c[x] += 1\n        else:\n            c[x] = 0",
}


@pytest.mark.parametrize("before", PAIRS)
def test_counts_with_the_library(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == "from collections import Counter\n\n\n" + FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_imports_after_the_other_imports_and_once(rewrite):
    code = "import math\n\n\ndef f(xs):\n    c = {}\n    for x in xs:\n        c[x] = c.get(x, 0) + 1\n    return c\n"
    after = rewrite(NAME, code)
    assert after.startswith("import math\nfrom collections import Counter\n\n\ndef f")
    after = rewrite(NAME, after + code.split("\n\n\n")[1].replace("f(", "g("))
    assert (after.count("import Counter"), after.count("Counter(iter")) == (1, 2)
