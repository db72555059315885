import pytest

NAME = "list_to_tuple"

PAIRS = {
    "return k in [1, 2]": "return k in (1, 2)",
    "return k not in [ k ]": "return k not in ( k, )",
    "for x in [k, xs]:\n        k = x": "for x in (k, xs):\n        k = x",
    "return [x for x in [1, 2,]]": "return [x for x in (1, 2,)]",
    "return max([k, 2], default=0), ','.join(['a', 'b'])": "return max((k, 2), default=0), ','.join(('a', 'b'))",
    "a = [1, 2]\n    return k in a, a[0], a[len(a) - 1]": "a = (1, 2)\n    return k in a, a[0], a[len(a) - 1]",
    "return [x for x in list(xs)], k in list(xs)": "return [x for x in tuple(xs)], k in tuple(xs)",
    "return k in [\n        1,\n        2,\n    ]": "return k in (\n        1,\n        2,\n    )",
}
REFUSED = {
    "it is returned": "return [1, 2]",
    "it is named and returned": "a = [1, 2]\n    return k in a, a",
    "it is named and changed": "a = [1, 2]\n    a[0] = 3\n    return k in a",
    "a part of it": "a = [1, 2]\n    return k in a, a[0:1]",
    "an unknown index may be a slice": "a = [1, 2]\n    return a[k]",
    "sometimes another": "a = [1, 2]\n    a = xs\n    return k in a",
    "an attribute": "xs.a = [1, 2]",
    "compared": "return xs == [1, 2]",
    "two comparisons": "return k in [1, 2] == xs",
    "somebody else's method": "return xs.join(['a'])",
    "empty": "return k in []",
    "a comment": "return k in [\n        1,  # one\n    ]",
    "the elements": "return [1, 2] in xs",
    "changed": "xs.extend([1, 2])\n    return len([1])",
}
CALLS = [([1, 2], 1), ([], 3), ([[1, 2]], 2)]


@pytest.mark.parametrize("before", PAIRS)
def test_writes_a_tuple(before, rewrite, same_results):
    code = f"def f(xs, k):\n    {before}\n"
    after = rewrite(NAME, code)
    assert after == f"def f(xs, k):\n    {PAIRS[before]}\n"
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = f"def f(xs, k):\n    {REFUSED[reason]}\n"
    assert rewrite(NAME, code) == code
