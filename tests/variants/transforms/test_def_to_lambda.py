import pytest

NAME = "def_to_lambda"
FRAME = "def f(xs, k):\n    y = 3\n    {}\n    return xs, k, y\n"
CALLS = [([3, 1, 2], 2), ([], 0), ([5], 1), ([4, -4, 9], 3), (None, 1), (["a", "b"], "b")]

PAIRS = {
    "# why\n    def g(x, n=k, *r):\n        return x, n\n    y = g(1)": "# why\n    g = lambda x, n=k, *r: (x, n)\n    y = g(1)",
    "def g(): return k\n    k = 2; y = g()": "g = lambda: k\n    k = 2; y = g()",
    "def g(x):\n        return x and g(x - 1)\n    y = g(4)": "g = lambda x: x and g(x - 1)\n    y = g(4)",
}
REFUSED = {
    "more than a return": "def g(x):\n        x += 1\n        return x\n    y = g(1)",
    "a docstring": "def g(x):\n        'why'\n        return x\n    y = g(1)",
    "an annotation": "def g(x: int):\n        return x\n    y = g(1)",
    "it yields": "def g(x):\n        return (yield x)\n    y = list(g(1))",
    "defined twice": "def g(): return 1\n    y = g()\n    def g(): return 2\n    y += g()",
    "a comment": "def g():\n        return 1  # one\n    y = g()",
    "the names of functions": "def g(): return 1\n    y = g.__name__",
}


@pytest.mark.parametrize("before", PAIRS)
def test_writes_a_lambda(before, rewrite, same_results):
    code = FRAME.format(before)
    after = rewrite(NAME, code)
    assert after == FRAME.format(PAIRS[before])
    assert same_results(code, after, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_a_helper_of_the_module_but_not_the_entry(rewrite, same_results):
    code = "def g(x):\n    return x * 2\n\n\ndef f(x):\n    return g(x)\n"
    after = rewrite(NAME, code)
    assert after == "g = lambda x: x * 2\n\n\ndef f(x):\n    return g(x)\n"
    assert same_results(code, after, [(1,), ("a",), (None,)])


def test_a_method_stays(rewrite):
    code = "class A:\n    def g(self):\n        return 1\n\n\ndef f():\n    g = A().g\n    return g()\n"
    assert rewrite(NAME, code) == code
