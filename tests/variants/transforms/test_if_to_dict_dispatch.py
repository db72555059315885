import pytest

NAME = "if_to_dict_dispatch"
FRAME = 'def f(xs, n):\n    y = "s"\n    {}\n'
CALLS = [
    ([3, 1, 2], 2),
    ([], 0),
    ("cab", 1),
    ([5], 3),
    ("b", -1),
    ("ca", True),
    ("", 1),
    ("x", 2.5),
    (["a"], None),
    (None, 4),
]

PAIRS = {
    "for c in str(xs):\n        if c == 'a':\n            y = 1\n        elif c == 'b' or c == 'c':\n            y = 2\n        else:\n            y = 0\n    return y": "for c in str(xs):\n        y = {'a': 1, 'b': 2, 'c': 2}.get(c, 0)\n    return y",
    "# why\n    m = len(xs)\n    if m == 0: return None\n    elif m == 1:\n        return xs[0]\n    else:\n        return n + 1": "# why\n    m = len(xs)\n    return {0: lambda: None, 1: lambda: xs[0]}.get(m, lambda: n + 1)()",
    "if n > 2:\n        return 'more'\n    return 'less'": "return {True: 'more', False: 'less'}[n > 2]",
    "if not xs:\n        y = xs\n    else:\n        y = xs[0], n\n    return y": "y = {True: lambda: xs, False: lambda: (xs[0], n)}[not xs]()\n    return y",
}
REFUSED = {
    "may not be hashable": "if n == 1: y = 1\n    elif n == 2: y = 2\n    else: y = 3\n    return y",
    "a condition that may be no bool": "if n:\n        return 1\n    return 2",
    "more than a value": "if n > 2:\n        print(n)\n        return 1\n    return 2",
    "other targets": "if n > 2:\n        y = 1\n    else:\n        n = 2\n    return y",
    "no else": "if n > 2:\n        y = 1\n    return y",
    "a variable that may have no value": "if n == xs: z = 1\n    if n > 2:\n        return z\n    return 2",
    "a walrus": "if n > 2:\n        return (y := 3)\n    return 2",
    "a comment": "if n > 2:\n        return 1  # one\n    return 2",
    "an augmented assignment": "if n == xs:\n        y += 'a'\n    else:\n        y += 'b'\n    return y",
}


@pytest.mark.parametrize("before", PAIRS)
def test_looks_up(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
