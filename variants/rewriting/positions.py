"""Loops over positions and loops over items, and what both need to know about the sequence."""

from collections.abc import Sequence

import libcst as cst

from variants.analysis.bindings import find_binding, find_owner, is_captured, is_local
from variants.analysis.changes import keeps_items
from variants.analysis.evidence import is_sequence
from variants.analysis.program import Program
from variants.rewriting.edits import block_of, simple
from variants.rewriting.expressions import text
from variants.rewriting.loops import Statement, is_changed

INDEX_NAMES = ("i", "index", "position", "idx", "pos", "k", "place", "j", "offset", "at")
_ITEM_NAMES = ("item", "value", "element", "current", "entry", "elem", "member", "thing")
_SEQUENCE_NAMES = ("items", "values", "sequence", "elements", "entries", "data", "source", "everything")


def is_simple(loop: cst.For) -> bool:
    """Whether the loop is neither asynchronous nor has an else."""
    return loop.orelse is None and loop.asynchronous is None


def walked_by_position(program: Program, loop: cst.For) -> cst.Name | None:
    """The sequence in ``for i in range(len(xs))``, where i and xs stay what they are in the body."""
    if not is_simple(loop) or not isinstance(loop.target, cst.Name):
        return None
    length = _only_argument(program, loop.iter, "range")
    sequence = _only_argument(program, length, "len") if length is not None else None
    if not isinstance(sequence, cst.Name) or sequence.value == loop.target.value:
        return None
    if is_changed(program, loop.body, loop.target) or not is_sequence(program, sequence):
        return None
    scope = program.scope(loop.target)
    assert scope is not None
    if is_captured(program, find_binding(program, scope, loop.target.value)):
        return None
    return sequence if keeps_items(program, loop.body, sequence) else None


def _only_argument(program: Program, call: cst.BaseExpression, name: str) -> cst.BaseExpression | None:
    if not program.calls_builtin(call, name) or not isinstance(call, cst.Call) or len(call.args) != 1:
        return None
    argument = call.args[0]
    return None if argument.star or argument.keyword else argument.value


def item_reads(program: Program, loop: cst.For, sequence: cst.Name) -> list[cst.Subscript]:
    """All ``xs[i]`` in the body."""
    assert isinstance(loop.target, cst.Name)
    return [
        item
        for item in program.nodes_within(loop.body, cst.Subscript)
        if len(item.slice) == 1
        and isinstance(item.slice[0].slice, cst.Index)
        and _means(program, item.slice[0].slice.value, loop.target)
        and _means(program, item.value, sequence)
    ]


def _means(program: Program, node: cst.BaseExpression, name: cst.Name) -> bool:
    """Whether an expression is the same variable as a name."""
    if not isinstance(node, cst.Name) or node.value != name.value:
        return False
    here, there = program.scope(node), program.scope(name)
    assert here is not None
    assert there is not None
    return find_owner(here, node.value) is find_owner(there, name.value)


def item_name(program: Program, sequence: cst.Name) -> str:
    """A name for one item of a sequence: the singular of its name where that has one."""
    plural = sequence.value
    own = (plural[:-1],) if len(plural) > 3 and plural.endswith("s") and not plural.endswith("ss") else ()
    return program.fresh(*(name for name in (*own, *_ITEM_NAMES) if name.isidentifier()))


def as_named_sequence(
    program: Program, loop: cst.For, sequence: cst.BaseExpression, avoid: str = ""
) -> tuple[list[Statement], str] | None:
    """A name for what a loop walks over, and the statement that gives it; None if it may change."""
    if not program.is_builtin("range", "len") or not is_sequence(program, sequence):
        return None
    if isinstance(sequence, cst.Name):
        return ([], sequence.value) if keeps_items(program, loop.body, sequence) else None
    if not _is_own(program, sequence):
        return None
    name = program.fresh(*_SEQUENCE_NAMES, avoid=(avoid,))
    return [simple(program, f"{name} = {text(program, sequence)}")], name


def _is_own(program: Program, sequence: cst.BaseExpression) -> bool:
    """Whether nothing else can change what an expression gives: it is made there and then."""
    if isinstance(sequence, cst.Call):
        return not program.calls_builtin(sequence, "range")
    if isinstance(sequence, cst.Subscript):
        return isinstance(sequence.slice[0].slice, cst.Slice)
    return isinstance(sequence, cst.BinaryOperation | cst.ListComp)


def with_fetch(program: Program, loop: cst.For, fetch: str, target: str, iterable: str) -> cst.For:
    """The loop over positions whose body begins by taking the item."""
    body = block_of(loop.body)
    return loop.with_changes(
        target=cst.Name(target),
        iter=cst.parse_expression(iterable),
        body=body.with_changes(body=[simple(program, fetch), *body.body]),
    )


def put_before(loop: cst.For, before: Sequence[Statement]) -> list[Statement]:
    """The statements and then the loop, under the loop's comments."""
    if not before:
        return [loop]
    first = before[0].with_changes(leading_lines=loop.leading_lines)
    return [first, *before[1:], loop.with_changes(leading_lines=())]


def has_plain_target(program: Program, loop: cst.For, target: cst.BaseExpression) -> bool:
    """Whether the target is a local variable or a tuple of such."""
    if isinstance(target, cst.Name):
        return is_local(program, program.scope(loop), target.value)
    if not isinstance(target, cst.Tuple):
        return False
    return all(
        isinstance(element, cst.Element) and has_plain_target(program, loop, element.value)
        for element in target.elements
    )
