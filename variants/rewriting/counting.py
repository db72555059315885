"""While loops that count: over a range, or along the indices of a sequence."""

from dataclasses import dataclass

import libcst as cst

from variants.analysis.inference import ANY, SEQUENCE, WHOLE
from variants.analysis.program import Program
from variants.rewriting.edits import simple
from variants.rewriting.expressions import ATOM, text
from variants.rewriting.loops import Statement, can_count, continues, is_changed, while_loop

_COUNTER_NAMES = ("index", "position", "counter", "place")


@dataclass(frozen=True, slots=True)
class _Range:
    start: cst.BaseExpression
    stop: cst.BaseExpression
    step: int

    @property
    def sign(self) -> str:
        return "<" if self.step > 0 else ">"

    @property
    def advance(self) -> str:
        return f"+= {self.step}" if self.step > 0 else f"-= {-self.step}"


def count_over_range(program: Program, loop: cst.For) -> list[Statement] | None:
    """`for i in range(...)` as a counter loop; None where the arguments do not allow it."""
    bounds = _range(program, loop.iter)
    if bounds is None or not isinstance(loop.target, cst.Name):
        return None
    name = loop.target.value
    counts = can_count(program, loop, loop.target) and not _mentions(program, bounds.stop, name)
    counter = name if counts else program.fresh(*_COUNTER_NAMES)
    before = (
        []
        if program.text(bounds.start) == counter
        else [simple(program, f"{counter} = {text(program, bounds.start)}")]
    )
    if _is_constant(program, loop, bounds.stop):
        stop = text(program, bounds.stop, ATOM - 4)
    else:
        stop = program.fresh("stop", "end", "limit", "bound")
        before.append(simple(program, f"{stop} = {text(program, bounds.stop)}"))
    advance = [simple(program, f"{counter} {bounds.advance}")]
    condition = f"{counter} {bounds.sign} {stop}"
    if counts:
        return [*before, while_loop(program, loop, condition, last=advance)]
    first = [simple(program, f"{name} = {counter}"), *advance]
    return [*before, while_loop(program, loop, condition, first=first)]


def walk_by_index(program: Program, loop: cst.For) -> list[Statement] | None:
    """`for x in sequence` by index, or with `enumerate`; None unless it provably is a sequence.

    The length is asked for again in every round, as a list's own iterator does: the body may change it.
    """
    if program.calls_builtin(loop.iter, "enumerate"):
        return _walk_enumerated(program, loop)
    if not program.is_builtin("len") or not program.types.is_only(loop.iter, SEQUENCE):
        return None
    index = program.fresh(*_COUNTER_NAMES)
    before, items = _named(program, loop, loop.iter, index)
    fetch = [simple(program, f"{program.text(loop.target)} = {items}[{index}]")]
    advance = [simple(program, f"{index} += 1")]
    before.append(simple(program, f"{index} = 0"))
    condition = f"{index} < len({items})"
    if continues(program, loop):
        return [*before, while_loop(program, loop, condition, first=[*fetch, *advance])]
    return [*before, while_loop(program, loop, condition, first=fetch, last=advance)]


def _walk_enumerated(program: Program, loop: cst.For) -> list[Statement] | None:
    assert isinstance(loop.iter, cst.Call)
    if len(loop.iter.args) != 1 or not isinstance(loop.target, cst.Tuple) or len(loop.target.elements) != 2:
        return None
    sequence = loop.iter.args[0].value
    number, member = (element.value for element in loop.target.elements)
    if not program.is_builtin("len") or not program.types.is_only(sequence, SEQUENCE):
        return None
    if not can_count(program, loop, number) or any(
        isinstance(e, cst.StarredElement) for e in loop.target.elements
    ):
        return None
    index = program.text(number)
    if _mentions(program, sequence, index) or _mentions(program, member, index):
        return None
    before, items = _named(program, loop, sequence, index)
    before.append(simple(program, f"{index} = 0"))
    fetch = [simple(program, f"{program.text(member)} = {items}[{index}]")]
    advance = [simple(program, f"{index} += 1")]
    return [*before, while_loop(program, loop, f"{index} < len({items})", first=fetch, last=advance)]


def _named(
    program: Program, loop: cst.For, sequence: cst.BaseExpression, index: str
) -> tuple[list[Statement], str]:
    """A name for the sequence that keeps meaning it, and the statement that it takes."""
    if isinstance(sequence, cst.Name) and not is_changed(program, loop, sequence):
        return [], sequence.value
    name = program.fresh("items", "sequence", "values", avoid=(index,))
    return [simple(program, f"{name} = {text(program, sequence)}")], name


def _range(program: Program, call: cst.BaseExpression) -> _Range | None:
    assert isinstance(call, cst.Call)
    if any(argument.star or argument.keyword for argument in call.args) or not 1 <= len(call.args) <= 3:
        return None
    values = [argument.value for argument in call.args]
    step = _literal(values[2]) if len(values) == 3 else 1
    if len(values) == 1:
        values.insert(0, cst.Integer("0"))
    start, stop = values[:2]
    start_kinds, stop_kinds = program.types.kinds(start), program.types.kinds(stop)
    # A bool as start would stay a bool; a float would not raise any more.
    if not step or not (start_kinds == ANY or start_kinds <= {"int", "number"}):
        return None
    return _Range(start, stop, step) if stop_kinds == ANY or stop_kinds <= WHOLE | {"number"} else None


def _literal(node: cst.BaseExpression) -> int | None:
    if isinstance(node, cst.Integer):
        return node.evaluated_value
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        value = _literal(node.expression)
        return None if value is None else -value
    return None


def _is_constant(program: Program, loop: cst.For, stop: cst.BaseExpression) -> bool:
    """Whether the bound can be read in every round: a literal, or a variable that the loop leaves alone."""
    return _literal(stop) is not None or not is_changed(program, loop, stop)


def _mentions(program: Program, node: cst.BaseExpression, name: str) -> bool:
    return any(other.value == name and program.encloses(node, other) for other in program.nodes(cst.Name))
