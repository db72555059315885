import pytest

NAME = "reorder_independent"

PAIRS = {
    "a = 1\n    b = 2": "b = 2\n    a = 1",
    "a = 1  # one\n\n    b = c = k": "b = c = k\n\n    a = 1  # one",
    "a = xs.pop()\n    b = k": "b = k\n    a = xs.pop()",
    "a = len(xs)\n    b = len(k)": "b = len(k)\n    a = len(xs)",
    "a = 1\n    b = 2\n    c = 3": "b = 2\n    a = 1\n    c = 3",
}
REFUSED = {
    "the second needs the first": "a = 1\n    b = a",
    "the second changes what the first reads": "a = xs[0]\n    b = xs.pop()",
    "the first changes what the second reads": "a = xs.pop()\n    b = len(xs)",
    "both may fail in their own way": "a = xs[9]\n    b = k.missing",
    "an effect and a failure": "a = xs.pop()\n    b = k + 1",
    "the same variable": "a = 1\n    a = 2",
    "a comment may speak of both": "# both\n    a = 1\n    b = 2",
    "a walrus": "a = (c := 1)\n    b = 2",
    "an element": "xs[0] = 1\n    b = 2",
    "an except sees which": "a = 0\n    try:\n        a = 1\n        b = len(k)\n    except TypeError:\n        b = a",
    "a closure sees which": "g = lambda: a\n    a = 1\n    b = g()",
}
FRAME = "def f(xs, k):\n    {}\n    return xs, k, a, b\n"


@pytest.mark.parametrize("before", PAIRS)
def test_swaps(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, [([1, 2, 3], 1), ([], 0), ([5], "x"), (3, [])])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
