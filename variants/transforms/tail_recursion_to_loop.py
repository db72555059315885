"""A function whose last act is to call itself goes round instead."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.branches import leaves
from variants.rewriting.edits import compound, has_comment, only_statement, replace, simple
from variants.rewriting.expressions import text
from variants.rewriting.recursion import Recursion, find_recursion
from variants.transform import Change, Family, Parameters, Transform

_BETWEEN = cst.If | cst.Else | cst.IndentedBlock | cst.SimpleStatementLine


class TailRecursionToLoop(Transform):
    """Assigns the parameters anew and begins again."""

    name: ClassVar[str] = "tail_recursion_to_loop"
    family: ClassVar[Family] = "control"
    description: ClassVar[str] = (
        "`return f(n - 1, total + n)` in f becomes new values for its parameters in a loop"
    )
    preconditions: ClassVar[str] = (
        "The function is defined in the module and names itself only to return a call of itself, with as "
        "many arguments as parameters, in branches but in no loop, try or with. Every variable surely has a "
        "value where it is read, and no closure reads one. Refused: generators, defaults, decorators, "
        "comments in the call. How deep it may go does not count as behaviour."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"loop_to_tail_recursion"})

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions that call themselves last."""
        for function in program.nodes(cst.FunctionDef):
            if _recursion(program, function) is not None:
                yield function

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put a loop round the body."""
        assert isinstance(node, cst.FunctionDef)
        assert isinstance(node.body, cst.IndentedBlock)
        found = _recursion(program, node)
        assert found is not None
        edits: dict[cst.CSTNode, Replacement] = {}
        for call in found.calls:
            returned = program.parent(call)
            line = program.parent(returned) if returned is not None else None
            assert isinstance(line, cst.SimpleStatementLine)
            new = _again(program, found, call)
            edits[line] = cst.FlattenSentinel(
                [new[0].with_changes(leading_lines=line.leading_lines), *new[1:]]
            )
        body = rebuild(node.body, edits)
        assert isinstance(body, cst.IndentedBlock)
        start = 1 if node.get_docstring() is not None else 0
        statements = list(body.body[start:])
        if not leaves(node.body):
            statements.append(simple(program, "return None"))
        # What goes on at the end of the body goes on anyway.
        if isinstance(only_statement(statements[-1]), cst.Continue) and len(statements) > 1:
            statements = statements[:-1]
        loop = compound(program, "while True:", statements)
        return replace(program, {node.body: body.with_changes(body=[*body.body[:start], loop])})


def _again(program: Program, found: Recursion, call: cst.Call) -> list[cst.SimpleStatementLine]:
    """New values for the parameters that get another one, and the way back to the start."""
    changed = [
        (name, text(program, argument.value, 1))
        for name, argument in zip(found.parameters, call.args, strict=True)
        if not (isinstance(argument.value, cst.Name) and argument.value.value == name)
    ]
    again = simple(program, "continue")
    if not changed:
        return [again]
    names, values = (", ".join(part) for part in zip(*changed, strict=True))
    return [simple(program, f"{names} = {values}"), again]


def _recursion(program: Program, function: cst.FunctionDef) -> Recursion | None:
    found = find_recursion(program, function)
    if found is None or not isinstance(function.body, cst.IndentedBlock):
        return None
    for call in found.calls:
        returned = program.parent(call)
        if not isinstance(returned, cst.Return) or has_comment(program, call):
            return None
        line = program.parent(returned)
        if line is None or only_statement(line) is not returned:
            return None
        for outer in program.ancestors(returned):
            if outer is function:
                break
            if not isinstance(outer, _BETWEEN):
                return None
    return found
