import pytest

NAME = "split_loop"
FRAME = "def f(xs, n):\n    k = 0\n    ys = []\n    {}\n    return n, k, ys\n"
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
    "# why\n    for x in xs:\n        k += 1\n        ys.append(x)": "# why\n    for x in xs:\n        k += 1\n    for x in xs:\n        ys.append(x)",
    "for i in range(len(xs)):\n        # one\n        n += i\n        if i == 2:\n            ys.append(i)\n        k = i": "for i in range(len(xs)):\n        # one\n        n += i\n        if i == 2:\n            ys.append(i)\n        k = i",
}
REFUSED = {
    "one part reads what the other sets": "for x in xs:\n        k += 1\n        ys.append(k)",
    "both may fail": "for x in xs:\n        k += x\n        ys.append(x[0])",
    "the items change": "for x in ys:\n        k += 1\n        ys.append(x)",
    "a jump": "for x in xs:\n        k += 1\n        if x: break\n        ys.append(x)",
    "an iterator": "zs = map(str, xs)\n    for x in zs:\n        k += 1\n        ys.append(x)",
    "a list of the caller": "for x in range(3):\n        k += 1\n        xs.append(x)",
    "another name of the list": "zs = ys\n    for x in range(3):\n        k = len(zs)\n        ys.append(x)",
    "it prints": "for x in xs:\n        k += 1\n        print(x)",
    "in a try": "try:\n        for x in xs:\n            k += 1\n            ys.append(x)\n    except Exception: pass",
    "an else": "for x in xs:\n        k += 1\n        ys.append(x)\n    else: n = 1",
    "a comment in the header": "for x in xs:  # each\n        k += 1\n        ys.append(x)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_goes_twice(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
