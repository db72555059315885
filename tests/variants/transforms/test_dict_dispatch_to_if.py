import pytest

NAME = "dict_dispatch_to_if"
FRAME = 'def f(xs, n):\n    y = "s"\n    m = len(xs)\n    {}\n    return y\n'
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
    "# why\n    return {0: 'none', 1: y}.get(m, -1)": "# why\n    if m == 0:\n        return 'none'\n    elif m == 1:\n        return y\n    else:\n        return -1",
    "y = {0: lambda: None, 1: lambda: xs[0]}.get(m, lambda: n + 1)()": "if m == 0:\n        y = None\n    elif m == 1:\n        y = xs[0]\n    else:\n        y = n + 1",
    "y = {True: 'more', False: 'less'}[m > 2]": "if m > 2:\n        y = 'more'\n    else:\n        y = 'less'",
    "y = {False: lambda: m, True: lambda: xs[0]}[n == 1]()": "if n == 1:\n        y = xs[0]\n    else:\n        y = m",
    "y = {1: 'a', 2: 'b'}[m + 1]": "if m + 1 == 1:\n        y = 'a'\n    elif m + 1 == 2:\n        y = 'b'\n    else:\n        raise KeyError(m + 1)",
}
REFUSED = {
    "may not be hashable": "y = {1: 2}.get(n, 3)",
    "a value that may fail": "y = {1: xs[0]}.get(m, 3)",
    "a key that is no literal": "y = {n: 1}.get(m, 3)",
    "no default": "y = {1: 2}.get(m)",
    "a part of a value": "y = {1: 2}.get(m, 3) + 1",
    "a key that changes something": "y = {1: 2}.get(len(xs.pop()), 3)",
    "the same key twice": "y = {1: 2, 1: 3}.get(m, 3)",
    "a lambda with a parameter": "y = {1: lambda a=1: 2}.get(m, lambda: 3)()",
    "a comment": "y = {1: 2,  # two\n         2: 3}.get(m, 3)",
    "a dict by name": "d = {1: 2}\n    y = d.get(m, 3)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_compares_in_turn(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_undoes_if_to_dict_dispatch(rewrite):
    code = "def f(n):\n    m = len(n)\n    if m == 1:\n        y = 1\n    elif m == 2:\n        y = 4\n    else:\n        y = n\n    return y\n"
    assert rewrite(NAME, rewrite("if_to_dict_dispatch", code)) == code
