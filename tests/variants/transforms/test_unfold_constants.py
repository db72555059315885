import random

import pytest

from variants import TRANSFORMS, Program

NAME = "unfold_constants"

PAIRS = {
    "return a // 3600": "return a // (60 * 60)",
    "return a % 1000": "return a % 10 ** 3",
    "return a - 97": 'return a - ord("a")',
    "return a * 2, 2": "return a * (1 + 1), 1 + 1",
    "return [64][0]": "return [2 ** 6][0]",
    "return range(10, a, 3)": "return range(2 * 5, a, 3)",
    "return (4).real": "return (2 ** 2).real",
}
REFUSED = {
    "zero and one": "return 0 + a + 1",
    "negative": "return -10",
    "an operation on literals": "return 60 * 60",
    "an exponent": "return a ** 2",
    "not decimal": "return 0xff",
    "an f-string": "return f'{10}'",
    "a step": "return range(0, a, 2)",
    "a default": "return lambda x=10: x",
    "a float": "return 2.5",
}


def first_form(code):
    transform, program = TRANSFORMS[NAME], Program(code)
    for site in reversed(transform.sites(program)):
        program = Program(transform.apply(program, site).code)
    return program.code


@pytest.mark.parametrize("before", PAIRS)
def test_writes_numbers_out(before, same_results):
    code = f"def f(a):\n    {before}\n"
    after = first_form(code)
    assert after == f"def f(a):\n    {PAIRS[before]}\n"
    assert same_results(code, after, [(3,), (-1,), (5000,)])


@pytest.mark.parametrize("reason", REFUSED)
def test_refuses(reason):
    code = f"def f(a):\n    {REFUSED[reason]}\n"
    assert first_form(code) == code


@pytest.mark.parametrize("number", [2, 3, 7, 12, 60, 97, 100, 128, 365, 1001, 86400, 10**9])
def test_every_form_gives_the_number(number):
    transform, program = TRANSFORMS[NAME], Program(f"def f():\n    return {number}\n")
    (site,) = transform.sites(program)
    forms = {transform.choose(program, site, random.Random(seed))[0][1] for seed in range(30)}
    assert {eval(form) for form in forms} == {number}


def test_writes_no_code_of_a_letter_where_ord_means_something_else():
    code = first_form("def f(ord):\n    return 97\n")
    assert code == "def f(ord):\n    return 96 + 1\n"
