import libcst as cst
import pytest

from variants import Program
from variants.analysis.bound import is_surely_bound
from variants.analysis.changes import changes_of
from variants.analysis.effects import effect_of
from variants.analysis.purity import can_swap, is_pure, is_repeatable, is_steady


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
    "expression",
    ["f(p, q)", "p.pop()", "next(p)", "(x := p)", "sum(p, *q)", "p.sort(key=len)", "max(p, key=f)"],
)
def test_does_not_guess_what_changes_nothing(expression):
    assert not is_pure(*returned(expression))


@pytest.mark.parametrize("expression", ["sum(p)", "[x for x in p]", "'-'.join(p)"])
def test_going_through_something_may_use_it_up(expression):
    assert is_pure(*returned(expression))
    assert not is_pure(*returned(expression, body="n = iter(p)"))


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
        ("'ab'[n // 0]", {"IndexError", "ZeroDivisionError"}),
        ("'a' 'b'", set()),
    ],
)
def test_knows_how_an_expression_can_fail(expression, expected):
    assert effect_of(*returned(expression)).raises == expected


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
        ("(LIMIT, f(p, q))", True),
        ("(p, (yield))", False),
    ],
)
def test_knows_what_can_be_evaluated_in_the_other_order(expression, expected):
    program, pair = returned(expression)
    assert isinstance(pair, cst.Tuple)
    first, second = (element.value for element in pair.elements)
    assert can_swap(program, first, second) is expected
    assert can_swap(program, second, first) is expected


@pytest.mark.parametrize(
    ("expression", "steady", "repeatable"),
    [("n", True, True), ("p[0]", False, True), ("p.pop()", False, False), ("(n := 1)", False, False)],
)
def test_knows_what_gives_the_same_again(expression, steady, repeatable):
    program, value = returned(expression)
    assert is_steady(program, value) is steady
    assert is_repeatable(program, value) is repeatable


@pytest.mark.parametrize(
    ("body", "changed", "deep", "is_unclear"),
    [
        ("p.append(q)", {"p"}, set(), False),
        ("p[0].append(q)", set(), {"p"}, False),
        ("q[0] = 1", {"q"}, set(), False),
        ("n = math.sqrt(p)", set(), set(), False),
        ("n = string.append(p)", {"string"}, set(), False),
        ("n = f(p, q)", set(), set(), True),
        ("p.sort(key=len)", {"p"}, set(), True),
        ("n = sorted(p, key=f)", set(), set(), True),
        ("n = '-'.join(p)", set(), set(), False),
    ],
)
def test_knows_what_statements_change(body, changed, deep, is_unclear):
    program, _ = returned("p", body)
    found = changes_of(program, program.nodes(cst.SimpleStatementLine)[-2])
    assert (found.changed, found.deep, found.is_unclear) == (changed, deep, is_unclear)
