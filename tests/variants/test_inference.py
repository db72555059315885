import libcst as cst
import pytest

from variants import Program
from variants.analysis.inference import ANY


def kinds_of(expression: str, body: str = "pass", parameters: str = "p, q") -> frozenset[str]:
    code = f"import math\n\n\ndef f({parameters}):\n    {body}\n    return {expression}\n"
    program = Program(code)
    value = program.nodes(cst.Return)[-1].value
    assert value is not None
    return program.types.kinds(value)


@pytest.mark.parametrize(
    ("expression", "kinds"),
    [
        ("1", {"int"}),
        ("-1.5", {"float"}),
        ("1 / 2", {"float"}),
        ("7 // 2 % 3", {"int"}),
        ("2 ** 3", {"int"}),
        ("-True", {"int"}),
        ("not p", {"bool"}),
        ("1 if p else 'a'", {"int", "str"}),
        ("'a' 'b'", {"str"}),
        ("b'a'", {"bytes"}),
        ("f'{p}'", {"str"}),
        ("'a' * 3 + 'b'", {"str"}),
        ("'%s' % p", {"str"}),
        ("'a'.join(p).upper()[0]", {"str"}),
        ("' a'.strip().split()", {"list"}),
        ("'a'.find(p)", {"int"}),
        ("len(p)", {"int"}),
        ("len(p) - 1", {"int"}),
        ("int(p) + ord(q)", {"int"}),
        ("abs(len(p) - 3)", {"int"}),
        ("max(len(p), 1)", {"int"}),
        ("min(len(x) for x in p)", {"int"}),
        ("sum(1 for x in p)", {"int"}),
        ("p in q", {"bool"}),
        ("1 < 2", {"bool"}),
        ("(1, p)", {"tuple"}),
        ("(p, q)[1:]", {"tuple"}),
        ("sorted(p)", {"list"}),
        ("{x for x in p}", {"set"}),
        ("None", {"NoneType"}),
        ("1 + p", {"number"}),
        ("p.upper()", {"str", "bytes"}),
        ("p.split(q)", {"list"}),
        ("p.isdigit()", {"bool"}),
        ("2 * (1 - p)", {"number"}),
        ("1j * 2", {"complex"}),
    ],
)
def test_knows(expression, kinds):
    assert kinds_of(expression) == kinds


@pytest.mark.parametrize(
    "expression",
    [
        "p",
        "p + 1",
        "p < q",
        "p[0]",
        "(p, q)[0]",
        "p.get()",
        "2 * p",
        "2 ** p",
        "max(p)",
        "sum(p)",
        "p()",
        "p or 1",
    ],
)
def test_does_not_guess(expression):
    assert kinds_of(expression) == ANY


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("x = 0", {"int"}),
        ("x = 0\n    for y in p:\n        x = x + 1", {"int"}),
        ("x = 0\n    while p:\n        x = x / 2", {"int", "float"}),
        ("x = 0\n    x = 'a'", {"int", "str"}),
        ("x, y = 0, 1\n    x, y = y, x + y", {"int"}),
        ("y, x = divmod(len(p), 2)", {"int"}),
        ("for x in range(p): pass", {"int"}),
        ("for x in 'abc': pass", {"str"}),
        ("for x, y in enumerate(p): pass", {"int"}),
        ("for y, x in zip(p, 'abc'): pass", {"str"}),
        ("if (x := len(p)): pass", {"int"}),
        ("x: int = 3", {"int"}),
        ("x = []\n    x += p", ANY),
        ("x = ''\n    x += p", {"str"}),
        ("x: int = p", ANY),
        ("x = 0\n    x = p", ANY),
        ("x, *y = 0, 1", ANY),
        ("for x in p: pass", ANY),
        ("import x", ANY),
        ("x = 0\n    def x(): pass", ANY),
        ("x = 0\n    with p as x: pass", ANY),
        ("global x\n    x = 0", ANY),
        ("x = 0\n    def g():\n        nonlocal x\n        x = []", ANY),
        ("x = 0\n    [(x := y) for y in p]", ANY),
    ],
)
def test_a_name_is_everything_that_it_is_ever_given(body, kinds):
    assert kinds_of("x", body) == kinds


def test_a_shadowed_builtin_is_unknown():
    assert kinds_of("len(p)", parameters="p, len") == ANY


def test_an_operator_of_a_class_makes_sums_unknown():
    program = Program("class A:\n    pass\n\n\ndef f(p):\n    return 1 + p\n")
    value = program.nodes(cst.Return)[-1].value
    assert value is not None
    assert program.types.kinds(value) == ANY


def test_knows_no_method_by_its_name_where_a_class_may_have_one_of_that_name():
    code = "class C:\n    pass\n\n\ndef f(p):\n    return p.upper()\n"
    value = Program(code).nodes(cst.Return)[-1].value
    assert value is not None
    assert Program(code).types.kinds(value) == ANY
