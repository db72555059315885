import pytest

NAME = "split_tuple_assignment"

PAIRS = {
    "a, b = 1, 2": "a = 1\n    b = 2",
    "a, b = b, a  # swap": "temp = a  # swap\n    a = b\n    b = temp",
    "a, b = b, a + b": "new_value = a + b\n    a = b\n    b = new_value",
    "a, b, c = b, c, a": "temp = a\n    a = b\n    b = c\n    c = temp",
    "a, b = len(xs), [a, (1, 2)]": "new_value = [a, (1, 2)]\n    a = len(xs)\n    b = new_value",
    "(a, b) = (xs[0], xs[0])": "a = xs[0]\n    b = xs[0]",
    "xs[0], xs[b] = xs[b], xs[0]": "temp = xs[b]\n    xs[b] = xs[0]\n    xs[0] = temp",
    "xs[a], xs[b] = xs[b], xs[a]": "temp = xs[b]\n    xs[b] = xs[a]\n    xs[a] = temp",
}
REFUSED = {
    "not as many values": "a, b = xs",
    "a star": "a, *b = 1, 2",
    "a star among the values": "a, b = *xs, 1",
    "the same variable twice": "a, a = 1, 2",
    "other elements": "xs[0], b = b, 1",
    "an index that is a call": "xs[xs.pop()], xs[b] = xs[b], xs[xs.pop()]",
    "in an index": "a, xs[a] = 1, 2",
    "a walrus": "a, b = (c := 1), c",
    "a closure sees the first": "g = lambda: a\n    a, b = 1, g()",
    "an except sees the first": "try:\n        a, b = 5, xs[9]\n    except IndexError:\n        pass",
    "effects in another order": "a, b = xs.pop(), [a, xs.pop()]",
}
FRAME = "def f(xs, a):\n    b = 1\n    c = 2\n    {}\n    return xs, a, b, c\n"


@pytest.mark.parametrize("before", PAIRS)
def test_splits(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    calls = [([1, 2, 3], 1), ([], 0), ([5], 0), ([4, 4, 4, 4], 2), ((1, 2), 0), ({0: 1, 1: 3}, 0)]
    assert same_results(code, after, calls)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code
