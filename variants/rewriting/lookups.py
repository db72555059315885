"""Lookups in dicts: by `get`, by a question before, and by trying."""

from dataclasses import dataclass

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.purity import is_pure, is_repeatable, never_fails
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
