import pytest

NAME = "list_to_deque"
FRAME = "def f(xs, n):\n    {}\n    return n, len(q), list(q)\n"
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
    "# why\n    q = [n]  # first\n    q.append(xs)\n    n = q.pop(0)": "# why\n    q = deque([n])  # first\n    q.append(xs)\n    n = q.popleft()",
    "q = list(xs)\n    while q and q[0] != n:\n        q.insert(0, q.pop()); n = q.pop(0); q.clear()": "q = deque(xs)\n    while q and q[0] != n:\n        q.appendleft(q.pop()); n = q.popleft(); q.clear()",
    "q = sorted(xs)\n    q.append(q.pop(0))": "q = deque(sorted(xs))\n    q.append(q.popleft())",
    "q = []\n    q.append(n)\n    n = q.pop(0), [x for x in q]": "q = deque()\n    q.append(n)\n    n = q.popleft(), [x for x in q]",
}
REFUSED = {
    "nothing is taken at the start": "q = list(xs)\n    q.pop()",
    "a list of the caller": "q = xs\n    q.pop(0)",
    "assigned twice": "q = [n]\n    q.pop(0)\n    q = []",
    "a slice": "q = [n]\n    q.pop(0)\n    n = q[1:]",
    "a closure": "q = [n]\n    g = lambda: q.pop(0)",
    "gone through": "q = [n]\n    for x in q:\n        q.pop(0)",
    "compared": "q = [n]\n    q.pop(0)\n    n = q == []",
    "passed on": "q = [n]\n    q.pop(0)\n    n = [q]",
    "an index that may be no int": "q = [n]\n    q.pop(0)\n    n = q[n]",
    "one call in the other": "q = list(xs)\n    q.insert(0, q.pop(0))",
    "it changes while it is gone through": "q = list(xs)\n    n = [q.pop(0) for x in q]",
    "an alias": "q = r = [n]\n    q.pop(0)",
    "the name is taken": "deque = n\n    q = [n]\n    q.pop(0)",
    "a comment": "q = [n,  # one\n         n]\n    q.pop(0)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_takes_from_the_left(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == "from collections import deque\n\n\n" + FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
