"""A variable that is only carried to the end of a function is returned at once."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import find_binding, is_captured, is_local
from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.branches import leaves_always
from variants.rewriting.edits import only_statement, replace, simple
from variants.rewriting.expressions import text
from variants.rewriting.functions import is_ordinary
from variants.transform import Change, Family, Parameters, Transform

_LOOPS = cst.For | cst.While


class EarlyReturn(Transform):
    """Returns where the result is known."""

    name: ClassVar[str] = "early_return"
    family: ClassVar[Family] = "control"
    description: ClassVar[str] = "`r = a` at the end of a branch or before a break becomes `return a`"
    preconditions: ClassVar[str] = (
        "The function ends in the return of a local variable that no closure reads, after an if whose "
        "branches end in its assignment, or a loop that breaks after it. Refused: in a try or with, several "
        "targets, generators."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"single_exit"})

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions that carry their result to the end."""
        for function in program.nodes(cst.FunctionDef):
            if is_ordinary(program, function) and _lines(program, function):
                yield function

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put returns in the place of the assignments, and drop the last one where it is never reached."""
        assert isinstance(node, cst.FunctionDef)
        assert isinstance(node.body, cst.IndentedBlock)
        edits: dict[cst.CSTNode, Replacement] = {}
        for line, following in _lines(program, node):
            assign = only_statement(line)
            assert isinstance(assign, cst.Assign)
            value = text(program, assign.value)
            if _is_open(assign.value):
                value = f"({program.text(assign.value)})"
            new = simple(program, f"return {value}")
            edits[line] = new.with_changes(
                leading_lines=line.leading_lines, trailing_whitespace=line.trailing_whitespace
            )
            if following is not None:
                edits[following] = cst.FlattenSentinel([])
        made = replace(program, edits)
        return _without_dead_end(program, node, made)


def _is_open(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Tuple) and any(isinstance(e, cst.StarredElement) for e in value.elements)


def _without_dead_end(program: Program, function: cst.FunctionDef, made: cst.Module) -> cst.Module:
    """The module without the last return of a function, where everything before it returns."""
    other = Program(made.code)
    place = program.nodes(cst.FunctionDef).index(function)
    body = other.nodes(cst.FunctionDef)[place].body
    assert isinstance(body, cst.IndentedBlock)
    before = body.body[-2]
    if not isinstance(before, cst.If) or not leaves_always(before):
        return made
    return replace(other, {body: body.with_changes(body=body.body[:-1])})


def _lines(
    program: Program, function: cst.FunctionDef
) -> list[tuple[cst.SimpleStatementLine, cst.SimpleStatementLine | None]]:
    """The assignments that could be returns, each with the break after it."""
    block = function.body
    if not isinstance(block, cst.IndentedBlock) or len(block.body) < 2:
        return []
    last = only_statement(block.body[-1])
    if not isinstance(last, cst.Return) or not isinstance(last.value, cst.Name):
        return []
    name, scope = last.value.value, program.scope(last)
    if scope is None or not is_local(program, scope, name):
        return []
    binding = find_binding(program, scope, name)
    if not binding.is_plain or is_captured(program, binding):
        return []
    before = block.body[-2]
    if isinstance(before, cst.If):
        return list(_at_ends(before, name))
    if isinstance(before, _LOOPS):
        found = list(_at_breaks(_block(before.body), name))
        return found + (list(_at_end(_block(before.orelse.body), name)) if before.orelse else [])
    return []


def _at_ends(
    node: cst.If, name: str
) -> Iterator[tuple[cst.SimpleStatementLine, cst.SimpleStatementLine | None]]:
    """Assignments at the ends of the branches."""
    yield from _at_end(_block(node.body), name)
    if isinstance(node.orelse, cst.If):
        yield from _at_ends(node.orelse, name)
    elif node.orelse is not None:
        yield from _at_end(_block(node.orelse.body), name)


def _at_end(
    statements: Sequence[cst.BaseStatement], name: str
) -> Iterator[tuple[cst.SimpleStatementLine, cst.SimpleStatementLine | None]]:
    last = statements[-1] if statements else None
    if isinstance(last, cst.If):
        yield from _at_ends(last, name)
    elif isinstance(last, cst.SimpleStatementLine) and _assigns(last, name):
        yield last, None
    elif isinstance(last, _LOOPS):
        yield from _at_breaks(_block(last.body), name)


def _at_breaks(
    statements: Sequence[cst.BaseStatement], name: str
) -> Iterator[tuple[cst.SimpleStatementLine, cst.SimpleStatementLine | None]]:
    """Assignments with a break after them, of the loop that the statements are the body of."""
    if len(statements) > 1:
        line, last = statements[-2:]
        is_jump = isinstance(only_statement(last), cst.Break) and isinstance(last, cst.SimpleStatementLine)
        if is_jump and isinstance(line, cst.SimpleStatementLine) and _assigns(line, name):
            assert isinstance(last, cst.SimpleStatementLine)
            yield line, last
    for statement in statements:
        branch: cst.If | cst.Else | None = statement if isinstance(statement, cst.If) else None
        while branch is not None:
            yield from _at_breaks(_block(branch.body), name)
            branch = branch.orelse if isinstance(branch, cst.If) else None


def _block(suite: cst.BaseSuite) -> Sequence[cst.BaseStatement]:
    return suite.body if isinstance(suite, cst.IndentedBlock) else ()


def _assigns(line: cst.SimpleStatementLine, name: str) -> bool:
    assign = only_statement(line)
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1:
        return False
    target = assign.targets[0].target
    return isinstance(target, cst.Name) and target.value == name
