"""A variable that is used once, right after it is assigned, gives way to its value."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_local, is_printed
from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.edits import only_statement, replace
from variants.rewriting.evaluation import can_change_places, fitted, is_disturbing, parts_of
from variants.rewriting.neighbours import next_statement, removed
from variants.transform import Change, Family, Parameters, Transform

_LONGEST = 100


class InlineTemporary(Transform):
    """Puts a value in the place of the variable that carried it to the next statement."""

    name: ClassVar[str] = "inline_temporary"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`size = len(b); return a + size` becomes `return a + len(b)`"
    preconditions: ClassVar[str] = (
        "A local variable is assigned once in the function and read once, in the statement right after, at a "
        "place that is always evaluated. What is evaluated there before it provably cannot notice the "
        "difference. Refused: elif and while tests, the right side of and/or, lambdas and comprehensions, "
        "walrus, await and yield, comments at the end of the assignment, lines longer than 100 characters."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Assignments whose only reader follows."""
        for line in program.nodes(cst.SimpleStatementLine):
            if _reader(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Drop the assignment and put its value where the variable was read."""
        assert isinstance(node, cst.SimpleStatementLine)
        name, assign = _reader(program, node), only_statement(node)
        following = next_statement(program, node)
        assert name is not None
        assert following is not None
        assert isinstance(assign, cst.Assign)
        user = rebuild(following, {name: fitted(program, name, assign.value)})
        leading = [*node.leading_lines, *following.leading_lines]
        changes: dict[cst.CSTNode, Replacement] = {following: user.with_changes(leading_lines=leading)}
        return replace(program, {**changes, **removed(node)})


def _reader(program: Program, line: cst.SimpleStatementLine) -> cst.Name | None:
    """The only place where the variable of an assignment is read, if the value can move there."""
    assign = only_statement(line)
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1:
        return None
    target, following = assign.targets[0].target, next_statement(program, line)
    if not isinstance(target, cst.Name) or following is None or line.trailing_whitespace.comment is not None:
        return None
    if isinstance(assign.value, cst.Name | cst.BaseString | cst.Yield | cst.Lambda) and not _is_short(assign):
        return None
    readers = [part for part in parts_of(following) if _is_name(part.node, target.value)]
    if len(readers) != 1 or not _is_only_use(program, target, readers[0].node):
        return None
    part = readers[0]
    if any(isinstance(outer, cst.FormattedString) for outer in program.ancestors(part.node)):
        return None  # up to Python 3.11 its own quotes cannot stand in an f-string
    if is_disturbing(program, assign) or not _fits(program, assign.value, following):
        return None
    if part.before and not can_change_places(program, part.before, assign.value):
        return None
    return part.node if isinstance(part.node, cst.Name) else None


def _is_short(assign: cst.Assign) -> bool:
    return isinstance(assign.value, cst.Name | cst.SimpleString)


def _is_name(node: cst.BaseExpression, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _is_only_use(program: Program, target: cst.Name, reader: cst.BaseExpression) -> bool:
    scope = program.scope(target)
    if scope is None or not is_local(program, scope, target.value):
        return False
    binding = find_binding(program, scope, target.value)
    loads = [load for load, _ in binding.loads]
    return (
        binding.is_plain
        and binding.stores == (target,)
        and loads == [reader]
        and not is_printed(program, target)
    )


def _fits(program: Program, value: cst.BaseExpression, following: cst.CSTNode) -> bool:
    first_line = program.text(following).strip().split("\n", 1)[0]
    source = program.text(value)
    return "\n" not in source and len(first_line) + len(source) <= _LONGEST
