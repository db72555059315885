import ast

import pytest

NAME = "remove_parentheses"

PAIRS = {
    "return ((a * b) + c)": "return a * b + c",
    "return (not a) and (b < c)": "return not a and b < c",
    "if (a < b):  # less\n        a = (b - c)": "if a < b:  # less\n        a = b - c",
    "return max((a + b), [a][(b)])": "return max(a + b, [a][b])",
    "return a ** (-b)": "return a ** -b",
    "return not (a == b)": "return not a == b",
    "if(a == b):\n        return(c + a)": "if a == b:\n        return c + a",
}
REFUSED = {
    "they are needed": "return a * (b + c)",
    "on the right": "return a - (b - c)",
    "a power of a negative number": "return (-a) ** b",
    "a comparison in a comparison": "return (a < b) == (b < c)",
    "several lines": "return (a +\n        b)",
    "a tuple": "return (a, b)",
    "two pairs": "return ((a))",
    "a method of an operation": "return (a + b).real",
}


@pytest.mark.parametrize("before", PAIRS)
def test_removes_them(before, rewrite):
    code = f"def f(a, b, c):\n    {before}\n"
    after = rewrite(NAME, code)
    assert after == f"def f(a, b, c):\n    {PAIRS[before]}\n"
    assert ast.dump(ast.parse(code)) == ast.dump(ast.parse(after))


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason, rewrite):
    code = f"def f(a, b, c):\n    {REFUSED[reason]}\n"
    assert rewrite(NAME, code) == code
