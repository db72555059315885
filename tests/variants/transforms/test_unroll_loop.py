import pytest

NAME = "unroll_loop"
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
    "# why\n    while n > 0:  # down\n        n -= 1\n        y.append(n)": "# why\n    while n > 0:  # down\n        n -= 1\n        y.append(n)\n        if not (n > 0):\n            break\n        n -= 1\n        y.append(n)",
    "while n:\n        n -= 1\n        if n in xs: continue\n        y.append(n)\n        if n < -5: break": "while n:\n        n -= 1\n        if n in xs: continue\n        y.append(n)\n        if n < -5: break\n        if not n:\n            break\n        n -= 1\n        if n in xs: continue\n        y.append(n)\n        if n < -5: break",
    "for i in range(n):\n        y.append(i)": "for i in range(0, n, 2):\n        y.append(i)\n        if i + 1 < n:\n            i += 1\n            y.append(i)",
    "for i in range(n - 1, 4):\n        if i > 2: break\n        y.append(i)": "for i in range(n - 1, 4, 2):\n        if i > 2: break\n        y.append(i)\n        if i + 1 < 4:\n            i += 1\n            if i > 2: break\n            y.append(i)",
}
REFUSED = {
    "an else": "while n > 0:\n        n -= 1\n    else:\n        y = 1",
    "while True": "while True:\n        break",
    "the variable is read later": "for i in range(n):\n        y.append(i)\n    else: pass\n    y.append(i)",
    "continue in a for": "for i in range(n):\n        if i: continue\n        y.append(i)",
    "the end changes": "for i in range(n):\n        n -= 1",
    "an end that is computed": "for i in range(len(xs)):\n        y.append(i)",
    "the variable changes": "for i in range(n):\n        i += 1\n        y.append(i)",
    "a closure": "for i in range(n):\n        y.append((lambda: i)())",
    "a step": "for i in range(0, n, 2):\n        y.append(i)",
    "a walrus": "while (n := n - 1) > 0: y.append(n)",
    "a comment": "while n > 0:\n        # down\n        n -= 1",
}


@pytest.mark.parametrize("before", PAIRS)
def test_does_two_rounds_at_a_time(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_does_not_repeat_what_is_repeated_already(rewrite):
    code = "def f(n):\n    while n > 0:\n        n -= 1\n    return n\n"
    once = rewrite(NAME, code)
    assert rewrite(NAME, once) == once != code
