"""Loops that fill a list, set or dict become comprehensions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import block_of, loses_comment, only_statement, simple
from variants.rewriting.expressions import OR, TERNARY, text
from variants.rewriting.gathering import (
    begun_with,
    find_beginning,
    find_gathering,
    is_readable,
    keeps_to_itself,
    mentions,
    replace_loop,
)
from variants.transform import Change, Family, Parameters, Transform

_BRACKETS = {"append": ("[", "]"), "add": ("{", "}"), "item": ("{", "}")}
_BEGINNINGS = {"append": ("[]", "list()"), "add": ("set()",), "item": ("{}", "dict()")}


@dataclass(frozen=True, slots=True)
class _Step:
    """What is done with one element.

    Attributes:
        kind: The method, or `item` for `d[k] = v`.
        name: The variable that is filled.
        element: Text of what goes in.
        uses: How often the loop mentions the variable for that.
    """

    kind: str
    name: cst.Name
    element: str
    uses: int = 1


@dataclass(frozen=True, slots=True)
class _Filling:
    beginning: cst.SimpleStatementLine
    line: str


class LoopToComprehension(Transform):
    """Collects with a comprehension what a loop collects."""

    name: ClassVar[str] = "loop_to_comprehension"
    family: ClassVar[Family] = "comprehensions"
    description: ClassVar[str] = "a loop that fills a new list, set or dict becomes a comprehension"
    preconditions: ClassVar[str] = (
        "The variable begins empty before the loop, nothing else in the loop mentions it and no closure or "
        "handler can see it half full; the loop's variables are not read afterwards. Loops in each other, "
        "conditions, `if c: continue` at the beginning and if/else over two values are taken in. Refused: "
        "a dict of which key and value both do work (a comprehension evaluates the key first), walrus, "
        "await, yield, comments in the loop, what does not fit on a line."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops that fill a collection."""
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _filling(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the comprehension in the place of the loop and of the empty beginning."""
        assert isinstance(node, cst.For)
        found = _filling(program, node)
        assert found is not None
        return replace_loop(program, found.beginning, node, simple(program, found.line))


def _filling(program: Program, loop: cst.For) -> _Filling | None:
    found = find_gathering(program, loop)
    step = _step(program, found.block) if found is not None else None
    if found is None or step is None or loses_comment(program, loop, loop.leading_lines):
        return None
    beginning = find_beginning(program, loop, step.name)
    if beginning is None or loses_comment(program, beginning, beginning.leading_lines):
        return None
    statement = only_statement(beginning)
    empty = begun_with(statement, step.name.value)
    if empty is None or program.text(empty) not in _BEGINNINGS[step.kind]:
        return None
    if isinstance(empty, cst.Call) and not program.calls_builtin(empty, "list", "set", "dict"):
        return None
    if mentions(program, loop, step.name.value) != step.uses or not keeps_to_itself(program, found):
        return None
    target = step.name.value
    if isinstance(statement, cst.AnnAssign):
        target += f": {program.text(statement.annotation.annotation)}"
    opening, closing = _BRACKETS[step.kind]
    line = f"{target} = {opening}{step.element} {found.all_clauses(program)}{closing}"
    return _Filling(beginning, line) if is_readable(line) else None


def _step(program: Program, block: Sequence[cst.BaseStatement]) -> _Step | None:
    if len(block) != 1:
        return None
    if isinstance(block[0], cst.If):
        return _choice(program, block[0])
    statement = only_statement(block[0])
    if isinstance(statement, cst.Expr):
        return _call(program, statement.value)
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        return _item(program, statement.targets[0].target, statement.value)
    return None


def _choice(program: Program, choice: cst.If) -> _Step | None:
    """`if c: r.append(a) else: r.append(b)` as one step with a conditional expression."""
    if not isinstance(choice.orelse, cst.Else):
        return None
    steps = [_step(program, block_of(branch.body).body) for branch in (choice, choice.orelse)]
    first, second = steps
    if first is None or second is None or first.kind == "item" or first.kind != second.kind:
        return None
    if first.name.value != second.name.value or " if " in first.element + second.element:
        return None
    element = f"{first.element} if {text(program, choice.test, OR)} else {second.element}"
    return _Step(first.kind, first.name, element, first.uses + second.uses)


def _call(program: Program, call: cst.BaseExpression) -> _Step | None:
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
        return None
    argument = call.args[0]
    kind, name = call.func.attr.value, call.func.value
    if kind not in {"append", "add"} or not isinstance(name, cst.Name) or argument.star or argument.keyword:
        return None
    if isinstance(argument.value, cst.Tuple | cst.GeneratorExp):
        return _Step(kind, name, program.text(argument.value))
    return _Step(kind, name, text(program, argument.value, TERNARY))


def _item(program: Program, target: cst.BaseExpression, value: cst.BaseExpression) -> _Step | None:
    if not isinstance(target, cst.Subscript) or not isinstance(target.value, cst.Name):
        return None
    index = target.slice[0].slice
    if len(target.slice) != 1 or not isinstance(index, cst.Index) or index.star:
        return None
    # An assignment evaluates the value first, a comprehension the key.
    if not _is_inert(index.value) and not _is_inert(value):
        return None
    key = program.text(index.value)
    key = f"({key})" if isinstance(index.value, cst.Tuple) and not index.value.lpar else key
    value_text = text(program, value, TERNARY)
    if isinstance(value, cst.Tuple):
        value_text = program.text(value) if value.lpar else f"({program.text(value)})"
    return _Step("item", target.value, f"{key}: {value_text}")


def _is_inert(node: cst.BaseExpression) -> bool:
    """Whether it does not matter when the expression is evaluated, and it cannot fail."""
    if isinstance(node, cst.Tuple | cst.List):
        return all(isinstance(part, cst.Element) and _is_inert(part.value) for part in node.elements)
    return isinstance(node, cst.Name | cst.Integer | cst.Float | cst.SimpleString)
