"""Lookups in dicts: by `get`, by a question before, and by trying."""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.purity import is_pure, is_repeatable, never_fails
from variants.rewriting.branches import only_part
from variants.rewriting.edits import only_statement
from variants.rewriting.expressions import bare

_DICT = frozenset({"dict"})


@dataclass(frozen=True, slots=True)
class Lookup:
    """An item of a dict, and what takes its place where there is none.

    Attributes:
        mapping: The dict.
        key: The key.
        default: The value for a key that is not there.
    """

    mapping: cst.BaseExpression
    key: cst.BaseExpression
    default: cst.BaseExpression


def is_dict(program: Program, node: cst.BaseExpression) -> bool:
    """Whether an expression is a builtin dict and can be evaluated again."""
    return program.types.is_only(node, _DICT) and is_repeatable(program, node)


def item_of(node: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The mapping and the key in `d[k]`."""
    if not isinstance(node, cst.Subscript) or len(node.slice) != 1:
        return None
    index = node.slice[0].slice
    return (node.value, index.value) if isinstance(index, cst.Index) and index.star is None else None


def asked_of(
    program: Program, test: cst.BaseExpression
) -> tuple[cst.BaseExpression, cst.BaseExpression, bool] | None:
    """The dict and the key in `k in d` or `k not in d`, and whether it is the former."""
    test = bare(test)
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    target = test.comparisons[0]
    if not isinstance(target.operator, cst.In | cst.NotIn) or not is_dict(program, target.comparator):
        return None
    if not is_repeatable(program, test.left):
        return None
    return target.comparator, bare(test.left), isinstance(target.operator, cst.In)


def is_harmless(program: Program, default: cst.BaseExpression) -> bool:
    """Whether a default can be evaluated where it is not needed, and the other way round."""
    return is_pure(program, default) and never_fails(program, default)


def find_get(program: Program, call: cst.Call) -> Lookup | None:
    """The lookup in `d.get(k)` and `d.get(k, default)` of a builtin dict."""
    if (
        not isinstance(call.func, cst.Attribute)
        or call.func.attr.value != "get"
        or not 1 <= len(call.args) <= 2
    ):
        return None
    if any(argument.star or argument.keyword is not None for argument in call.args):
        return None
    mapping, key = call.func.value, call.args[0].value
    default = call.args[1].value if len(call.args) == 2 else cst.Name("None")
    if not is_dict(program, mapping) or not is_repeatable(program, key):
        return None
    if len(call.args) == 2 and not is_harmless(program, default):
        return None
    return Lookup(mapping, key, default)


def find_ternary(program: Program, node: cst.IfExp) -> Lookup | None:
    """The lookup in `d[k] if k in d else default`, also the other way round."""
    asked = asked_of(program, node.test)
    if asked is None:
        return None
    mapping, key, is_in = asked
    item, default = (node.body, node.orelse) if is_in else (node.orelse, node.body)
    found = item_of(bare(item))
    if found is None or not found[0].deep_equals(mapping) or not bare(found[1]).deep_equals(key):
        return None
    return Lookup(mapping, key, default) if is_harmless(program, default) else None


def counted_by(
    program: Program, statements: Sequence[cst.BaseStatement]
) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The mapping and the key, where statements do nothing but add one to an item that begins with none."""
    if len(statements) == 1 and isinstance(statements[0], cst.If):
        node = statements[0]
        asked = _asked(node.test)
        if asked is None or not isinstance(node.orelse, cst.Else):
            return None
        there, missing = only_part(node.body), only_part(node.orelse.body)
        there, missing = (there, missing) if asked[2] else (missing, there)
        is_count = _is_one_more(there, asked) and _is_set(missing, asked, "1")
        return asked[:2] if is_count else None
    if len(statements) == 2 and isinstance(statements[0], cst.If) and statements[0].orelse is None:
        asked = _asked(statements[0].test)
        if asked is None or asked[2] or not _is_set(only_part(statements[0].body), asked, "0"):
            return None
        return asked[:2] if _is_one_more(only_statement(statements[1]), asked) else None
    step = only_statement(statements[0]) if len(statements) == 1 else None
    return _counted_by_get(program, step) if isinstance(step, cst.Assign) else None


_Asked = tuple[cst.BaseExpression, cst.BaseExpression, bool]


def _asked(test: cst.BaseExpression) -> _Asked | None:
    test = bare(test)
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    target = test.comparisons[0]
    if not isinstance(target.operator, cst.In | cst.NotIn):
        return None
    return target.comparator, test.left, isinstance(target.operator, cst.In)


def _is_item(node: cst.BaseExpression, asked: _Asked) -> bool:
    item = item_of(node)
    return item is not None and item[0].deep_equals(asked[0]) and item[1].deep_equals(asked[1])


def _is_set(statement: cst.BaseSmallStatement | None, asked: _Asked, number: str) -> bool:
    """Whether a statement is `d[k] = number`."""
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return False
    value = statement.value
    is_number = isinstance(value, cst.Integer) and value.value == number
    return is_number and _is_item(statement.targets[0].target, asked)


def _is_one_more(statement: cst.BaseSmallStatement | None, asked: _Asked) -> bool:
    """Whether a statement is `d[k] += 1` or `d[k] = d[k] + 1`."""
    if isinstance(statement, cst.AugAssign):
        is_sum, value = isinstance(statement.operator, cst.AddAssign), statement.value
        target = statement.target
    elif isinstance(statement, cst.Assign) and isinstance(statement.value, cst.BinaryOperation):
        whole = statement.value
        is_sum = isinstance(whole.operator, cst.Add) and _is_item(whole.left, asked)
        target, value = statement.targets[0].target, whole.right
    else:
        return False
    return is_sum and isinstance(value, cst.Integer) and value.value == "1" and _is_item(target, asked)


def _counted_by_get(
    program: Program, step: cst.Assign
) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The mapping and the key in `d[k] = d.get(k, 0) + 1`."""
    item = item_of(step.targets[0].target) if len(step.targets) == 1 else None
    whole = step.value
    if item is None or not isinstance(whole, cst.BinaryOperation) or not isinstance(whole.operator, cst.Add):
        return None
    call, one = whole.left, whole.right
    expected = cst.parse_expression(f"{program.text(item[0])}.get({program.text(item[1])}, 0)")
    is_one = isinstance(one, cst.Integer) and one.value == "1"
    return item if is_one and call.deep_equals(expected) else None
