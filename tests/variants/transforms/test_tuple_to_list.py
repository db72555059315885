import pytest

NAME = "tuple_to_list"

PAIRS = {
    "return k in (1, 2)": "return k in [1, 2]",
    "return k not in ( k, )": "return k not in [ k ]",
    "for x in k, xs:\n        k = x": "for x in [k, xs]:\n        k = x",
    "return [x for x in (1, 2,)]": "return [x for x in [1, 2]]",
    "return max((k, 2), default=0), ','.join(('a', 'b'))": "return max([k, 2], default=0), ','.join(['a', 'b'])",
    "a = 1, 2\n    return k in a, a[0], a[len(a) - 1]": "a = [1, 2]\n    return k in a, a[0], a[len(a) - 1]",
    "return [x for x in tuple(xs)]": "return [x for x in list(xs)]",
    "return k in (\n        1,\n        2,\n    )": "return k in [\n        1,\n        2,\n    ]",
}
REFUSED = {
    "it is returned": "return (1, 2)",
    "it is named and returned": "a = (1, 2)\n    return k in a, a",
    "a key": "a = (1, 2)\n    return {a: 1}",
    "compared": "return xs == (1, 2)",
    "somebody else's method": "return xs.join(('a',))",
    "empty": "return k in ()",
    "a comment": "return k in (\n        1,  # one\n    )",
    "two kinds of type": "return isinstance(k, (int, str))",
    "text with choices": "return 'abc'.startswith(('a', 'b'))",
}


@pytest.mark.parametrize("before", PAIRS)
def test_writes_a_list(before, rewrite, same_results):
    code = f"def f(xs, k):\n    {before}\n"
    after = rewrite(NAME, code)
    assert after == f"def f(xs, k):\n    {PAIRS[before]}\n"
    assert same_results(code, after, [([1, 2], 1), ([], 3), ([[1, 2]], 2)])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = f"def f(xs, k):\n    {REFUSED[reason]}\n"
    assert rewrite(NAME, code) == code
