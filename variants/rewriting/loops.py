"""What a loop does to its own variable, and the parts that every while form of it has."""

from collections.abc import Sequence

import libcst as cst

from variants.analysis.bindings import deletes, find_binding, is_dead_after, is_local
from variants.analysis.program import Program
from variants.rewriting.edits import block_of, compound

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


def loop_of(program: Program, jump: cst.CSTNode) -> cst.For | cst.While:
    """The loop that a ``break`` or ``continue`` belongs to: not the one in whose else it stands."""
    inner = jump
    for outer in program.ancestors(jump):
        if isinstance(outer, cst.For | cst.While) and inner is not outer.orelse:
            return outer
        inner = outer
    raise AssertionError("a jump outside of a loop does not parse")


def continues(program: Program, loop: cst.For | cst.While) -> bool:
    """Whether a ``continue`` in the body belongs to this loop."""
    return any(loop_of(program, jump) is loop for jump in program.nodes_within(loop.body, cst.Continue))


def breaks(program: Program, loop: cst.For | cst.While) -> bool:
    """Whether a ``break`` in the body belongs to this loop."""
    return any(loop_of(program, jump) is loop for jump in program.nodes_within(loop.body, cst.Break))


def jumps_out(program: Program, node: cst.CSTNode) -> bool:
    """Whether a ``break`` or ``continue`` in the node belongs to a loop round it."""
    jumps = program.nodes_within(node, cst.Break, cst.Continue)
    return any(not program.encloses(node, loop_of(program, jump)) for jump in jumps)


def is_endless(loop: cst.While) -> bool:
    """Whether the condition is a constant that always holds."""
    test = loop.test
    if isinstance(test, cst.Integer):
        return bool(test.evaluated_value)
    return isinstance(test, cst.Name) and test.value == "True"


def is_forgotten(program: Program, loop: cst.For, target: cst.BaseExpression) -> bool:
    """Whether the target is a local variable whose value nobody wants once the loop is over."""
    scope = program.scope(loop)
    if not isinstance(target, cst.Name) or scope is None or not is_local(program, scope, target.value):
        return False
    return is_dead_after(program, loop, find_binding(program, scope, target.value))


def can_count(program: Program, loop: cst.For, target: cst.BaseExpression) -> bool:
    """Whether the target itself can drive a while loop that steps it at the end of the body."""
    return (
        is_forgotten(program, loop, target)
        and not continues(program, loop)
        and not is_changed(program, loop.body, target)
    )


def is_changed(program: Program, node: cst.CSTNode, name: cst.BaseExpression) -> bool:
    """Whether a local variable may get another value while the node runs."""
    scope = program.scope(name)
    if not isinstance(name, cst.Name) or scope is None or not is_local(program, scope, name.value):
        return True
    binding = find_binding(program, scope, name.value)
    return (
        not binding.is_plain
        or any(program.encloses(node, store) for store in binding.stores)
        or deletes(program, node, binding)
    )


def while_loop(
    program: Program,
    loop: cst.For,
    condition: str,
    first: Sequence[Statement] = (),
    last: Sequence[Statement] = (),
) -> cst.BaseCompoundStatement:
    """The loop's body under a while, with statements put before and after it."""
    body = block_of(loop.body)
    if last and not leaves_loop(body.body[-1]):  # what follows an unconditional jump never runs
        # Comments at the end of the body stay above what is put there.
        end = [last[0].with_changes(leading_lines=body.footer), *last[1:]]
        body = body.with_changes(body=[*body.body, *end], footer=())
    return compound(program, f"while {condition}:", body.with_changes(body=[*first, *body.body]))


def leaves_loop(statement: cst.BaseStatement | cst.BaseSmallStatement) -> bool:
    """Whether what follows the statement never runs."""
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[-1], cst.Return | cst.Raise | cst.Break
    )
