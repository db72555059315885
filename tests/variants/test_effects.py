import libcst as cst
import pytest

from variants import Program
from variants.analysis.bound import is_surely_bound
from variants.analysis.purity import can_swap, failures, is_pure


def returned(expression: str, body: str = "n = len(p)") -> tuple[Program, cst.BaseExpression]:
    code = f"import math\n\nLIMIT = 3\n\n\ndef f(p, q):\n    {body}\n    return {expression}\n"
    program = Program(code)
    value = program.nodes(cst.Return)[-1].value
    assert value is not None
    return program, value


@pytest.mark.parametrize(
    "expression",
    ["p", "p + q * 2", "p[0][n:]", "len(p)", "p.lower()", "p < q", "p and not q", "(p, [q])", "math.pi"],
)
def test_knows_what_changes_nothing(expression):
    assert is_pure(*returned(expression))


@pytest.mark.parametrize(
    "expression", ["f(p, q)", "p.pop()", "next(p)", "(x := p)", "sum(p)", "[x for x in p]"]
)
def test_does_not_guess_what_changes_nothing(expression):
    assert not is_pure(*returned(expression))


def test_a_membership_test_may_use_an_iterator_up():
    assert is_pure(*returned("1 in p"))
    assert not is_pure(*returned("1 in p", body="n = iter(p)"))
    assert is_pure(*returned("1 in [q]", body="n = iter(p)"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", set()),
        ("-n + 1", set()),
        ("n % 2", set()),
        ("n // n", {"ZeroDivisionError"}),
        ("'ab'[n]", {"IndexError"}),
        ("'ab'[n:]", set()),
        ("p[n]", {"p[int]"}),
        ("len(p)", {"TypeError"}),
        ("len('ab')", set()),
        ("p + q", {"any"}),
        ("p[q]", {"any"}),
        ("'ab'[n // 0]", {"any"}),
    ],
)
def test_knows_how_an_expression_can_fail(expression, expected):
    assert failures(*returned(expression)) == expected


@pytest.mark.parametrize(
    ("body", "is_bound"),
    [
        ("x = 1", True),
        ("x, y = 1, 2", True),
        ("x: int", False),
        ("if p: x = 1", False),
        ("if p:\n        x = 1\n    else:\n        x = 2", True),
        ("if p:\n        x = 1\n    else:\n        raise ValueError", True),
        ("for x in p:\n        pass", False),
        ("while p: x = 1", False),
        ("x = 1\n    del x", False),
        ("x = 1\n    try:\n        p()\n    except ValueError as x:\n        pass", False),
        ("def x(): pass", True),
    ],
)
def test_knows_whether_a_name_is_bound(body, is_bound):
    program, value = returned("x", body)
    assert isinstance(value, cst.Name)
    assert is_surely_bound(program, value) == is_bound


@pytest.mark.parametrize("name", ["p", "LIMIT", "math", "len", "None"])
def test_parameters_globals_and_builtins_are_bound(name):
    program, value = returned(name)
    assert isinstance(value, cst.Name)
    assert is_surely_bound(program, value)


def test_variables_of_loops_are_bound_in_them():
    program = Program("def f(p):\n    for x in p:\n        print([x + y for y in p if y])\n    return y\n")
    names = [node for node in program.nodes(cst.Name) if node.value in {"x", "y"}]
    used = {(node.value, program.line(node)): is_surely_bound(program, node) for node in names}
    assert used["x", 3]
    assert used["y", 3]
    assert not used["y", 4]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(p, q)", True),
        ("(p[n], p[0])", True),
        ("(p[n], q[0])", False),
        ("(n, f(p, q))", True),
        ("(len(p), f(p, q))", False),
        ("(p, (p := q))", False),
        ("(f(p, q), f(q, p))", False),
        ("(LIMIT, f(p, q))", False),
    ],
)
def test_knows_what_can_be_evaluated_in_the_other_order(expression, expected):
    program, pair = returned(expression)
    assert isinstance(pair, cst.Tuple)
    first, second = (element.value for element in pair.elements)
    assert can_swap(program, first, second) is expected
    assert can_swap(program, second, first) is expected
