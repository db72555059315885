"""Loops that add up or count become `sum`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.rewriting.edits import loses_comment, only_statement, simple
from variants.rewriting.expressions import ATOM, TERNARY, text
from variants.rewriting.gathering import (
    Gathering,
    begun_with,
    find_beginning,
    find_gathering,
    is_guarded,
    is_readable,
    keeps_to_itself,
    may_stop,
    mentions,
    replace_loop,
)
from variants.transform import Change, Family, Parameters, Transform


@dataclass(frozen=True, slots=True)
class _Sum:
    beginning: cst.SimpleStatementLine | None
    line: str


class LoopToSum(Transform):
    """Adds with `sum` what a loop adds."""

    name: ClassVar[str] = "loop_to_sum"
    family: ClassVar[Family] = "comprehensions"
    description: ClassVar[str] = "a loop that adds up or counts becomes sum(...)"
    preconditions: ClassVar[str] = (
        "What is added is provably an int (sum adds floats more exactly than a loop does), nothing else in "
        "the loop mentions the total and no closure or handler can see it on the way; the loop's variables "
        "are not read afterwards. A total that does not begin with 0 before the loop gets `+=`. Refused: "
        "walrus, await, yield, next (its StopIteration), comments in the loop, what does not fit on a line."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops that add."""
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _sum(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the sum in the place of the loop."""
        assert isinstance(node, cst.For)
        found = _sum(program, node)
        assert found is not None
        return replace_loop(program, found.beginning, node, simple(program, found.line))


def _sum(program: Program, loop: cst.For) -> _Sum | None:
    found = find_gathering(program, loop)
    step = only_statement(found.block[0]) if found is not None and len(found.block) == 1 else None
    if found is None or not isinstance(step, cst.AugAssign) or not isinstance(step.operator, cst.AddAssign):
        return None
    name = step.target
    if not isinstance(name, cst.Name) or mentions(program, loop, name.value) != 1:
        return None
    if not _is_exact(program, found, name, step.value) or loses_comment(program, loop, loop.leading_lines):
        return None
    total = f"sum({_element(program, step.value)} {found.all_clauses(program)})"
    beginning = find_beginning(program, loop, name)
    statement = only_statement(beginning)
    value = begun_with(statement, name.value)
    if beginning is not None and isinstance(value, cst.Integer) and value.value == "0":
        if loses_comment(program, beginning, beginning.leading_lines):
            return None
        line = f"{name.value} = {total}"
        if isinstance(statement, cst.AnnAssign):
            line = f"{name.value}: {program.text(statement.annotation.annotation)} = {total}"
    else:
        beginning, line = None, f"{name.value} += {total}"
    return _Sum(beginning, line) if is_readable(line) else None


def _element(program: Program, value: cst.BaseExpression) -> str:
    level = ATOM if isinstance(value, cst.GeneratorExp) else TERNARY
    return text(program, value, level)


def _is_exact(program: Program, found: Gathering, name: cst.Name, value: cst.BaseExpression) -> bool:
    """Whether the elements and the total are ints, and nothing sees the total while it grows."""
    if not program.is_builtin("sum") or may_stop(program) or is_guarded(program, found.loop):
        return False
    scope = program.scope(name)
    if scope is None or not is_local(program, scope, name.value):
        return False
    binding = find_binding(program, scope, name.value)
    return (
        binding.is_plain
        and not is_captured(program, binding)
        and program.types.is_only(value, WHOLE)
        and program.types.is_only(name, WHOLE)
        and keeps_to_itself(program, found)
    )
