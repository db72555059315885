"""Loops that look for one element become `any`, `all` or `next`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import loses_comment, only_statement, simple
from variants.rewriting.expressions import ATOM, TERNARY, negation, text
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
from variants.rewriting.loops import loop_of
from variants.transform import Change, Family, Parameters, Transform


@dataclass(frozen=True, slots=True)
class _Search:
    """A search as one line.

    Attributes:
        line: The line.
        beginning: The assignment before the loop that it replaces too.
        after: The return after the loop that it replaces too.
    """

    line: str
    beginning: cst.SimpleStatementLine | None = None
    after: cst.BaseStatement | None = None


class LoopToAny(Transform):
    """Asks with a builtin what a loop finds out."""

    name: ClassVar[str] = "loop_to_any"
    family: ClassVar[Family] = "comprehensions"
    description: ClassVar[str] = "a loop that stops at the first hit becomes any(...), all(...) or next(...)"
    preconditions: ClassVar[str] = (
        "The loop does nothing but return at the first hit, and a return of the other outcome follows "
        "directly; or it sets a flag and breaks, and the flag has its other value before. any and all where "
        "the outcomes are True and False, next where the other one is a literal. The loop's variables are "
        "not read afterwards. Refused: walrus, await, yield, next in the loop (its StopIteration), comments "
        "in the loop, what does not fit on a line."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops that look for one element."""
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _search(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the call in the place of the loop and of the other outcome."""
        assert isinstance(node, cst.For)
        found = _search(program, node)
        assert found is not None
        return replace_loop(program, found.beginning, node, simple(program, found.line), found.after)


def _search(program: Program, loop: cst.For) -> _Search | None:
    found = find_gathering(program, loop)
    if found is None or found.last is None or loses_comment(program, loop, loop.leading_lines):
        return None
    search = _returning(program, found) if len(found.block) == 1 else _flagging(program, found)
    if search is None or may_stop(program) or not is_readable(search.line):
        return None
    return search if keeps_to_itself(program, found) else None


def _returning(program: Program, found: Gathering) -> _Search | None:
    hit = only_statement(found.block[0])
    after = _next(program, found.loop)
    miss = only_statement(after)
    if not isinstance(hit, cst.Return) or not isinstance(miss, cst.Return):
        return None
    if hit.value is None or miss.value is None or after is None or loses_comment(program, after, ()):
        return None
    outcomes = program.text(hit.value), program.text(miss.value)
    if {*outcomes} == {"True", "False"}:
        line = _question(program, found, outcomes[0] == "True")
    elif isinstance(hit.value, cst.Tuple | cst.GeneratorExp) and not hit.value.lpar:
        return None
    elif outcomes[0] not in {"True", "False"} and _is_literal(miss.value) and program.is_builtin("next"):
        element = text(program, hit.value, TERNARY)
        line = f"next(({element} {found.all_clauses(program)}), {outcomes[1]})"
    else:
        return None
    return _Search(f"return {line}", after=after) if line is not None else None


def _flagging(program: Program, found: Gathering) -> _Search | None:
    """`flag = True; break` under the condition, after `flag = False`."""
    if len(found.block) != 2 or found.loops != 1:
        return None
    assign, jump = (only_statement(line) for line in found.block)
    if not isinstance(assign, cst.Assign) or not isinstance(jump, cst.Break):
        return None
    target = assign.targets[0].target
    if (
        len(assign.targets) != 1
        or not isinstance(target, cst.Name)
        or loop_of(program, jump) is not found.loop
    ):
        return None
    beginning = find_beginning(program, found.loop, target)
    if beginning is None or mentions(program, found.loop, target.value) != 1:
        return None
    value = begun_with(only_statement(beginning), target.value)
    outcomes = program.text(assign.value), program.text(value) if value is not None else ""
    if {*outcomes} != {"True", "False"} or loses_comment(program, beginning, beginning.leading_lines):
        return None
    line = _question(program, found, outcomes[0] == "True")
    return _Search(f"{target.value} = {line}", beginning) if line is not None else None


def _question(program: Program, found: Gathering, is_any: bool) -> str | None:
    assert found.last is not None
    if not program.is_builtin("any" if is_any else "all"):
        return None
    level = ATOM if isinstance(found.last, cst.GeneratorExp) else TERNARY
    if is_any:
        return f"any({text(program, found.last, level)} {found.clauses})"
    return f"all({negation(program, found.last, level)} {found.clauses})"


def _next(program: Program, statement: cst.BaseStatement) -> cst.BaseStatement | None:
    block = program.parent(statement)
    if not isinstance(block, cst.IndentedBlock) or is_guarded(program, statement):
        return None
    place = next(index for index, member in enumerate(block.body) if member is statement)
    return block.body[place + 1] if place + 1 < len(block.body) else None


def _is_literal(node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.UnaryOperation):
        return isinstance(node.expression, cst.Integer | cst.Float)
    if isinstance(node, cst.Name):
        return node.value in {"None", "True", "False"}
    if isinstance(node, cst.List | cst.Tuple):
        return not node.elements
    return isinstance(node, cst.Integer | cst.Float | cst.SimpleString)
