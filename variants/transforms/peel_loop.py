"""The first round of a loop stands before it."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import is_local
from variants.analysis.changes import keeps_items
from variants.analysis.evidence import is_sequence
from variants.analysis.program import Program
from variants.rewriting.edits import block_of, compound, loses_comment, replace, simple
from variants.rewriting.evaluation import is_disturbing
from variants.rewriting.expressions import AND, OR, text
from variants.rewriting.loops import breaks, continues, is_changed, is_endless
from variants.transform import Change, Family, Parameters, Transform

_MOST_STATEMENTS = 6
_ODD = (cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.Global, cst.Nonlocal, cst.GeneratorExp)


class PeelLoop(Transform):
    """Does the first round on its own, under the question whether there is one."""

    name: ClassVar[str] = "peel_loop"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`while c: ...` becomes `if c: ...` with the loop after it; `for` likewise"
    preconditions: ClassVar[str] = (
        "A while; or a for over range(n) or range(a, b) of literals and local variables that the loop leaves "
        "alone; or over a local variable that is a sequence and keeps its items in the loop. No break and no "
        "continue belongs to the loop; the body has at most six statements. Refused: loops with else, "
        "definitions and walrus in them, while True, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})

    def candidates(self, program: Program) -> Iterator[cst.For | cst.While]:
        """Loops whose first round can be told from the others."""
        for loop in program.nodes(cst.For, cst.While):
            assert isinstance(loop, cst.For | cst.While)
            if program.function_of(loop) is None or not _is_small(program, loop):
                continue
            if isinstance(loop, cst.While) or _first_and_rest(program, loop) is not None:
                yield loop

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the question, the first round and the loop in the place of the loop."""
        assert isinstance(node, cst.For | cst.While)
        block = block_of(node.body)
        if isinstance(node, cst.While):
            rest = [*block.body, node.with_changes(leading_lines=())]
            once = compound(program, f"if {text(program, node.test)}:", rest)
            return replace(program, {node: once.with_changes(leading_lines=node.leading_lines)})
        found = _first_and_rest(program, node)
        assert found is not None
        test, first, iterable = found
        loop = node.with_changes(leading_lines=(), iter=cst.parse_expression(iterable))
        begin = simple(program, f"{program.text(node.target)} = {first}")
        once = compound(program, f"if {test}:", [begin, *block.body, loop])
        return replace(program, {node: once.with_changes(leading_lines=node.leading_lines)})


def _is_small(program: Program, loop: cst.For | cst.While) -> bool:
    block = block_of(loop.body)
    if (
        loop.orelse is not None
        or len(block.body) > _MOST_STATEMENTS
        or loses_comment(program, loop.body, [block.header])
    ):
        return False
    if program.nodes_within(loop, *_ODD) or breaks(program, loop) or continues(program, loop):
        return False
    if isinstance(loop, cst.For):
        return loop.asynchronous is None and not _comes_after_first(program, loop)
    return (
        not is_endless(loop)
        and not is_disturbing(program, loop.test)
        and not _comes_after_first(program, loop)
    )


def _comes_after_first(program: Program, loop: cst.For | cst.While) -> bool:
    """Whether the statements above the loop are its body already."""
    block, body = program.parent(loop), block_of(loop.body).body
    if not isinstance(block, cst.IndentedBlock) or block.body[-1] is not loop:
        return False
    before = block.body[-len(body) - 1 : -1]
    return len(before) == len(body) and all(x.deep_equals(y) for x, y in zip(before, body, strict=True))


def _first_and_rest(program: Program, loop: cst.For) -> tuple[str, str, str] | None:
    """Text of the question whether there is a first round, of its item, and of what comes after it."""
    if isinstance(loop.iter, cst.Name):
        name = loop.iter.value
        if not is_sequence(program, loop.iter) or not keeps_items(program, loop, loop.iter):
            return None
        is_list = program.types.is_only(loop.iter, frozenset({"list", "str", "tuple"}))
        return (name, f"{name}[0]", f"{name}[1:]") if is_list else None
    call, target = loop.iter, loop.target
    if (
        not program.calls_builtin(call, "range")
        or not isinstance(call, cst.Call)
        or not isinstance(target, cst.Name)
    ):
        return None
    if not is_local(program, program.scope(loop), target.value) or not 1 <= len(call.args) <= 2:
        return None
    if any(argument.star or argument.keyword is not None for argument in call.args):
        return None
    bounds = [argument.value for argument in call.args]
    # The variable itself may be one of the bounds: it is assigned before the rest is counted.
    if any(isinstance(one, cst.Name) and one.value == target.value for one in bounds):
        return None
    if not all(isinstance(one, cst.Integer) or not is_changed(program, loop, one) for one in bounds):
        return None
    if not all(program.types.is_only(one, frozenset({"int"})) for one in bounds[:-1]):
        return None
    end = text(program, bounds[-1], AND)
    if len(bounds) == 1:
        return f"{end} > 0", "0", f"range(1, {end})"
    start = bounds[0]
    second = f"{text(program, start, OR)} + 1"
    if isinstance(start, cst.Integer):
        second = str(start.evaluated_value + 1)
    return f"{text(program, start, AND)} < {end}", text(program, start), f"range({second}, {end})"
