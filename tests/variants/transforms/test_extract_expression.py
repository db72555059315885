import pytest

from variants import TRANSFORMS, Program

NAME = "extract_expression"
FRAME = "def f(xs, k):\n    y = 3\n    {}\n    return xs, k, y\n"
CALLS = [([3, 1, 2], 2), ([], 0), ([5], 1), ([4, 4, -4, 4], 3), (None, 1), (["a", "b"], "b"), ("aba", "b")]

PAIRS = {
    "y = k * k + y": ("compute_total(k, y)", "y = compute_total(k, y)", "k * k + y"),
    "y = [x for x in xs if x != k and x]": (
        "is_wanted(x, k)",
        "y = [x for x in xs if is_wanted(x, k)]",
        "x != k and x",
    ),
    "while y and k + 1 > y:\n        y -= 1": (
        "is_wanted(y, k)",
        "while is_wanted(y, k):\n        y -= 1",
        "y and k + 1 > y",
    ),
    "y = k or xs[k + 1]": ("is_wanted(k, xs)", "y = is_wanted(k, xs)", "k or xs[k + 1]"),
    "y = f'{len(xs) + 1}'": ("compute_total(xs)", "y = f'{compute_total(xs)}'", "len(xs) + 1"),
    "xs[k * 2 - 1] = y": ("compute_difference(k)", "xs[compute_difference(k)] = y", "k * 2 - 1"),
}
REFUSED = {
    "one operation": "y = k + 1",
    "a walrus": "y = [(k := k + 1) * 2]",
    "a lambda reads a variable": "y = [(lambda: k + 1) for k in xs]",
    "a lazy generator": "y = [(x for x in xs)]",
    "a target": "xs[k] = 2",
    "a deleted item": "del xs[k]",
    "a variable that may have no value": "if k: z = 1\n    y = [z + 1 * z]",
    "a comment": "y = (k + 1 +  # one\n        k)",
    "nothing goes in": "y = 1 + 2 * 3",
    "a statement of its own": "xs.append(k)",
}


@pytest.mark.parametrize("before", PAIRS)
def test_moves_an_expression(before, same_results):
    call, line, source = PAIRS[before]
    code = FRAME.format(before)
    program, transform = Program(code), TRANSFORMS[NAME]
    head = f"def {call}:\n    return {source}\n\n\n"
    texts = [transform.apply(program, site).code for site in transform.sites(program)]
    assert head + FRAME.format(line) in texts
    for text in texts:
        assert same_results(code, text, CALLS)


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = FRAME.format(REFUSED[reason])
    assert rewrite(NAME, code) == code


def test_a_global_that_a_function_writes_stays(rewrite):
    code = "def f(xs):\n    global z\n    z = 1\n    return [z + xs[0] * 2]\n"
    assert "z" not in rewrite(NAME, code).split("return", 1)[0].split("def f")[0]


def test_a_whole_body_stays(rewrite):
    code = "def f(xs):\n    return len(xs) * 2 + 1\n"
    assert "def compute_total" not in rewrite(NAME, code)


def test_methods_and_inner_functions_stay(rewrite):
    code = "class A:\n    def g(self, a):\n        b = a * a + 1\n        return b\n\n\ndef f(a):\n    return A().g(a)\n"
    assert rewrite(NAME, code) == code
