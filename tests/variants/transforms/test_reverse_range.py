import pytest

NAME = "reverse_range"
FRAME = "def f(xs, n):\n    k = 0\n    {}\n    return n, k\n"
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ([5], 3),
    ([4, 4, -4, 4], 4),
    ([1, 2], -3),
    ((1, 2), True),
    (None, 1),
    ([1], 2.5),
    ("ab", 2),
    ([1, "a"], 2),
]

PAIRS = {
    "# why\n    for i in range(n):  # each\n        if i != 2:\n            k += i\n        else:\n            k -= 1": "# why\n    for i in range(n - 1, -1, -1):  # each\n        if i != 2:\n            k += i\n        else:\n            k -= 1",
    "for i in range(2, n + 1):\n        k += 1": "for i in range(n, 1, -1):\n        k += 1",
    "for i in range(len(xs)):\n        if i == 3:\n            return True": "for i in range(len(xs) - 1, -1, -1):\n        if i == 3:\n            return True",
    "k = sum(i * i for i in range(n, 9) if i > 3)": "k = sum(i * i for i in range(8, n - 1, -1) if i > 3)",
    "k = max([i % 3 for i in range(1, 5)])": "k = max([i % 3 for i in range(4, 0, -1)])",
}
REFUSED = {
    "a list": "k = [i for i in range(n)]",
    "a read total": "for i in range(n):\n        k += k + i",
    "floats": "for i in range(n):\n        k += i / 2",
    "a break": "for i in range(n):\n        k += 1\n        if i > n: break",
    "other returns": "for i in range(n):\n        if i == 1: return True\n        if i == 2: return False",
    "a round that may fail before one that returns": "for i in range(n):\n        if xs[i] == 1: return True",
    "it prints": "for i in range(n):\n        print(i)",
    "the variable is read later": "i = 0\n    for i in range(n):\n        k += i\n    k = i",
    "the bound changes": "for i in range(n):\n        n += 1",
    "a step": "for i in range(0, n, 2):\n        k += i",
    "a generator of its own": "k = list(i for i in range(n))",
    "a bound that is computed": "for i in range(abs(n)):\n        k += i",
    "in a try": "try:\n        for i in range(n):\n            k += i\n    except TypeError: k = 1",
    "a bool or an int": "k = max(i > 1 for i in range(n))",
}


@pytest.mark.parametrize("before", PAIRS)
def test_counts_down(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
