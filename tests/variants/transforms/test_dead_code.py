import pytest

from variants import TRANSFORMS, Program

NAME = "dead_code"

PAIRS = {
    "def f(xs, k):\n    '''Text.'''\n    return xs\n": "def f(xs, k):\n    '''Text.'''\n    debug = 0\n    return xs\n",
    "def f(xs, k):\n    debug = 1\n    # go\n    for x in xs:  # each\n        k += x\n    return k\n": (
        "def f(xs, k):\n    debug = 1\n    # go\n    steps = 0\n    for x in xs:  # each\n        steps += 1\n        k += x\n    return k\n"
    ),
    "def f(xs, k):\n    debug = 1\n    while k > 3:\n        k -= 1\n    return k\n": (
        "def f(xs, k):\n    debug = 1\n    steps = 0\n    while k > 3:\n        steps += 1\n        k -= 1\n    return k\n"
    ),
    "def f(xs, k):\n    debug = 1\n    ys = sorted(xs)\n    return ys\n": (
        "def f(xs, k):\n    debug = 1\n    ys = sorted(xs)\n    if len(ys) < 0:\n        return None\n    return ys\n"
    ),
    "def f(xs, k):\n    debug = 1\n    n = len(xs)\n    return n\n": (
        "def f(xs, k):\n    debug = 1\n    n = len(xs)\n    if n != n:\n        return None\n    return n\n"
    ),
}
REFUSED = {
    "a float may be NaN": "n = float(k)",
    "a parameter may be of any type": "n = xs[0]",
    "checked already": "n = len(xs)\n    if n:\n        k = 1",
    "another function writes it": "n = len(xs)\n\n    def g():\n        debug = 1\n        nonlocal n\n        n = []",
    "a generator": "n = len(xs)\n    yield n",
    "a counter is there": "for x in xs:\n        steps += 1",
    "a shadowed builtin": "len = 3\n    ys = sorted(xs)",
    "one line": "while k: k -= 1",
}


@pytest.mark.parametrize("before", PAIRS)
def test_adds_a_line_that_does_nothing(before, same_results):
    transform, program = TRANSFORMS[NAME], Program(before)
    (site,) = transform.sites(program)
    after = transform.apply(program, site).code
    assert after == PAIRS[before]
    assert same_results(before, after, [([1, 2, 3], 9), ([], 0), ([5], True)])
    assert transform.sites(Program(after)) == []


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = f"def f(xs, k):\n    debug = 1\n    {REFUSED[reason]}\n"
    assert rewrite(NAME, code) == code


def test_the_constant_is_drawn(rewrite):
    assert "debug = " in rewrite(NAME, "def f(xs):\n    return xs\n")
