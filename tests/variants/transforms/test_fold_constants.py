import pytest

NAME = "fold_constants"

PAIRS = {
    "60 * 60 + 1": "3601",
    "2 ** 10 - a": "1024 - a",
    "a - (3 - 5)": "a - -2",
    "a ** (2 - 3)": "a ** -1",
    "(2 - 5).bit_length()": "(-3).bit_length()",
    "(1 - 3) ** a": "(-2) ** a",
    "7 // 2 % 2": "1",
    "'ab' + 'c' * 2": "'abcc'",
    "'ab' 'c'": "'abc'",
    "ord('a') + a": "97 + a",
    "[chr(97), len('abc'), str(5)]": "['a', 3, '5']",
    "list(), dict(), tuple(), str(), int()": '[], {}, (), "", 0',
    "ord('c') - ord('a')": "99 - 97",
}
REFUSED = {
    "division by zero": "1 // 0",
    "true division": "3 / 2",
    "too large": "10 ** 40",
    "too long": "'ab' * 100",
    "a variable": "a + 1",
    "not printable": "chr(10)",
    "an f-string": "f'{1 + 1}'",
    "a comment": "(\n        1  # one\n        + 2\n    )",
    "a set": "set()",
}


@pytest.mark.parametrize("before", PAIRS)
def test_computes(before, rewrite, same_results):
    code = f"def f(a):\n    return {before}\n"
    after = rewrite(NAME, code)
    assert after == f"def f(a):\n    return {PAIRS[before]}\n"
    assert same_results(code, after, [(3,), (-1,), (True,)])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = f"def f(a):\n    return {REFUSED[reason]}\n"
    assert rewrite(NAME, code) == code


def test_refuses_a_shadowed_builtin(rewrite):
    code = "def f(ord, list):\n    return ord('a'), list()\n"
    assert rewrite(NAME, code) == code
