"""A list that things are taken from at the front becomes a deque."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import text
from variants.rewriting.importing import can_import, replace_and_import
from variants.rewriting.queues import Queue, find_queue, renamed_calls
from variants.transform import Change, Family, Parameters, Transform

_LIST = frozenset({"list"})


class ListToDeque(Transform):
    """Uses the queue of the standard library."""

    name: ClassVar[str] = "list_to_deque"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = "`q = [x]` with `q.pop(0)` becomes `q = deque([x])` with `q.popleft()`"
    preconditions: ClassVar[str] = (
        "A local variable is assigned once, a new list, and something is taken or put at its start. All "
        "other uses are those that a deque answers alike: append, pop, clear, remove, count, len, in, its "
        "truth, an int as index, list() and the like. The name deque is free, or imported from collections. "
        "Refused: for over it (a deque may not change meanwhile), closures, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"deque_to_list"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines that begin a queue."""
        if not can_import(program, "collections", "deque"):
            return
        for line in program.nodes(cst.SimpleStatementLine):
            if program.function_of(line) is not None and _queue(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put a deque in the place of the list, and its methods in the place of the list's."""
        assert isinstance(node, cst.SimpleStatementLine)
        queue = _queue(program, node)
        assert queue is not None
        edits: dict[cst.CSTNode, Replacement] = dict(renamed_calls(program, queue, is_deque=True))
        is_empty = isinstance(queue.value, cst.List) and not queue.value.elements
        source = queue.value
        if program.calls_builtin(source, "list") and isinstance(source, cst.Call) and len(source.args) == 1:
            source = source.args[0].value
        given = "" if is_empty else text(program, source)
        edits[queue.value] = cst.parse_expression(f"deque({given})")
        return replace_and_import(program, edits, "collections", "deque")


def _queue(program: Program, line: cst.SimpleStatementLine) -> Queue | None:
    queue = find_queue(program, line, is_deque=False)
    if queue is None or not queue.at_left or not program.types.is_only(queue.value, _LIST):
        return None
    is_new = isinstance(queue.value, cst.List | cst.ListComp) or _is_made(program, queue.value)
    if any(program.encloses(queue.value, call) for call in queue.at_left):
        return None
    return queue if is_new and not has_comment(program, queue.value) else None


def _is_made(program: Program, value: cst.BaseExpression) -> bool:
    """Whether it is `list(xs)` or `sorted(xs)`."""
    if not isinstance(value, cst.Call) or not value.args or value.args[0].star:
        return False
    is_list = program.calls_builtin(value, "list") and len(value.args) == 1
    return is_list or program.calls_builtin(value, "sorted")
