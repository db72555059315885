"""A simple recursive function keeps what is left to do on a stack of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.inference import WHOLE
from variants.analysis.program import Program
from variants.analysis.tree import Replacement, rebuild
from variants.rewriting.branches import leaves
from variants.rewriting.edits import compound, has_comment, only_statement, replace, simple
from variants.rewriting.expressions import text
from variants.rewriting.independence import raised_by
from variants.rewriting.recursion import Recursion, find_recursion
from variants.transform import Change, Family, Parameters, Transform

_BETWEEN = cst.If | cst.Else | cst.IndentedBlock | cst.SimpleStatementLine
_STACKS = ("stack", "pending", "waiting", "todo", "frames", "calls", "left_over", "open_calls")
_RESULTS = ("result", "value", "answer", "outcome", "returned", "total", "solution", "final")


@dataclass(frozen=True, slots=True)
class _Linear:
    """A recursion `return a op f(...)`, or `return f(...) op a`, with the same op at every place.

    Attributes:
        recursion: The function and its calls.
        operator: The operator.
        is_right: Whether the call is the right operand, so that the other one is evaluated before it.
        others: For each call the line and the other operand.
    """

    recursion: Recursion
    operator: cst.BaseBinaryOp
    is_right: bool
    others: tuple[tuple[cst.Call, cst.SimpleStatementLine, cst.BaseExpression], ...]


class RecursionToStack(Transform):
    """Pushes what a call would come back to, and pops it when the result is known."""

    name: ClassVar[str] = "recursion_to_stack"
    family: ClassVar[Family] = "control"
    description: ClassVar[str] = (
        "`return n * f(n - 1)` in f becomes a loop that pushes n, and one that multiplies"
    )
    preconditions: ClassVar[str] = (
        "The function is defined in the module and names itself only in returns of `a op f(...)` or "
        "`f(...) op a`, with one op throughout, in branches but in no loop, try or with. What stands on the "
        "right of the call cannot fail and changes nothing. Every variable surely has a value where it is "
        "read, and no closure reads one. Refused: generators, defaults, decorators, `if x: return y` on one "
        "line. How deep it may go is no behaviour."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions that call themselves once on the way to each result."""
        for function in program.nodes(cst.FunctionDef):
            if _linear(program, function) is not None:
                yield function

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the two loops in the place of the body."""
        assert isinstance(node, cst.FunctionDef)
        assert isinstance(node.body, cst.IndentedBlock)
        found = _linear(program, node)
        assert found is not None
        stack = program.fresh(*_STACKS)
        result = program.fresh(*_RESULTS, avoid=(stack,))
        edits: dict[cst.CSTNode, Replacement] = {}
        for call, line, other in found.others:
            edits[line] = cst.FlattenSentinel(_descend(program, found, call, line, stack, other))
        for returned in program.nodes_within(node.body, cst.Return):
            place = program.parent(returned)
            if isinstance(place, cst.SimpleStatementLine) and place not in edits:
                value = "None" if returned.value is None else text(program, returned.value, 1)
                first = simple(program, f"{result} = {value}").with_changes(leading_lines=place.leading_lines)
                edits[place] = cst.FlattenSentinel([first, simple(program, "break")])
        body = rebuild(node.body, edits)
        assert isinstance(body, cst.IndentedBlock)
        start = 1 if node.get_docstring() is not None else 0
        statements = list(body.body[start:])
        if not leaves(node.body):
            statements += [simple(program, f"{result} = None"), simple(program, "break")]
        if isinstance(only_statement(statements[-1]), cst.Continue):
            statements = statements[:-1]
        sign = program.text(found.operator).strip()
        popped = f"{stack}.pop() {sign} {result}" if found.is_right else f"{result} {sign} {stack}.pop()"
        new = [
            simple(program, f"{stack} = []"),
            compound(program, "while True:", statements),
            compound(program, f"while {stack}:", [simple(program, f"{result} = {popped}")]),
            simple(program, f"return {result}"),
        ]
        return replace(program, {node.body: body.with_changes(body=[*body.body[:start], *new])})


def _descend(
    program: Program,
    found: _Linear,
    call: cst.Call,
    line: cst.SimpleStatementLine,
    stack: str,
    other: cst.BaseExpression,
) -> list[cst.SimpleStatementLine]:
    """The lines that remember an operand and begin again with new values for the parameters."""
    push = simple(program, f"{stack}.append({text(program, other, 1)})")
    changed = [
        (name, text(program, argument.value, 1))
        for name, argument in zip(found.recursion.parameters, call.args, strict=True)
        if not (isinstance(argument.value, cst.Name) and argument.value.value == name)
    ]
    lines = [push.with_changes(leading_lines=line.leading_lines)]
    if changed:
        names, values = (", ".join(part) for part in zip(*changed, strict=True))
        lines.append(simple(program, f"{names} = {values}"))
    return [*lines, simple(program, "continue")]


def _linear(program: Program, function: cst.FunctionDef) -> _Linear | None:
    recursion = find_recursion(program, function)
    if recursion is None or not isinstance(function.body, cst.IndentedBlock):
        return None
    if program.nodes_within(function.body, cst.SimpleStatementSuite) or not program.has_plain_types:
        return None
    others: list[tuple[cst.Call, cst.SimpleStatementLine, cst.BaseExpression]] = []
    operators: list[cst.BaseBinaryOp] = []
    sides: set[bool] = set()
    for call in recursion.calls:
        whole = program.parent(call)
        returned = program.parent(whole) if isinstance(whole, cst.BinaryOperation) else None
        line = program.parent(returned) if isinstance(returned, cst.Return) else None
        if not isinstance(whole, cst.BinaryOperation) or not isinstance(line, cst.SimpleStatementLine):
            return None
        if returned is None or only_statement(line) is not returned or has_comment(program, whole):
            return None
        is_right = whole.right is call
        other = whole.left if is_right else whole.right
        if any(program.encloses(other, one) for one in recursion.calls):
            return None
        # On the right of the call it was evaluated after the call's own work.
        if not is_right and (raised_by(program, other) or not _is_fixed(program, other)):
            return None
        others.append((call, line, other))
        operators.append(whole.operator)
        sides.add(is_right)
    is_one = len(sides) == 1 and len({type(operator) for operator in operators}) == 1
    if not is_one or not _only_branches(program, function):
        return None
    return _Linear(recursion, operators[0], sides.pop(), tuple(others))


def _is_fixed(program: Program, other: cst.BaseExpression) -> bool:
    """Whether the value of an operand stays what it is while the call works."""
    immutable = WHOLE | {"str", "float", "tuple", "NoneType"}
    return isinstance(other, cst.Integer | cst.SimpleString | cst.Name) or program.types.is_only(
        other, immutable
    )


def _only_branches(program: Program, function: cst.FunctionDef) -> bool:
    """Whether every return stands in branches only."""
    for returned in program.nodes_within(function.body, cst.Return):
        for outer in program.ancestors(returned):
            if outer is function:
                break
            if not isinstance(outer, _BETWEEN):
                return False
    return True
