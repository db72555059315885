"""Loops that put a string together become `"".join(...)`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.builtin_kinds import Kinds
from variants.analysis.changes import changes_of
from variants.analysis.program import Program
from variants.rewriting.edits import loses_comment, only_statement, simple
from variants.rewriting.expressions import TERNARY, text
from variants.rewriting.gathering import (
    begun_with,
    find_beginning,
    find_gathering,
    is_readable,
    keeps_to_itself,
    may_stop,
    mentions,
    replace_loop,
)
from variants.transform import Change, Family, Parameters, Transform

_STR: Kinds = frozenset({"str"})
_EMPTY = frozenset({"''", '""', "str()"})


@dataclass(frozen=True, slots=True)
class _Joining:
    beginning: cst.SimpleStatementLine
    line: str


class LoopToJoin(Transform):
    """Joins at once what a loop appends to a string."""

    name: ClassVar[str] = "loop_to_join"
    family: ClassVar[Family] = "comprehensions"
    description: ClassVar[str] = "a loop that puts a string together piece by piece becomes ''.join(...)"
    preconditions: ClassVar[str] = (
        "The string begins empty before the loop, every piece is provably a str, or it would fail with a "
        "TypeError both ways and nothing in the loop changes anything; nothing else in the loop "
        "mentions the string and no closure or handler can see it half done; the loop's variables are not "
        "read afterwards. Refused: walrus, await, yield, next (its StopIteration), comments in the loop, "
        "what does not fit on a line."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"join_to_accumulation"})

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops that put a string together."""
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _joining(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the join in the place of the loop and of the empty beginning."""
        assert isinstance(node, cst.For)
        found = _joining(program, node)
        assert found is not None
        return replace_loop(program, found.beginning, node, simple(program, found.line))


def _joining(program: Program, loop: cst.For) -> _Joining | None:
    found = find_gathering(program, loop)
    piece = _piece(found.block[0]) if found is not None and len(found.block) == 1 else None
    if found is None or piece is None or loses_comment(program, loop, loop.leading_lines):
        return None
    name, value, uses = piece
    beginning = find_beginning(program, loop, name)
    if beginning is None or loses_comment(program, beginning, beginning.leading_lines):
        return None
    statement = only_statement(beginning)
    empty = begun_with(statement, name.value)
    if empty is None or program.text(empty) not in _EMPTY or may_stop(program):
        return None
    if isinstance(empty, cst.Call) and not program.calls_builtin(empty, "str"):
        return None
    if mentions(program, loop, name.value) != uses or not _is_joinable(program, loop, name, value):
        return None
    quotes = program.text(empty) if isinstance(empty, cst.SimpleString) else "''"
    before = name.value
    if isinstance(statement, cst.AnnAssign):
        before = f"{before}: {program.text(statement.annotation.annotation)}"
    line = f"{before} = {quotes}.join({text(program, value, TERNARY)} {found.all_clauses(program)})"
    return _Joining(beginning, line) if is_readable(line) and keeps_to_itself(program, found) else None


def _is_joinable(program: Program, loop: cst.For, name: cst.Name, value: cst.BaseExpression) -> bool:
    """Whether joining fails where adding fails: always with a TypeError, and with nothing half done."""
    if program.types.is_only(value, _STR):
        return True
    found = changes_of(program, loop)
    return not (found.is_unclear or found.prints or found.deep) and found.changed <= {name.value}


def _piece(line: cst.BaseStatement) -> tuple[cst.Name, cst.BaseExpression, int] | None:
    """The string, what it is lengthened by, and how often that mentions the string."""
    statement = only_statement(line)
    if isinstance(statement, cst.AugAssign):
        is_sum = isinstance(statement.operator, cst.AddAssign) and isinstance(statement.target, cst.Name)
        return (statement.target, statement.value, 1) if is_sum else None  # type: ignore[return-value]
    if not isinstance(statement, cst.Assign) or len(statement.targets) != 1:
        return None
    target, value = statement.targets[0].target, statement.value
    if not isinstance(target, cst.Name) or not isinstance(value, cst.BinaryOperation):
        return None
    is_own = isinstance(value.left, cst.Name) and value.left.value == target.value
    return (target, value.right, 2) if is_own and isinstance(value.operator, cst.Add) else None
