import ast

import pytest

NAME = "redundant_parentheses"

PAIRS = {
    "return a * b + c": "return ((a * b) + c)",
    "return not a and b < c": "return ((not a) and (b < c))",
    "if a < b:  # less\n        a = b - c": "if (a < b):  # less\n        a = (b - c)",
    "while a > b + 1:\n        a -= 1": "while (a > (b + 1)):\n        a -= 1",
    "a = b if a == c else c": "a = b if (a == c) else c",
}
REFUSED = {
    "parentheses are there": "return (a * b)",
    "a negative number": "return -a",
    "an argument": "return max(a + b, c)",
    "an index": "return [a, b][a + b]",
    "a name": "return a",
}


@pytest.mark.parametrize("before", PAIRS)
def test_adds_them(before, rewrite):
    code = f"def f(a, b, c):\n    {before}\n"
    after = rewrite(NAME, code)
    assert after == f"def f(a, b, c):\n    {PAIRS[before]}\n"
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(after))


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = f"def f(a, b, c):\n    {REFUSED[reason]}\n"
    assert rewrite(NAME, code) == code


def test_outside_of_functions_nothing_changes(rewrite):
    code = "x = 1 + 2 * 3\n"
    assert rewrite(NAME, code) == code
