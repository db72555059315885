"""A loop that does two things becomes two loops."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import block_of, loses_comment, replace
from variants.rewriting.evaluation import names_in
from variants.rewriting.gathering import is_guarded
from variants.rewriting.independence import fail_alike, failures_of, gives_the_same_again, stored_by
from variants.rewriting.loops import is_changed
from variants.transform import Change, Family, Parameters, Transform

_JUMPS = (cst.Break, cst.Continue, cst.Return, cst.Raise, cst.Yield, cst.Await, cst.Lambda, cst.GeneratorExp)


class SplitLoop(Transform):
    """Goes through the same items twice, for one part of the work each time."""

    name: ClassVar[str] = "split_loop"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`for x in xs: a += 1; ys.append(x)` becomes two loops"
    preconditions: ClassVar[str] = (
        "The for runs over a range, or a variable that keeps its items, and neither part of its body sets "
        "what the other one mentions. One of them cannot fail, or both fail alike; they only assign "
        "variables and change collections that were made in the function and have no other name. Refused: "
        "loops with else, jumps, lambdas, in a try or with, comments in the header."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops with two parts."""
        for loop in program.nodes(cst.For):
            if program.function_of(loop) is not None and _border(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put two loops in the place of one."""
        assert isinstance(node, cst.For)
        place = _border(program, node)
        assert place is not None
        block = block_of(node.body)
        first = node.with_changes(body=block.with_changes(body=block.body[:place], footer=()))
        second = node.with_changes(leading_lines=(), body=block.with_changes(body=block.body[place:]))
        return replace(program, {node: cst.FlattenSentinel([first, second])})


def _border(program: Program, loop: cst.For) -> int | None:
    """Where the body can be split."""
    block = loop.body
    if loop.orelse is not None or loop.asynchronous is not None or not isinstance(block, cst.IndentedBlock):
        return None
    if len(block.body) < 2 or program.nodes_within(loop, *_JUMPS) or is_guarded(program, loop):
        return None
    if not isinstance(loop.target, cst.Name) or is_changed(program, block, loop.target):
        return None
    if loses_comment(program, loop, [*block.body, *loop.leading_lines]):
        return None
    if not gives_the_same_again(program, loop):
        return None
    for place in range(1, len(block.body)):
        if _are_apart(program, loop, block.body[:place], block.body[place:]):
            return place
    return None


def _are_apart(
    program: Program, loop: cst.For, first: Sequence[cst.BaseStatement], second: Sequence[cst.BaseStatement]
) -> bool:
    """Whether neither part sets what the other one mentions, and only one of them can fail."""
    given, taken = stored_by(program, loop, first), stored_by(program, loop, second)
    if not given or not taken:
        return False
    if given & _names(second) or taken & _names(first):
        return False
    return fail_alike(failures_of(program, first), failures_of(program, second))


def _names(statements: Sequence[cst.BaseStatement]) -> set[str]:
    return {name.value for statement in statements for name in names_in(statement)}
