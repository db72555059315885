import pytest

NAME = "recursion_to_stack"
FRAME = "def f(n, k):\n    {}\n"
CALLS = [(5, 2), (0, 0), ([3, 1, 2], 1), ("cab", 2), ([], 3), ((1, 2), 1), (None, 1), (3.5, 2), (True, 1)]

PAIRS = {
    "'''Product.'''\n    if n <= 1:\n        return 1\n    # more\n    return n * f(n - 1, k)": "'''Product.'''\n    stack = []\n    while True:\n        if n <= 1:\n            result = 1\n            break\n        # more\n        stack.append(n)\n        n = n - 1\n    while stack:\n        result = stack.pop() * result\n    return result",
    "if not n:\n        return n\n    elif n[0] == k:\n        return n[:1] + f(n[1:], k)\n    return n[:2] + f(n[1:], k + 1)": "stack = []\n    while True:\n        if not n:\n            result = n\n            break\n        elif n[0] == k:\n            stack.append(n[:1])\n            n = n[1:]\n            continue\n        stack.append(n[:2])\n        n, k = n[1:], k + 1\n    while stack:\n        result = stack.pop() + result\n    return result",
    "if len(n) < 2:\n        return 0\n    return f(n[2:], k) - k": "stack = []\n    while True:\n        if len(n) < 2:\n            result = 0\n            break\n        stack.append(k)\n        n = n[2:]\n    while stack:\n        result = result - stack.pop()\n    return result",
}
REFUSED = {
    "two calls": "if n <= 1:\n        return 1\n    return f(n - 1, k) + f(n - 2, k)",
    "other operators": "if n <= 1:\n        return 1\n    if n == 3:\n        return 2 + f(n - 1, k)\n    return 2 * f(n - 1, k)",
    "on both sides": "if n <= 1:\n        return 1\n    if n == 3:\n        return 2 * f(n - 1, k)\n    return f(n - 1, k) * 2",
    "what comes after may fail": "if not n:\n        return 0\n    return f(n[1:], k) + n[0]",
    "in a call": "if n <= 1:\n        return 1\n    return max(f(n - 1, k), 2)",
    "in a loop": "for x in n:\n        return 1 + f(x, k)\n    return 0",
    "a tail call": "if n <= 1:\n        return 1\n    return f(n - 1, k)",
    "a closure": "g = lambda: n\n    if n <= 1:\n        return g()\n    return 1 + f(n - 1, k)",
    "on one line": "if n <= 1: return 1\n    return n * f(n - 1, k)",
    "a variable that an earlier call left": "if n > 3:\n        y = 1\n        return 1 + f(n - 1, k)\n    return y",
}


@pytest.mark.parametrize("before", PAIRS)
def test_pushes_and_pops(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
