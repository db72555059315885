"""The call of a helper function gives way to what the function does."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import leaves, lines_above, with_lines, without_gap
from variants.rewriting.edits import loses_comment, only_statement, replace, simple
from variants.rewriting.expressions import text
from variants.rewriting.inlining import Inlining, find_inlining, inlined_value, renamed_body, returns_of
from variants.rewriting.neighbours import in_try
from variants.transform import Change, Family, Parameters, Transform

_LONGEST = 100


class InlineHelper(Transform):
    """Does in the caller what a function of the program did."""

    name: ClassVar[str] = "inline_helper"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = "`y = double(x)` becomes `y = x * 2`, or the statements of the function"
    preconditions: ClassVar[str] = (
        "The function is defined once in the module, takes its arguments by position, is not recursive, and "
        "what it names outside itself means the same in the caller. One that only returns an expression goes "
        "where its arguments are variables or literals; another where the call is a statement, a whole "
        "assigned or a returned value, and it returns at its end alone (anywhere if the call is returned). "
        "Refused: closures, try, with, del, walrus, yield in the function; in a try; comments in the call. "
        "The function stays: others may call it."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset(
        {"extract_expression", "extract_helper", "loop_to_tail_recursion"}
    )

    def candidates(self, program: Program) -> Iterator[cst.Call]:
        """Calls of functions that are simple enough."""
        if len(program.nodes(cst.FunctionDef)) < 2:
            return
        for call in program.nodes(cst.Call):
            found = find_inlining(program, call)
            if found is not None and (
                _value(program, found) is not None or _line(program, found) is not None
            ):
                yield call

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the expression or the statements in the place of the call."""
        assert isinstance(node, cst.Call)
        found = find_inlining(program, node)
        assert found is not None
        value = _value(program, found)
        if value is not None:
            return replace(program, {node: value})
        line = _line(program, found)
        assert line is not None
        assigned, statements = renamed_body(program, found)
        new: list[cst.BaseStatement] = [
            simple(program, f"{name} = {text(program, argument)}") for name, argument in assigned
        ]
        new += _ending(program, line, statements)
        first, *others = without_gap(new)
        lines = [*lines_above(line), *lines_above(first)]
        return replace(program, {line: cst.FlattenSentinel([with_lines(first, lines), *others])})


def _value(program: Program, found: Inlining) -> cst.BaseExpression | None:
    value = inlined_value(program, found)
    return value if value is not None and len(program.tree.code_for_node(value)) <= _LONGEST else None


def _line(program: Program, found: Inlining) -> cst.SimpleStatementLine | None:
    """The line that the call is all the work of, where the function's statements fit."""
    parent = program.parent(found.call)
    line = program.parent(parent) if parent is not None else None
    if not isinstance(line, cst.SimpleStatementLine) or only_statement(line) is not parent:
        return None
    if (
        not isinstance(program.parent(line), cst.IndentedBlock)
        or in_try(program, line)
        or loses_comment(program, line, line.leading_lines)
    ):
        return None
    if isinstance(parent, cst.Return):
        return line
    if not isinstance(parent, cst.Expr | cst.Assign):
        return None
    returns = returns_of(program, found.body)
    if not returns:
        return line
    return line if len(returns) == 1 and only_statement(found.body[-1]) is returns[0] else None


def _ending(
    program: Program, line: cst.SimpleStatementLine, statements: list[cst.BaseStatement]
) -> list[cst.BaseStatement]:
    """The statements, so that at their end happens what happened to the call's value."""
    target = only_statement(line)
    if isinstance(target, cst.Return):
        if leaves(cst.IndentedBlock(body=statements)):
            return statements
        return [*statements, simple(program, "return None")]
    last = only_statement(statements[-1])
    value = "None"
    if isinstance(last, cst.Return):
        statements = statements[:-1]
        value = "None" if last.value is None else program.tree.code_for_node(last.value)
    if isinstance(target, cst.Expr):
        return (
            [*statements, simple(program, value)]
            if value != "None"
            else statements or [simple(program, "pass")]
        )
    assert isinstance(target, cst.Assign)
    targets = "".join(f"{program.text(one.target)} = " for one in target.targets)
    return [*statements, simple(program, targets + value)]
