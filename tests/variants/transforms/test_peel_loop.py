import pytest

NAME = "peel_loop"
FRAME = "def f(xs, n):\n    y = []\n    {}\n    return xs, n, y\n"
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
    "# why\n    while n > 0:  # down\n        n -= 1": "# why\n    if n > 0:\n        n -= 1\n        while n > 0:  # down\n            n -= 1",
    "for i in range(n):\n        y.append(i)": "if n > 0:\n        i = 0\n        y.append(i)\n        for i in range(1, n):\n            y.append(i)",
    "for i in range(2, n):\n        y.append(i)\n        for j in y:\n            break": "if 2 < n:\n        i = 2\n        y.append(i)\n        for j in y:\n            break\n        for i in range(3, n):\n            y.append(i)\n            for j in y:\n                break",
    "zs = list(xs)\n    for x in zs:\n        if x == n:\n            return x\n        y.append(x)": "zs = list(xs)\n    if zs:\n        x = zs[0]\n        if x == n:\n            return x\n        y.append(x)\n        for x in zs[1:]:\n            if x == n:\n                return x\n            y.append(x)",
}
REFUSED = {
    "a break": "while n > 0:\n        n -= 1\n        break",
    "continue": "for i in range(n):\n        if i: continue\n        y.append(i)",
    "an else": "while n > 0:\n        n -= 1\n    else:\n        y = 1",
    "while True": "while True:\n        return n",
    "no sequence": "for x in xs:\n        y.append(x)",
    "items change": "zs = list(xs)\n    for x in zs:\n        zs.append(x)\n        if len(zs) > 9: return y",
    "the end changes": "for i in range(n):\n        n -= 1",
    "its own variable is a bound": "i = 3\n    for i in range(i):\n        y.append(i)",
    "a start that may be a bool": "for i in range(n, 3):\n        y.append(i)",
    "a closure": "for i in range(n):\n        y.append((lambda: i)())",
}


@pytest.mark.parametrize("before", PAIRS)
def test_does_the_first_round_alone(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_does_not_peel_what_is_peeled_already(rewrite):
    code = "def f(n):\n    while n > 0:\n        n -= 1\n    return n\n"
    once = rewrite(NAME, code)
    assert rewrite(NAME, once) == once != code
