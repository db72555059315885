"""A line whose result nobody uses is added."""

import random
from collections.abc import Collection, Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.inference import SEQUENCE, WHOLE
from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.edits import compound, replace, simple
from variants.site import Site
from variants.transform import Change, Family, Parameters, Transform

_FORM = "form"
_COUNTERS = ("steps", "rounds", "checked", "iterations", "visited_count", "processed", "passes", "attempts")
_UNUSED = ("debug", "verbose", "status", "mode", "default", "fallback", "initial", "marker")
_VALUES = ("0", "None", "[]", "False", '""', "1")
_SIZED = SEQUENCE | {"dict", "set"}


class DeadCode(Transform):
    """Adds a counter that nobody reads, a variable that nobody uses, or a branch that is never taken."""

    name: ClassVar[str] = "dead_code"
    family: ClassVar[Family] = "noise"
    description: ClassVar[str] = (
        "adds an unread counter to a loop, an unused variable, or an impossible branch"
    )
    preconditions: ClassVar[str] = (
        "A loop gets a counter. A function gets a variable with a constant below its docstring. The branch "
        "asks whether a variable that provably is a sequence, dict or set has a negative length, or whether "
        "a provable int differs from itself, right below the line that assigns it. Refused: generators."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.BaseStatement]:
        """Loops, functions and assignments."""
        for node in program.nodes(cst.FunctionDef, cst.For, cst.While, cst.SimpleStatementLine):
            if isinstance(node, cst.FunctionDef | cst.For | cst.While):
                is_inside = isinstance(node, cst.FunctionDef) or program.function_of(node) is not None
                if is_inside and isinstance(node.body, cst.IndentedBlock) and not _is_marked(program, node):
                    yield node
            elif isinstance(node, cst.SimpleStatementLine) and _impossible(program, node) is not None:
                yield node

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw the constant of an unused variable, and the name."""
        return ((_FORM, rng.choice(_VALUES)), *(super().choose(program, site, rng, protected) or ()))

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Add the line, branch or counter."""
        if isinstance(node, cst.FunctionDef):
            return _with_unused(program, node, dict(parameters).get(_FORM, _VALUES[0]))
        if isinstance(node, cst.For | cst.While):
            return _with_counter(program, node)
        assert isinstance(node, cst.SimpleStatementLine)
        test = _impossible(program, node)
        branch = compound(program, f"if {test}:", [simple(program, "return None")])
        return replace(program, {node: cst.FlattenSentinel([node, branch])})


def _with_unused(program: Program, function: cst.FunctionDef, value: str) -> cst.Module:
    line = simple(program, f"{program.fresh(*_UNUSED)} = {value}")
    body = function.body
    assert isinstance(body, cst.IndentedBlock)
    place = 0 if function.get_docstring() is None else 1
    statements = [*body.body[:place], line, *body.body[place:]]
    return replace(program, {body: body.with_changes(body=statements)})


def _with_counter(program: Program, loop: cst.For | cst.While) -> cst.Module:
    name = program.fresh(*_COUNTERS)
    start = simple(program, f"{name} = 0").with_changes(leading_lines=loop.leading_lines)
    body = loop.body
    assert isinstance(body, cst.IndentedBlock)
    step = simple(program, f"{name} += 1")
    counted = rebuild(loop, {body: body.with_changes(body=[step, *body.body])})
    return replace(program, {loop: cst.FlattenSentinel([start, counted.with_changes(leading_lines=())])})


def _is_marked(program: Program, node: cst.FunctionDef | cst.For | cst.While) -> bool:
    """Whether one of the lines that this transform adds is there already."""
    assert isinstance(node.body, cst.IndentedBlock)
    names = _UNUSED if isinstance(node, cst.FunctionDef) else _COUNTERS
    for statement in node.body.body[:2]:
        small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        targets = [target.target for target in small.targets] if isinstance(small, cst.Assign) else []
        if isinstance(small, cst.AugAssign):
            targets = [small.target]
        if any(isinstance(target, cst.Name) and target.value in names for target in targets):
            return True
    return False


def _impossible(program: Program, line: cst.SimpleStatementLine) -> str | None:
    """A test of the variable that a line assigns which is never true."""
    if len(line.body) != 1 or not isinstance(line.body[0], cst.Assign) or program.function_of(line) is None:
        return None
    assign, block = line.body[0], program.parent(line)
    target = assign.targets[0].target
    if not isinstance(target, cst.Name) or not isinstance(block, cst.IndentedBlock) or _yields(program, line):
        return None
    if not _stays(program, target, assign) or _is_followed_by_test(block, line):
        return None
    if program.types.is_only(target, _SIZED) and program.is_builtin("len"):
        return f"len({target.value}) < 0"
    return f"{target.value} != {target.value}" if program.types.is_only(target, WHOLE) else None


def _stays(program: Program, target: cst.Name, assign: cst.Assign) -> bool:
    """Whether the variable comes from a computation, worth a check, and no other scope writes it."""
    is_computed = isinstance(assign.value, cst.Call | cst.BinaryOperation | cst.ListComp | cst.Subscript)
    return is_computed and target.value not in program.shared_names


def _is_followed_by_test(block: cst.IndentedBlock, line: cst.SimpleStatementLine) -> bool:
    place = next(index for index, member in enumerate(block.body) if member is line)
    return place + 1 < len(block.body) and isinstance(block.body[place + 1], cst.If)


def _yields(program: Program, line: cst.SimpleStatementLine) -> bool:
    function = program.function_of(line)
    assert function is not None
    return any(program.encloses(function, node) for node in program.nodes(cst.Yield))
