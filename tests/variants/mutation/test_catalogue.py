"""Each mutation operator as a table of what stands in the source and what is made of it."""

import os
import subprocess
import sys

import pytest

from variants import Program, ProgramError, mutants
from variants.mutation import OPERATORS

EXPRESSIONS = [
    ("range_bound", "range(n)", ["range(n + 1)", "range(n - 1)"]),
    ("range_bound", "range(1, n)", ["range(2, n)", "range(0, n)", "range(1, n + 1)", "range(1, n - 1)"]),
    ("index_off_by_one", "n[0]", ["n[1]", "n[-1]"]),
    ("index_off_by_one", "n[-1]", ["n[0]", "n[-2]"]),
    ("index_off_by_one", "n['key']", []),
    ("slice_bound", "n[1:]", ["n[2:]", "n[0:]", "n[1:-1]"]),
    ("slice_bound", "n[::-1]", ["n[-2::-1]", "n[:0:-1]", "n[:]"]),
    ("constant_off_by_one", "n + 3", ["n + 4", "n + 2"]),
    ("constant_off_by_one", "n * 0", ["n * 1", "n * -1"]),
    ("constant_off_by_one", "0 ** n", ["1 ** n", "(-1) ** n"]),
    ("constant_off_by_one", "n + 0.5", ["n + 1.5"]),
    ("constant_off_by_one", "True", []),
    ("constant_replaced", "True", ["False"]),
    ("constant_replaced", "'ab'", ["''", "'abx'"]),
    ("constant_replaced", "f'a{n}b'", []),
    ("condition_negated", "1 if n else 2", ["1 if not n else 2"]),
    ("condition_negated", "[x for x in n if not x]", ["[x for x in n if x]"]),
    ("comparison_strictness", "0 < n <= 5", ["0 <= n <= 5", "0 < n < 5"]),
    ("comparison_strictness", "n == 5", []),
    ("comparison_swapped", "n == 5", ["n != 5"]),
    ("comparison_swapped", "n in [1]", ["n not in [1]"]),
    ("comparison_swapped", "n is None", ["n is not None"]),
    ("arithmetic_swapped", "n + 1", ["n - 1"]),
    ("arithmetic_swapped", "n // 2", ["n % 2"]),
    ("arithmetic_swapped", "'%d' % n", []),
    ("operands_swapped", "n - 1", ["1 - n"]),
    ("operands_swapped", "n * 2", []),
    ("operands_swapped", "n + 1", []),
    ("operands_swapped", "n + 'a'", ["'a' + n"]),
    ("operands_swapped", "n + n", []),
    ("boolean_swapped", "n and 1", ["n or 1"]),
    ("boolean_operand_dropped", "n and 1", ["1", "n"]),
    ("unary_dropped", "-n", ["n"]),
    ("unary_dropped", "not n", ["n"]),
    ("filter_dropped", "[x for x in n if x if 1]", ["[x for x in n if 1]", "[x for x in n if x]"]),
    ("arguments_swapped", "divmod(n, 2)", ["divmod(2, n)"]),
    ("arguments_swapped", "divmod(n, n)", []),
    ("argument_dropped", "sorted(n, key=len)", ["sorted(n)"]),
    ("argument_dropped", "divmod(n, 2)", ["divmod(n)"]),
    ("call_swapped", "min(n)", ["max(n)"]),
    ("call_swapped", "n.upper()", ["n.lower()"]),
    ("call_swapped", "sorted(n, reverse=True)", ["list(n)"]),
]

STATEMENTS = [
    ("statement_dropped", "n += 1", ["pass"]),
    ("statement_dropped", "import math", []),
    (
        "jump_swapped",
        "for x in n:\n        break",
        ["for x in n:\n        continue", "for x in n:\n        return"],
    ),
    ("jump_swapped", "while n:\n        continue", ["while n:\n        break"]),
    (
        "jump_swapped",
        "for x in n:\n        return x",
        ["for x in n:\n        break", "for x in n:\n        continue"],
    ),
    ("value_dropped", "return n", ["return"]),
    ("augmented_to_assignment", "n += 1", ["n = 1"]),
    ("else_dropped", "if n:\n        n = 1\n    else:\n        n = 2", ["if n:\n        n = 1"]),
    ("loop_once", "for x in n:\n        print(x)", ["for x in n:\n        print(x)\n        break"]),
    ("loop_once", "while n:\n        n -= 1", ["while n:\n        n -= 1\n        break"]),
]


def made(code: str, operator: str) -> list[str]:
    return [mutant.code for mutant in mutants(code, "f") if mutant.operator == operator]


@pytest.mark.parametrize(("operator", "expression", "expected"), EXPRESSIONS)
def test_expressions(operator, expression, expected):
    frame = "def f(n):\n    return {}"
    assert made(frame.format(expression), operator) == [frame.format(text) for text in expected]


@pytest.mark.parametrize(("operator", "statement", "expected"), STATEMENTS)
def test_statements(operator, statement, expected):
    frame = "def f(n):\n    {}"
    found = made(frame.format(statement), operator)
    assert [text for text in expected if frame.format(text) not in found] == []
    assert expected or not found


def test_every_operator_has_a_table_row():
    assert {row[0] for row in EXPRESSIONS + STATEMENTS} == set(OPERATORS)


def test_a_mutant_differs_in_one_place_and_names_its_line():
    code = "# a comment\ndef f(n):\n    '''Doc 3.'''\n    if n > 2:\n        return (n\n                + 1)\n    return 0\n"
    found = mutants(code, "f")
    assert all("Doc 3." in mutant.code for mutant in found)
    assert {mutant.line for mutant in found} == {4, 5, 6, 7}
    assert len({mutant.code for mutant in found}) == len(found)
    for mutant in found:
        Program(mutant.code)


def test_only_what_the_entry_point_may_run_is_changed():
    code = (
        "LIMIT = 1\nOTHER = 2\n\ndef helper(n):\n    return n + LIMIT\n\n"
        "def unused(n):\n    return n + OTHER\n\ndef f(n):\n    return helper(n)\n"
    )
    found = mutants(code, "f")
    assert {mutant.line for mutant in found} == {1, 5, 11}


def test_bad_programs_are_named():
    with pytest.raises(ProgramError, match="does not parse"):
        mutants("def f(:", "f")
    with pytest.raises(ProgramError, match="defines no g"):
        mutants("def f(n):\n    return n\n", "g")


def test_the_same_mutants_under_every_hash_seed():
    command = (
        "import variants; print([(m.code, m.operator, m.line) for m in variants.mutants("
        "'def f(a, b):\\n    c = {a, b}\\n    return sorted(c)[0] + max(a, b) if a < b else -a\\n', 'f')])"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", command],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert len(texts.pop()) > 500
