"""`while True:` that begins with a way out becomes a `while` with a condition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import block_of, loses_comment, replace, simple
from variants.rewriting.expressions import negation
from variants.rewriting.loops import is_endless, jumps_out, leaves_loop, loop_of
from variants.transform import Change, Family, Parameters, Transform


@dataclass(frozen=True, slots=True)
class _WayOut:
    """The `if` with which an endless loop begins.

    Attributes:
        test: When the loop is left.
        last: What is done then, without the `break`.
        others: What the loop does while it goes on.
    """

    test: cst.BaseExpression
    last: Sequence[cst.BaseStatement]
    others: list[cst.BaseStatement]


class EndlessToWhile(Transform):
    """Moves the way out at the beginning of an endless loop into its header."""

    name: ClassVar[str] = "endless_to_while"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`while True: if c: break; A` becomes `while not c: A`"
    preconditions: ClassVar[str] = (
        "The first statement of the loop is an if that breaks or returns, with or without an else. What it "
        "does before it leaves moves behind the loop where the loop has no other break, else into its else. "
        "Refused: an elif, a comment in the condition or on lines that go."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.While]:
        """Endless loops that begin with a way out."""
        for loop in program.nodes(cst.While):
            if is_endless(loop) and loop.orelse is None and _way_out(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the condition in the header."""
        assert isinstance(node, cst.While)
        found = _way_out(program, node)
        assert found is not None
        others = found.others or [simple(program, "pass")]
        loop = node.with_changes(
            test=cst.parse_expression(negation(program, found.test)),
            whitespace_after_while=cst.SimpleWhitespace(" "),
            body=block_of(node.body).with_changes(body=others),
        )
        if not found.last:
            return replace(program, {node: loop})
        if _breaks_elsewhere(program, node):
            otherwise = cst.Else(body=cst.IndentedBlock(body=found.last))
            return replace(program, {node: loop.with_changes(orelse=otherwise)})
        return replace(program, {node: cst.FlattenSentinel([loop, *found.last])})


def _way_out(program: Program, loop: cst.While) -> _WayOut | None:
    body = block_of(loop.body).body
    first = body[0]
    if not isinstance(first, cst.If) or isinstance(first.orelse, cst.If):
        return None
    last = _before_leaving(program, first)
    if last is None:
        return None
    inner = block_of(first.orelse.body).body if first.orelse is not None else ()
    if loses_comment(program, first, [*first.leading_lines, *last, *inner]):
        return None
    others = [*inner, *body[1:]]
    if others and any(line.comment for line in first.leading_lines):
        lines = getattr(others[0], "leading_lines", ())
        others[0] = others[0].with_changes(leading_lines=[*first.leading_lines, *lines])
    return _WayOut(first.test, last, others)


def _before_leaving(program: Program, way_out: cst.If) -> Sequence[cst.BaseStatement] | None:
    """What is done before the `break`, or all of it where it returns; None where it does neither."""
    statements = block_of(way_out.body).body
    end = statements[-1]
    if not isinstance(end, cst.SimpleStatementLine) or not leaves_loop(end):
        return None
    if isinstance(end.body[-1], cst.Break):
        statements = statements[:-1]
        if len(end.body) > 1:
            return None
    is_inside = any(jumps_out(program, statement) for statement in statements)
    return None if is_inside else list(statements)


def _breaks_elsewhere(program: Program, loop: cst.While) -> bool:
    first = block_of(loop.body).body[0]
    assert isinstance(first, cst.If)
    jumps = program.nodes_within(loop.body, cst.Break)
    return any(loop_of(program, jump) is loop and not program.encloses(first.body, jump) for jump in jumps)
