import pytest

NAME = "deque_to_list"
FRAME = "from collections import deque\n\n\ndef f(xs, n):\n    {}\n    return n, len(q), list(q)\n"
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
    "# why\n    q = deque([n])  # first\n    q.append(xs)\n    n = q.popleft()": "# why\n    q = [n]  # first\n    q.append(xs)\n    n = q.pop(0)",
    "q = deque(xs)\n    while q and q[0] != n:\n        q.appendleft(q.pop()); n = q.popleft(); q.clear()": "q = list(xs)\n    while q and q[0] != n:\n        q.insert(0, q.pop()); n = q.pop(0); q.clear()",
    "q = deque()\n    if n in q or not q: q.append(n)": "q = []\n    if n in q or not q: q.append(n)",
    "q = deque(x for x in xs)\n    n = q[-1]": "q = list(x for x in xs)\n    n = q[-1]",
}
REFUSED = {
    "a longest length": "q = deque(xs, 2)",
    "by keyword": "q = deque(xs, maxlen=2)",
    "rotate": "q = deque(xs)\n    q.rotate(1)",
    "assigned twice": "q = deque(xs)\n    q = deque()",
    "a closure": "q = deque(xs)\n    g = lambda: q.popleft()",
    "gone through": "q = deque(xs)\n    for x in q: n = x",
    "passed on": "q = deque(xs)\n    n = [q]",
    "one call in the other": "q = deque(xs)\n    q.appendleft(q.popleft())",
    "an alias": "q = r = deque(xs)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_takes_from_a_list(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_another_deque_stays(rewrite):
    code = "def deque(x):\n    return list(x)\n\n\ndef f(xs):\n    q = deque(xs)\n    return len(q)\n"
    assert rewrite(NAME, code) == code


def test_by_the_name_of_the_module(rewrite, same_results):
    code = "import collections\n\n\ndef f(xs):\n    q = collections.deque(xs)\n    return q.popleft()\n"
    after = rewrite(NAME, code)
    assert "q = list(xs)" in after
    assert same_results(code, after, [([1, 2],), ([],), (None,)])
