import pytest

NAME = "single_exit"
FRAME = "def f(xs, n):\n    y = []\n    {}\n"
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
    "if n > 1: return 1\n    # other\n    y.append(n)\n    return y": "if n > 1:\n        result = 1\n    else:\n        # other\n        y.append(n)\n        result = y\n    return result",
    "if n == 1:\n        return n\n    elif n == 2:\n        return\n    else:\n        print(n)": "if n == 1:\n        result = n\n    elif n == 2:\n        result = None\n    else:\n        print(n)\n        result = None\n    return result",
    "for x in xs:  # each\n        if x == n:\n            return x  # found\n        y.append(x)\n    return y": "for x in xs:  # each\n        if x == n:\n            result = x  # found\n            break\n        y.append(x)\n    else:\n        result = y\n    return result",
    "while True:\n        n -= 1\n        if n < 0: return n\n        if n in y: return y": "while True:\n        n -= 1\n        if n < 0:\n            result = n\n            break\n        if n in y:\n            result = y\n            break\n    return result",
    "if not xs:\n        raise KeyError(n)\n    if n:\n        y = 1\n    else:\n        return 2\n    for x in xs:\n        return x\n    return y": "if not xs:\n        raise KeyError(n)\n    if n:\n        y = 1\n        for x in xs:\n            result = x\n            break\n        else:\n            result = y\n    else:\n        result = 2\n    return result",
}
REFUSED = {
    "one return": "y = 1\n    return y",
    "a loop in a loop": "for x in xs:\n        for z in xs:\n            if z: return x\n    return y",
    "a loop with a break": "for x in xs:\n        if x: break\n        return x\n    return y",
    "in a try": "try:\n        return xs[0]\n    finally:\n        print(n)\n    return 1",
    "a generator": "yield n\n    if n: return\n    return",
    "two branches go on": "if n:\n        if xs: return 1\n    else:\n        n = 2\n    return y",
}


@pytest.mark.parametrize("before", PAIRS)
def test_returns_once(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_the_returns_of_an_inner_function_stay(rewrite, same_results):
    code = """
def f(n):
    def g(x):
        if x:
            return 1
        return 2
    if n:
        return g(n)
    return 0
"""
    after = rewrite(NAME, code)
    assert "return 0" not in after
    assert same_results(code, after, [(0,), (3,), ("",)])
