"""Several returns become one at the end."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.branches import else_block, leaves, without_gap
from variants.rewriting.edits import block_of, replace, simple
from variants.rewriting.functions import is_ordinary
from variants.rewriting.loops import breaks, is_endless
from variants.transform import Change, Family, Parameters, Transform

_NAMES = ("result", "answer", "outcome", "returned", "verdict", "final_value", "reply", "response")
_LOOPS = cst.For | cst.While
_BETWEEN = cst.If | cst.Else | cst.IndentedBlock | cst.SimpleStatementLine | cst.SimpleStatementSuite


class SingleExit(Transform):
    """Keeps what was returned in a variable, and returns that at the end."""

    name: ClassVar[str] = "single_exit"
    family: ClassVar[Family] = "control"
    description: ClassVar[str] = "early returns become assignments of a variable that is returned at the end"
    preconditions: ClassVar[str] = (
        "The function returns at two places or more: in branches, of which at most one goes on, or in loops "
        "that have no break and no else of their own (what follows them becomes their else). Refused: "
        "returns in a try, a with or a match, in a loop inside of a loop, generators."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True
    undoes: ClassVar[frozenset[str]] = frozenset({"early_return"})

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions with several returns."""
        for function in program.nodes(cst.FunctionDef):
            if len(_returns(program, function, function)) < 2 or not is_ordinary(program, function):
                continue
            if not isinstance(function.body, cst.IndentedBlock):
                continue
            if _Exits(program, function, "x").body() is not None:
                yield function

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the changed body in the place of the function's."""
        assert isinstance(node, cst.FunctionDef)
        assert isinstance(node.body, cst.IndentedBlock)
        body = _Exits(program, node, program.fresh(*_NAMES)).body()
        assert body is not None
        return replace(program, {node.body: node.body.with_changes(body=body)})


def _returns(program: Program, function: cst.FunctionDef, node: cst.CSTNode) -> list[cst.Return]:
    """The function's own returns within a node."""
    found = program.nodes_within(node, cst.Return)
    return [one for one in found if program.function_of(one) is function]


class _UnfitError(Exception):
    """A return stands where it cannot become an assignment."""


class _Exits:
    """Rewrites the statements of a function so that they come to their end with the result in a variable."""

    def __init__(self, program: Program, function: cst.FunctionDef, name: str) -> None:
        self._program = program
        self._function = function
        self._name = name

    def body(self) -> list[cst.BaseStatement] | None:
        """The whole body with one return; None where that cannot be."""
        block = self._function.body
        assert isinstance(block, cst.IndentedBlock)
        try:
            return [*self._finished(block.body), simple(self._program, f"return {self._name}")]
        except _UnfitError:
            return None

    def _finished(self, statements: Sequence[cst.BaseStatement]) -> list[cst.BaseStatement]:
        done: list[cst.BaseStatement] = []
        for place, statement in enumerate(statements):
            if not self._has_return(statement):
                done.append(statement)
                continue
            rest = statements[place + 1 :]
            if isinstance(statement, cst.SimpleStatementLine):
                return [*done, self._assigned(statement)]
            if isinstance(statement, cst.If):
                return [*done, self._branches(statement, rest)]
            if isinstance(statement, _LOOPS):
                return [*done, self._loop(statement, rest)]
            raise _UnfitError
        if done and _never_ends(self._program, done[-1]):
            return done
        return [*done, simple(self._program, f"{self._name} = None")]

    def _has_return(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.SimpleStatementLine):  # it may be made anew, of one on the line of its if
            return isinstance(node.body[-1], cst.Return)
        return bool(_returns(self._program, self._function, node))

    def _assigned(self, line: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
        """The line with an assignment for its return."""
        last = line.body[-1]
        assert isinstance(last, cst.Return)
        value = "None" if last.value is None else self._program.text(last.value)
        parsed = simple(self._program, f"{self._name} = {value}").body
        return line.with_changes(body=[*line.body[:-1], *parsed])

    def _branches(self, node: cst.If, rest: Sequence[cst.BaseStatement]) -> cst.If:
        """The if with what followed it in the one branch that goes on."""
        body = block_of(node.body)
        goes_on = not leaves(node.body)
        if rest and goes_on and not (node.orelse is not None and _leaves_else(node.orelse)):
            raise _UnfitError
        first = self._finished([*body.body, *(rest if goes_on else ())])
        if node.orelse is None:
            second = self._finished(rest)
        else:
            others = [node.orelse] if isinstance(node.orelse, cst.If) else block_of(node.orelse.body).body
            follows = () if _leaves_else(node.orelse) else rest
            second = self._finished([*others, *follows])
        orelse: cst.If | cst.Else
        if len(second) == 1 and isinstance(second[0], cst.If):
            orelse = second[0]
        elif isinstance(node.orelse, cst.Else):
            orelse = node.orelse.with_changes(body=block_of(node.orelse.body).with_changes(body=second))
        else:
            orelse = else_block(without_gap(second))
        return node.with_changes(body=body.with_changes(body=first), orelse=orelse)

    def _loop(self, loop: cst.For | cst.While, rest: Sequence[cst.BaseStatement]) -> cst.BaseStatement:
        """The loop that breaks where it returned, with what followed it in its else."""
        program = self._program
        if loop.orelse is not None or breaks(program, loop):
            raise _UnfitError
        edits: dict[cst.CSTNode, Replacement] = {}
        for found in _returns(program, self._function, loop):
            line = program.parent(found)
            if not self._is_direct(found, loop):
                raise _UnfitError
            if isinstance(line, cst.SimpleStatementLine):
                edits[line] = cst.FlattenSentinel([self._assigned(line), simple(program, "break")])
                continue
            assert isinstance(line, cst.SimpleStatementSuite)
            block = block_of(line)
            *others, last = block.body
            assert isinstance(last, cst.SimpleStatementLine)
            body = [*others, self._assigned(last), simple(program, "break")]
            edits[line] = block.with_changes(body=body)
        changed = rebuild(loop, edits)
        assert isinstance(changed, _LOOPS)
        if isinstance(loop, cst.While) and is_endless(loop):
            return changed
        return changed.with_changes(orelse=else_block(without_gap(self._finished(rest))))

    def _is_direct(self, node: cst.CSTNode, loop: cst.CSTNode) -> bool:
        """Whether there are only ifs between a return and its loop."""
        for outer in self._program.ancestors(node):
            if outer is loop:
                return True
            if not isinstance(outer, _BETWEEN):
                return False
        return False


def _leaves_else(orelse: cst.If | cst.Else) -> bool:
    return leaves(cst.IndentedBlock(body=[orelse])) if isinstance(orelse, cst.If) else leaves(orelse.body)


def _never_ends(program: Program, statement: cst.BaseStatement) -> bool:
    if isinstance(statement, cst.While):
        return is_endless(statement) and not breaks(program, statement)
    return leaves(cst.IndentedBlock(body=[statement]))
