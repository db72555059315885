"""A deque becomes a list."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.expressions import text
from variants.rewriting.importing import is_from
from variants.rewriting.queues import Queue, find_queue, renamed_calls
from variants.transform import Change, Family, Parameters, Transform


class DequeToList(Transform):
    """Takes from the front of a list."""

    name: ClassVar[str] = "deque_to_list"
    family: ClassVar[Family] = "data"
    description: ClassVar[str] = "`q = deque(xs)` with `q.popleft()` becomes `q = list(xs)` with `q.pop(0)`"
    preconditions: ClassVar[str] = (
        "A local variable is assigned once, `deque(xs)` without a longest length, and all its uses are those "
        "that a list has or can write: popleft, appendleft, append, pop, clear, remove, count, len, in, its "
        "truth, an int as index, list() and the like. Refused: rotate, extendleft, for over it, closures."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"list_to_deque"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines that make a deque."""
        if "deque" not in program.names or not program.is_builtin("list"):
            return
        for line in program.nodes(cst.SimpleStatementLine):
            if program.function_of(line) is not None and _queue(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put a list in the place of the deque, and its methods in the place of the deque's."""
        assert isinstance(node, cst.SimpleStatementLine)
        queue = _queue(program, node)
        assert queue is not None
        assert isinstance(queue.value, cst.Call)
        edits: dict[cst.CSTNode, Replacement] = dict(renamed_calls(program, queue, is_deque=False))
        new = "[]"
        if queue.value.args:
            source = queue.value.args[0].value
            is_new = isinstance(source, cst.List | cst.ListComp)
            new = text(program, source) if is_new else f"list({text(program, source)})"
        edits[queue.value] = cst.parse_expression(new)
        return replace(program, edits)


def _queue(program: Program, line: cst.SimpleStatementLine) -> Queue | None:
    queue = find_queue(program, line, is_deque=True)
    if queue is None or not isinstance(queue.value, cst.Call) or has_comment(program, queue.value):
        return None
    if not is_from(program, queue.value.func, "collections", "deque") or len(queue.value.args) > 1:
        return None
    if any(argument.star or argument.keyword is not None for argument in queue.value.args):
        return None
    return None if any(program.encloses(queue.value, call) for call in queue.at_left) else queue
