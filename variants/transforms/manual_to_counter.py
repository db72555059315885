"""A loop that counts items in a dict becomes a `Counter`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.inference import SEQUENCE
from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.edits import block_of, loses_comment, only_statement, simple
from variants.rewriting.expressions import text
from variants.rewriting.gathering import begun_with, find_beginning, is_readable, mentions
from variants.rewriting.importing import can_import, replace_and_import
from variants.rewriting.lookups import counted_by
from variants.rewriting.loops import is_forgotten
from variants.transform import Change, Family, Parameters, Transform


@dataclass(frozen=True, slots=True)
class _Count:
    beginning: cst.SimpleStatementLine
    line: str


class ManualToCounter(Transform):
    """Counts with the standard library."""

    name: ClassVar[str] = "manual_to_counter"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = "`c = {}` and a loop that counts in it become `c = dict(Counter(xs))`"
    preconditions: ClassVar[str] = (
        "The dict begins empty before the loop, which does nothing but add one to the item of its variable, "
        "by get, by an if with else or by an if before; no closure or handler can see it half done, and the "
        "loop's variable is not read afterwards. The name Counter is free, or imported from collections. "
        "Refused: comments in the loop."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"counter_to_manual"})

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops that count."""
        if not can_import(program, "collections", "Counter"):
            return
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _count(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the Counter in the place of the loop and of the empty beginning."""
        assert isinstance(node, cst.For)
        found = _count(program, node)
        assert found is not None
        above = [*found.beginning.leading_lines, *(line for line in node.leading_lines if line.comment)]
        new = simple(program, found.line).with_changes(leading_lines=above)
        edits: dict[cst.CSTNode, Replacement] = {node: new, found.beginning: cst.FlattenSentinel([])}
        return replace_and_import(program, edits, "collections", "Counter")


def _count(program: Program, loop: cst.For) -> _Count | None:
    if loop.orelse is not None or loop.asynchronous is not None or not isinstance(loop.target, cst.Name):
        return None
    if not program.is_builtin("dict", "iter") or not is_forgotten(program, loop, loop.target):
        return None
    found = counted_by(program, block_of(loop.body).body)
    if found is None or not isinstance(found[0], cst.Name) or not isinstance(found[1], cst.Name):
        return None
    name, key = found
    assert isinstance(name, cst.Name)
    if not isinstance(key, cst.Name) or key.value != loop.target.value:
        return None
    if mentions(program, loop.iter, name.value) or loses_comment(program, loop, loop.leading_lines):
        return None
    beginning = find_beginning(program, loop, name)
    empty = begun_with(only_statement(beginning), name.value)
    if beginning is None or empty is None or loses_comment(program, beginning, beginning.leading_lines):
        return None
    is_display = isinstance(empty, cst.Dict) and not empty.elements
    is_call = program.calls_builtin(empty, "dict") and isinstance(empty, cst.Call) and not empty.args
    if not is_display and not is_call:
        return None
    source = text(program, loop.iter, 1)
    # A Counter takes over the counts of a dict; an iterator of it gives the keys, as a loop does.
    if not program.types.is_only(loop.iter, SEQUENCE):
        source = f"iter({source})"
    line = f"{name.value} = dict(Counter({source}))"
    return _Count(beginning, line) if is_readable(line) else None
