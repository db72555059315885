"""A lookup in a written-out dict becomes a chain of ifs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.inference import NUMBER
from variants.analysis.program import Program
from variants.analysis.purity import is_literal, is_pure, is_repeatable, never_fails
from variants.rewriting.conditions import is_bool
from variants.rewriting.edits import compound, has_comment, only_statement, replace, simple
from variants.rewriting.expressions import COMPARISON, text
from variants.transform import Change, Family, Parameters, Transform

_HASHABLE = NUMBER | {"str", "bytes", "NoneType"}
_MOST = 8


@dataclass(frozen=True, slots=True)
class _Table:
    pairs: list[tuple[cst.BaseExpression, cst.BaseExpression]]
    key: cst.BaseExpression
    default: cst.BaseExpression | None
    is_called: bool


class DictDispatchToIf(Transform):
    """Compares with each key in turn."""

    name: ClassVar[str] = "dict_dispatch_to_if"
    family: ClassVar[Family] = "conditions"
    description: ClassVar[str] = "`return {1: a, 2: b}.get(x, c)` becomes `if x == 1: return a` and so on"
    preconditions: ClassVar[str] = (
        "The dict is written out, with at most eight literals as keys; its values are literals, names, or "
        "lambdas without parameters that are called at once. The lookup is the whole value of a return or of "
        "the assignment of a variable; what is looked up provably is a number, a string or None and can be "
        "evaluated again. Refused: comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"if_to_dict_dispatch"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines that look up in a dict of their own."""
        if not program.nodes(cst.Dict):
            return
        for line in program.nodes(cst.SimpleStatementLine):
            if program.function_of(line) is not None and _table(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the chain in the place of the line."""
        assert isinstance(node, cst.SimpleStatementLine)
        statement, table = only_statement(node), _table(program, node)
        assert isinstance(statement, cst.Return | cst.Assign)
        assert table is not None
        beginning = "return "
        if isinstance(statement, cst.Assign):
            beginning = f"{program.text(statement.targets[0].target)} = "
        key = text(program, table.key, COMPARISON + 1)
        if _is_truth(table) and is_bool(program, table.key):
            yes, no = (_value(program, table, value) for _, value in sorted(table.pairs, key=_is_false))
            made = _if(program, text(program, table.key), beginning + yes, simple(program, beginning + no))
        else:
            chain: cst.BaseStatement = simple(program, f"raise KeyError({key})")
            if table.default is not None:
                chain = simple(program, beginning + _value(program, table, table.default))
            for constant, value in reversed(table.pairs):
                test = f"{key} == {text(program, constant)}"
                chain = _if(program, test, beginning + _value(program, table, value), chain)
            assert isinstance(chain, cst.If)
            made = chain
        return replace(program, {node: made.with_changes(leading_lines=node.leading_lines)})


def _if(program: Program, test: str, line: str, other: cst.BaseStatement) -> cst.If:
    made = compound(program, f"if {test}:", [simple(program, line)])
    assert isinstance(made, cst.If)
    orelse = other if isinstance(other, cst.If) else cst.Else(body=cst.IndentedBlock(body=[other]))
    return made.with_changes(orelse=orelse)


def _value(program: Program, table: _Table, value: cst.BaseExpression) -> str:
    if table.is_called:
        assert isinstance(value, cst.Lambda)
        return text(program, value.body)
    return text(program, value)


def _is_false(pair: tuple[cst.BaseExpression, cst.BaseExpression]) -> bool:
    return isinstance(pair[0], cst.Name) and pair[0].value == "False"


def _is_truth(table: _Table) -> bool:
    return table.default is None and sorted(_words(table)) == ["False", "True"]


def _words(table: _Table) -> list[str]:
    return [key.value if isinstance(key, cst.Name) else "" for key, _ in table.pairs]


def _table(program: Program, line: cst.SimpleStatementLine) -> _Table | None:
    statement = only_statement(line)
    if isinstance(statement, cst.Assign):
        if len(statement.targets) != 1 or not isinstance(statement.targets[0].target, cst.Name):
            return None
    elif not isinstance(statement, cst.Return):
        return None
    value = statement.value
    is_called = (
        isinstance(value, cst.Call)
        and not value.args
        and not isinstance(value.func, cst.Name | cst.Attribute)
    )
    found = _lookup(value.func if is_called and isinstance(value, cst.Call) else value)
    if found is None or has_comment(program, statement) or not program.is_builtin("KeyError"):
        return None
    display, key, default = found
    pairs = _pairs(display)
    if pairs is None or not all(_is_fit(program, one, is_called) for _, one in pairs):
        return None
    if default is not None and not _is_fit(program, default, is_called):
        return None
    table = _Table(pairs, key, default, is_called)
    if _is_truth(table) and is_bool(program, key):
        return table
    is_known = program.types.is_only(key, _HASHABLE) and is_repeatable(program, key) and is_pure(program, key)
    has_names = any(isinstance(constant, cst.Name) for constant, _ in pairs)
    return table if is_known and not has_names else None


def _lookup(
    value: cst.BaseExpression | None,
) -> tuple[cst.Dict, cst.BaseExpression, cst.BaseExpression | None] | None:
    """The dict, the key and the default of a lookup."""
    if isinstance(value, cst.Subscript) and isinstance(value.value, cst.Dict) and len(value.slice) == 1:
        index = value.slice[0].slice
        return (value.value, index.value, None) if isinstance(index, cst.Index) else None
    if not isinstance(value, cst.Call) or not isinstance(value.func, cst.Attribute) or len(value.args) != 2:
        return None
    display = value.func.value
    if any(argument.star or argument.keyword is not None for argument in value.args):
        return None
    is_get = value.func.attr.value == "get" and isinstance(display, cst.Dict)
    return (display, value.args[0].value, value.args[1].value) if is_get else None  # type: ignore[return-value]


def _pairs(display: cst.Dict) -> list[tuple[cst.BaseExpression, cst.BaseExpression]] | None:
    found: list[tuple[cst.BaseExpression, cst.BaseExpression]] = []
    for element in display.elements:
        if not isinstance(element, cst.DictElement) or not is_literal(element.key):
            return None
        if any(element.key.deep_equals(key) for key, _ in found):
            return None
        found.append((element.key, element.value))
    return found if 0 < len(found) <= _MOST else None


def _is_fit(program: Program, value: cst.BaseExpression, is_called: bool) -> bool:
    if is_called:
        if not isinstance(value, cst.Lambda) or program.nodes_within(
            value, cst.NamedExpr, cst.Yield, cst.Await
        ):
            return False
        given = value.params
        return not (given.params or given.kwonly_params or given.star_kwarg) and not isinstance(
            given.star_arg, cst.Param
        )
    return is_literal(value) or (isinstance(value, cst.Name) and never_fails(program, value))
