import pytest

NAME = "join_assignments"

PAIRS = {
    "a = 1\n    b = 2": "a, b = 1, 2",
    "# why\n    a = len(xs)\n    b = xs[0]": "# why\n    a, b = len(xs), xs[0]",
    "a = []\n    b = 1, 2\n    c = 3": "a, b = [], (1, 2)\n    c = 3",
    "a = 1\n    b = 2\n    c = 3\n    d = 4": "a, b = 1, 2\n    c, d = 3, 4",
    "for x in xs:\n        a = x\n        b = -x": "for x in xs:\n        a, b = x, -x",
}
REFUSED = {
    "the second needs the first": "a = 1\n    b = a",
    "the same variable": "a = 1\n    a = 2",
    "a comment would go": "a = 1  # one\n    b = 2",
    "a comment between": "a = 1\n    # two\n    b = 2",
    "a paragraph between": "a = 1\n\n    b = 2",
    "a closure reads the first": "g = lambda: a\n    xs.append(0)\n    a = 1\n    b = g()",
    "an except reads the first": "a = 0\n    try:\n        a = 1\n        b = xs[9]\n    except IndexError:\n        k = a",
    "an element": "xs[k] = 1\n    b = 2",
    "a global": "global z\n    z = 1\n    b = 2",
    "long lines": f"a = '{'x' * 50}'\n    b = '{'y' * 50}'",
    "already two": "a, b = 1, 2\n    c = 3",
}
FRAME = "def f(xs, k):\n    {}\n    return xs, k, locals_of_f\n".replace(", locals_of_f", "")


@pytest.mark.parametrize("before", PAIRS)
def test_joins(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, [([1, 2, 3], 1), ([], 0), ([5], 0)])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
