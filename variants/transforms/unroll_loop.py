"""A loop does two rounds at a time."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import block_of, compound, loses_comment, replace, simple
from variants.rewriting.evaluation import is_disturbing
from variants.rewriting.expressions import AND, COMPARISON, negation, text
from variants.rewriting.loops import continues, is_changed, is_endless, is_forgotten
from variants.transform import Change, Family, Parameters, Transform

_MOST_STATEMENTS = 6


class UnrollLoop(Transform):
    """Writes the body of a loop twice."""

    name: ClassVar[str] = "unroll_loop"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "each round of a `while`, or of a `for` over a range, does what two did"
    preconditions: ClassVar[str] = (
        "A while, whose condition is asked again between the two copies of its body; or a for over range(n) "
        "or range(a, b) whose variable nothing else assigns and nobody reads afterwards, whose end is a "
        "literal or a local variable that the loop leaves alone, without continue. The body has at most six "
        "statements. Refused: loops with else, definitions and walrus in them, while True, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.For | cst.While]:
        """Loops of which two rounds can be one."""
        for loop in program.nodes(cst.For, cst.While):
            assert isinstance(loop, cst.For | cst.While)
            if program.function_of(loop) is None or not _is_small(program, loop):
                continue
            if isinstance(loop, cst.While) or _bounds(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Repeat the body, with a test in between."""
        assert isinstance(node, cst.For | cst.While)
        block = block_of(node.body)
        if isinstance(node, cst.While):
            leave = compound(program, f"if {negation(program, node.test)}:", [simple(program, "break")])
            body = block.with_changes(body=[*block.body, leave, *block.body])
            return replace(program, {node: node.with_changes(body=body)})
        start, end = _bounds(program, node) or ("", "")
        assert isinstance(node.target, cst.Name)
        name = node.target.value
        second = [simple(program, f"{name} += 1"), *block.body]
        again = compound(program, f"if {name} + 1 < {end}:", second)
        every_other = cst.parse_expression(f"range({start}, {end}, 2)")
        body = block.with_changes(body=[*block.body, again])
        return replace(program, {node: node.with_changes(iter=every_other, body=body)})


def _is_small(program: Program, loop: cst.For | cst.While) -> bool:
    block = block_of(loop.body)
    odd = (cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.Global, cst.Nonlocal, cst.GeneratorExp)
    if (
        loop.orelse is not None
        or len(block.body) > _MOST_STATEMENTS
        or loses_comment(program, loop.body, [block.header])
    ):
        return False
    if program.nodes_within(loop, *odd) or _is_twice_already(block):
        return False
    if isinstance(loop, cst.For):
        return loop.asynchronous is None and not continues(program, loop)
    return not is_endless(loop) and not is_disturbing(program, loop.test)


def _is_twice_already(block: cst.IndentedBlock) -> bool:
    """Whether the second half of a body repeats the first, with one statement in between."""
    half = len(block.body) // 2
    pairs = zip(block.body[:half], block.body[half + 1 :], strict=False)
    return len(block.body) % 2 == 1 and half > 0 and all(one.deep_equals(other) for one, other in pairs)


def _bounds(program: Program, loop: cst.For) -> tuple[str, str] | None:
    """Text of the start and the end of a range of step 1 that stays what it is."""
    call = loop.iter
    if not program.calls_builtin(call, "range") or not isinstance(call, cst.Call):
        return None
    if not 1 <= len(call.args) <= 2:
        return None
    if any(argument.star or argument.keyword is not None for argument in call.args):
        return None
    end = call.args[-1].value
    if not isinstance(end, cst.Integer) and is_changed(program, loop, end):
        return None
    if not is_forgotten(program, loop, loop.target) or is_changed(program, loop.body, loop.target):
        return None
    start = text(program, call.args[0].value, COMPARISON) if len(call.args) == 2 else "0"
    return start, text(program, end, AND)
