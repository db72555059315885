"""`while c:` becomes `while True:` that leaves where c no longer holds."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import block_of, compound, has_comment, replace, simple
from variants.rewriting.expressions import negation
from variants.rewriting.loops import Statement, is_endless, jumps_out, leaves_loop
from variants.transform import Change, Family, Parameters, Transform


class WhileToEndless(Transform):
    """Moves the condition of a loop into its body."""

    name: ClassVar[str] = "while_to_endless"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`while c: A` becomes `while True: if not c: break; A`"
    preconditions: ClassVar[str] = (
        "The condition is negated as invert_if does it. What stands in else on the loop moves before the "
        "break. Refused: while True, a condition over several lines with a comment in it, an else on the "
        "loop that breaks or continues an outer one or has a comment above it."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.While]:
        """While loops with a condition."""
        for loop in program.nodes(cst.While):
            is_open = not is_endless(loop) and not has_comment(program, loop.test)
            if is_open and (loop.orelse is None or _can_move(program, loop.orelse)):
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the condition at the beginning of the body."""
        assert isinstance(node, cst.While)
        last = block_of(node.orelse.body) if node.orelse is not None else cst.IndentedBlock(body=())
        if not last.body or not leaves_loop(last.body[-1]):
            last = last.with_changes(body=[*last.body, simple(program, "break")])
        leave: Statement = compound(program, f"if {negation(program, node.test)}:", last)
        body = block_of(node.body)
        endless = node.with_changes(
            test=cst.Name("True"),
            whitespace_after_while=cst.SimpleWhitespace(" "),
            body=body.with_changes(body=[leave, *body.body]),
            orelse=None,
        )
        return replace(program, {node: endless})


def _can_move(program: Program, otherwise: cst.Else) -> bool:
    has_note = any(line.comment is not None for line in otherwise.leading_lines)
    return not has_note and not jumps_out(program, otherwise)
