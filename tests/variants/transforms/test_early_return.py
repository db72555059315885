import pytest

NAME = "early_return"
FRAME = "def f(xs, n):\n    r = 0\n    {}\n    return r\n"
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
    "if n > 1:\n        r = 1  # one\n    elif n:\n        print(n)\n        r = n, 2": "if n > 1:\n        return 1  # one\n    elif n:\n        print(n)\n        return n, 2",
    "for x in xs:\n        if x == n:\n            r = x\n            break\n        elif x:\n            r += 1": "for x in xs:\n        if x == n:\n            return x\n        elif x:\n            r += 1",
    "while n > 0:\n        n -= 1\n        if n in xs:\n            r = r - n\n            break\n    else:\n        r = -1": "while n > 0:\n        n -= 1\n        if n in xs:\n            return r - n\n    else:\n        return -1",
    "if n:\n        for x in xs:\n            r = x\n            break\n    else:\n        r += 1": "if n:\n        for x in xs:\n            return x\n    else:\n        r += 1",
}
REFUSED = {
    "nothing before": "r = n",
    "a closure reads it": "g = lambda: r\n    xs.append(g)\n    if n:\n        r = 2",
    "in a try": "try:\n        r = xs[0]\n    except Exception:\n        r = 1",
    "several targets": "if n:\n        r = n = 3",
    "a break of an inner loop": "for x in xs:\n        for z in xs:\n            r = z\n            break\n        n += 1",
    "a global": "if n:\n        r += 3",
    "a yield": "yield 1\n    if n:\n        r = 2",
}


@pytest.mark.parametrize("before", PAIRS)
def test_returns_at_once(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_drops_a_return_that_is_never_reached(rewrite, same_results):
    code = "def f(n):\n    if n:\n        r = 1\n    else:\n        r = 2\n    return r\n"
    after = rewrite(NAME, code)
    assert after == "def f(n):\n    if n:\n        return 1\n    else:\n        return 2\n"
    assert same_results(code, after, [(0,), (1,)])


def test_undoes_single_exit(rewrite):
    code = "def f(n):\n    if n:\n        return 1\n    else:\n        return 2\n"
    assert rewrite(NAME, rewrite("single_exit", code)) == code
