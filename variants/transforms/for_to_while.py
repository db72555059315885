"""`for` loops become `while` loops."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.counting import count_over_range, walk_by_index
from variants.rewriting.edits import replace_statement
from variants.rewriting.iterating import step_iterator
from variants.transform import Change, Family, Parameters, Transform


class ForToWhile(Transform):
    """Spells out what a `for` loop does with its counter, index or iterator."""

    name: ClassVar[str] = "for_to_while"
    family: ClassVar[Family] = "loops"
    description: ClassVar[str] = "`for` becomes `while` with a counter, an index or an iterator"
    preconditions: ClassVar[str] = (
        "A range has a literal step and bounds that are not provably something else than ints. An index is "
        "used only where the iterable is provably a str, list or tuple. Where the body continues, changes "
        "the variable or a later statement reads it, a counter of its own drives the loop. Refused: else on "
        "the loop, async for, generators with try or with (they could tell when the loop lets go of them)."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True
    undoes: ClassVar[frozenset[str]] = frozenset({"while_to_for"})

    def candidates(self, program: Program) -> Iterator[cst.For]:
        """Loops that have a form as a while loop."""
        for node in program.nodes(cst.For):
            is_plain = node.orelse is None and node.asynchronous is None
            if is_plain and program.function_of(node) is not None and _rewritten(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the while loop and what prepares it in the place of the for loop."""
        assert isinstance(node, cst.For)
        statements = _rewritten(program, node)
        assert statements is not None
        return replace_statement(program, node, statements)


def _rewritten(
    program: Program, loop: cst.For
) -> list[cst.SimpleStatementLine | cst.BaseCompoundStatement] | None:
    if program.calls_builtin(loop.iter, "range"):
        return count_over_range(program, loop)
    return walk_by_index(program, loop) or step_iterator(program, loop)
