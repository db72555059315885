import pytest

NAME = "expand_augmented"

EXPANDED = {
    "x += a": "x = x + a",
    "x += a + b": "x = x + (a + b)",
    "x -= a - b": "x = x - (a - b)",
    "w *= len(s) + 2": "w = w * (len(s) + 2)",
    "x += a * b": "x = x + a * b",
    "w /= -w - 1": "w = w / (-w - 1)",
    "x //= a if b else 1": "x = x // (a if b else 1)",
    "x += (a)": "x = x + a",
    "x += (\n        a\n    )": "x = x + a",
    "w <<= len(s) + 1": "w = w << len(s) + 1",
    "w |= s in 'z'": "w = w | (s in 'z')",
    "w **= 2": "w = w ** 2",
    "x += a; b = x": "x = x + a; b = x",
    "s += a + 'z'": "s = s + (a + 'z')",
    "s %= a, b": "s = s % (a, b)",
    "t += a, b": "t = t + (a, b)",
    "t += (a,)": "t = t + (a,)",
    # a number is never added in place by a builtin type
    "a += 1": "a = a + 1",
    "a -= 1.5  # kept": "a = a - 1.5  # kept",
    "a[b] += 1": "a[b] = a[b] + 1",
    "a[b - 1][0] += len(b)": "a[b - 1][0] = a[b - 1][0] + len(b)",
    "a['k'] -= x": "a['k'] = a['k'] - x",
}

REFUSED = {
    "a list changes in place, for an alias too": "y += [a]",
    "a parameter may be a list": "a += b",
    "a parameter may be a list, and strings extend it": "a += 'xy'",
    "a list is repeated in place": "a *= 2",
    "an element may be a list": "a[b] += [1]",
    "an index with a call is evaluated once": "a[b.pop()] += 1",
    "an attribute may be a property": "a.b += 1",
    "a matrix product may be in place": "w @= a",
    "the value rebinds the index": "a[b] += (b := 1)",
    "sometimes a list": "z += a",
    "a number times a list is a list": "w *= a",
}
FRAME = """
def f(a, b):
    x = 0
    w = 3
    s = ''
    t = ()
    y = []
    z = 0
    z = [1]
    {}
    return x, w, s, t, a, y
""".lstrip()


@pytest.mark.parametrize("statement", EXPANDED)
def test_expands(statement, rewrite, same_results):
    before, after = FRAME.format(statement), FRAME.format(EXPANDED[statement])
    assert rewrite(NAME, before) == after
    assert same_results(before, after, [(1, 2), (0, 0), ([3, [4]], 1), ("u", "v"), ({"k": 1, 2: 2}, 2)])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    assert rewrite(NAME, FRAME.format(REFUSED[reason])) == FRAME.format(REFUSED[reason])


@pytest.mark.parametrize(
    "opening",
    [
        "class Tally:\n    def __iadd__(self, n):\n        return self\n\n\n",
        "from collections import Counter\n\n\n",
        "import numpy as np\n\n\n",
        "from numpy import *\n\n\n",
    ],
)
def test_adds_no_number_where_other_types_are_about(opening, rewrite):
    code = opening + "def f(a):\n    a += 1\n    return a\n"
    assert rewrite(NAME, code) == code


def test_takes_no_proof_from_a_name_that_another_function_writes(rewrite):
    code = """
def f(a):
    x = 0

    def g():
        nonlocal x
        x = [1]

    g()
    y = x
    y += a
    return x
"""
    assert rewrite(NAME, code).lstrip() == code.lstrip()


def test_takes_no_proof_from_a_name_that_a_comprehension_writes(rewrite):
    code = "def f(a):\n    x = 0\n    y = [(x := v) for v in a]\n    x += a\n    return x\n"
    assert rewrite(NAME, code) == code


def test_a_shadowed_builtin_proves_nothing(rewrite):
    code = "def f(len, a):\n    x = len(a)\n    x += a\n    return x\n"
    assert rewrite(NAME, code) == code
