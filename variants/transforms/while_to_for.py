"""A while that counts becomes a for over a range."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local, is_rebound_around, is_repeated
from variants.analysis.changes import keeps_items
from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.branches import place_of
from variants.rewriting.edits import block_of, compound, has_comment, loses_comment, only_statement, replace
from variants.rewriting.expressions import OR, text
from variants.rewriting.gathering import begun_with, mentions
from variants.rewriting.loops import continues, is_changed
from variants.transform import Change, Family, Parameters, Transform

_INT = frozenset({"int"})
_ENDS: dict[tuple[type[cst.BaseCompOp], int], str] = {
    (cst.LessThan, 1): "",
    (cst.LessThanEqual, 1): " + 1",
    (cst.GreaterThan, -1): "",
    (cst.GreaterThanEqual, -1): " - 1",
}


@dataclass(frozen=True, slots=True)
class _Counting:
    name: str
    stop: str
    step: int
    beginning: cst.SimpleStatementLine | None


class WhileToFor(Transform):
    """Counts with a range."""

    name: ClassVar[str] = "while_to_for"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`i = 0; while i < n: ...; i += 1` becomes `for i in range(0, n): ...`"
    preconditions: ClassVar[str] = (
        "The last line of the body adds or subtracts a literal, nothing else in the loop assigns the "
        "variable, which is an int that no closure reads and nobody wants after the loop. The end is a "
        "literal, an int that the loop leaves alone, or the len of a sequence that keeps its items. Refused: "
        "continue, an else, comments in the header or at the last line."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"for_to_while"})

    def candidates(self, program: Program) -> Iterator[cst.While]:
        """Loops that count."""
        for loop in program.nodes(cst.While):
            if program.function_of(loop) is not None and _counting(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the for in the place of the while, and of the line that begins to count."""
        assert isinstance(node, cst.While)
        found = _counting(program, node)
        assert found is not None
        start, above = found.name, list(node.leading_lines)
        edits: dict[cst.CSTNode, Replacement] = {}
        if found.beginning is not None:
            value = begun_with(only_statement(found.beginning), found.name)
            assert value is not None
            start = text(program, value)
            above = [*found.beginning.leading_lines, *(line for line in above if line.comment is not None)]
            edits[found.beginning] = cst.FlattenSentinel([])
        step = "" if found.step == 1 else f", {found.step}"
        block = block_of(node.body)
        header = f"for {found.name} in range({start}, {found.stop}{step}):"
        loop = compound(program, header, block.with_changes(body=block.body[:-1]))
        return replace(program, {**edits, node: loop.with_changes(leading_lines=above)})


def _counting(program: Program, loop: cst.While) -> _Counting | None:
    test, block = loop.test, loop.body
    if loop.orelse is not None or not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    if not isinstance(block, cst.IndentedBlock) or len(block.body) < 2 or not isinstance(test.left, cst.Name):
        return None
    name, last = test.left, only_statement(block.body[-1])
    if (
        not isinstance(last, cst.AugAssign)
        or has_comment(program, test)
        or has_comment(program, block.body[-1])
    ):
        return None
    step = _step(last, name.value)
    ending = _ENDS.get((type(test.comparisons[0].operator), 1 if step > 0 else -1)) if step else None
    end = test.comparisons[0].comparator
    if ending is None or continues(program, loop) or not _is_private(program, loop, name):
        return None
    if (
        not program.is_builtin("range")
        or not _stays(program, loop, end)
        or mentions(program, end, name.value)
    ):
        return None
    stop = f"{text(program, end, OR + 9)}{ending}"
    if isinstance(end, cst.Integer) and ending:
        stop = str(end.evaluated_value + step // abs(step))
    return _Counting(name.value, stop, step, _beginning(program, loop, name))


def _step(last: cst.AugAssign, name: str) -> int:
    """What the last line adds to the variable; 0 where it does something else."""
    if (
        not isinstance(last.target, cst.Name)
        or last.target.value != name
        or not isinstance(last.value, cst.Integer)
    ):
        return 0
    value = last.value.evaluated_value
    if isinstance(last.operator, cst.AddAssign):
        return value
    return -value if isinstance(last.operator, cst.SubtractAssign) else 0


def _is_private(program: Program, loop: cst.While, name: cst.Name) -> bool:
    """Whether the variable is an int that only the last line changes and that is forgotten after the loop."""
    scope = program.scope(name)
    if scope is None or not is_local(program, scope, name.value) or not program.types.is_only(name, _INT):
        return False
    binding = find_binding(program, scope, name.value)
    inside = [store for store in binding.stores if program.encloses(loop, store)]
    if not binding.is_plain or is_captured(program, binding) or len(inside) != 1:
        return False
    return not any(
        (is_repeated(program, loop) or program.order(load) > program.order(loop))
        and not program.encloses(loop, load)
        and not is_rebound_around(program, load, loop, binding)
        for load, _ in binding.loads
    )


def _stays(program: Program, loop: cst.While, end: cst.BaseExpression) -> bool:
    if isinstance(end, cst.Integer):
        return True
    if isinstance(end, cst.Name):
        return program.types.is_only(end, WHOLE) and not is_changed(program, loop, end)
    if not program.calls_builtin(end, "len") or not isinstance(end, cst.Call) or len(end.args) != 1:
        return False
    items = end.args[0].value
    return isinstance(items, cst.Name) and not end.args[0].star and keeps_items(program, loop, items)


def _beginning(program: Program, loop: cst.While, name: cst.Name) -> cst.SimpleStatementLine | None:
    """The line with the literal that the count begins with, where nothing in between mentions it."""
    place = place_of(program, loop)
    for line in reversed(place[0].body[: place[1]] if place is not None else ()):
        if mentions(program, line, name.value):
            value = begun_with(only_statement(line), name.value)
            if not isinstance(line, cst.SimpleStatementLine) or not isinstance(value, cst.Integer):
                return None
            return None if loses_comment(program, line, line.leading_lines) else line
    return None
