"""Where a comprehension is all that a statement computes, and what is done with its elements."""

from dataclasses import dataclass
from typing import Literal

import libcst as cst

from variants.analysis.bindings import Comprehension
from variants.analysis.inference import WHOLE
from variants.analysis.program import Program

Kind = Literal["list", "set", "dict", "sum", "any", "all", "text"]
_COLLECTING = frozenset({"list", "tuple", "sorted"})


@dataclass(frozen=True, slots=True)
class Accumulation:
    """A comprehension that is the value of a statement.

    Attributes:
        statement: The assignment or return.
        comprehension: What produces the elements.
        kind: How they are collected.
        before: Text of the value before the collection, such as ``sorted(``.
        after: Text of the value after it.
    """

    statement: cst.Assign | cst.Return
    comprehension: Comprehension
    kind: Kind
    before: str = ""
    after: str = ""


def find_accumulation(program: Program, statement: cst.Assign | cst.Return) -> Accumulation | None:
    """The comprehension that makes a statement's value; None where there is none, or moving it may show."""
    value = statement.value
    if isinstance(value, cst.ListComp):
        return Accumulation(statement, value, "list")
    if isinstance(value, cst.SetComp) and program.is_builtin("set"):
        return Accumulation(statement, value, "set")
    if isinstance(value, cst.DictComp):
        return Accumulation(statement, value, "dict")
    if not isinstance(value, cst.Call) or not value.args:
        return None
    source = value.args[0]
    if source.keyword is not None or source.star:
        return None
    if isinstance(source.value, cst.GeneratorExp) and len(value.args) == 1:
        found = _reduced(program, statement, value, source.value)
        if found is not None:
            return found
    return _wrapped(program, statement, value)


def _reduced(
    program: Program, statement: cst.Assign | cst.Return, call: cst.Call, source: cst.GeneratorExp
) -> Accumulation | None:
    """A generator that a builtin uses up one by one."""
    if program.calls_builtin(call, "list"):
        return Accumulation(statement, source, "list")
    if program.calls_builtin(call, "set"):
        return Accumulation(statement, source, "set")
    if program.calls_builtin(call, "sum") and program.types.is_only(source.elt, WHOLE):
        return Accumulation(statement, source, "sum")
    if not program.calls_builtin(call, "any", "all"):
        return None
    # Only a return leaves several loops at once.
    if source.for_in.inner_for_in is not None and not isinstance(statement, cst.Return):
        return None
    return Accumulation(statement, source, "any" if program.calls_builtin(call, "any") else "all")


def _wrapped(program: Program, statement: cst.Assign | cst.Return, call: cst.Call) -> Accumulation | None:
    """A comprehension whose list is complete before the call begins."""
    source = call.args[0].value
    if not isinstance(source, cst.ListComp | cst.GeneratorExp):
        return None
    if isinstance(source, cst.GeneratorExp) and not (
        _is_join(program, call) or program.calls_builtin(call, *_COLLECTING)
    ):
        return None
    if not _is_join(program, call) and not (
        isinstance(call.func, cst.Name) and program.is_builtin(call.func.value)
    ):
        return None
    if any(argument.star or not _is_inert(argument.value) for argument in call.args[1:]):
        return None
    before = f"{program.text(call.func)}("
    others = [argument.with_changes(comma=cst.MaybeSentinel.DEFAULT) for argument in call.args[1:]]
    after = "".join(f", {program.text(argument).strip()}" for argument in others) + ")"
    return Accumulation(statement, source, "list", before, after)


def _is_join(program: Program, call: cst.Call) -> bool:
    return (
        isinstance(call.func, cst.Attribute)
        and call.func.attr.value == "join"
        and len(call.args) == 1
        and _is_inert(call.func.value)
        and program.types.is_only(call.func.value, frozenset({"str"}))
    )


def _is_inert(node: cst.BaseExpression) -> bool:
    """Whether it does not matter when the expression is evaluated."""
    return isinstance(node, cst.SimpleString | cst.Integer | cst.Lambda | cst.Name)
