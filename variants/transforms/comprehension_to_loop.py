"""Comprehensions, and generators inside sum, any, all and join, become loops with an accumulator."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.accumulation import Accumulation, find_accumulation
from variants.rewriting.collecting import accumulate
from variants.rewriting.edits import has_comment, only_statement, replace_statement, with_comment
from variants.rewriting.unrolling import is_unrollable
from variants.transform import Change, Family, Parameters, Transform


class ComprehensionToLoop(Transform):
    """Collects with an explicit loop what a comprehension collects."""

    name: ClassVar[str] = "comprehension_to_loop"
    family: ClassVar[Family] = "comprehensions"
    description: ClassVar[str] = "a comprehension, or a generator in sum, any, all or join, becomes a loop"
    preconditions: ClassVar[str] = (
        "It is the whole value of an assignment or a return, or the first argument of a builtin call that "
        "is. sum is taken only over provable ints (it adds floats more exactly than a loop does). any and "
        "all keep stopping early. A variable that would meet another name is renamed. Refused: async, "
        "walrus, await, lambdas and lazy generators over the variable, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure", "steps"})
    invents_names: ClassVar[bool] = True

    def candidates(self, program: Program) -> Iterator[cst.SimpleStatementLine]:
        """Lines whose value is collected by a comprehension."""
        for line in program.nodes(cst.SimpleStatementLine):
            if _found(program, line) is not None:
                yield line

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the loop in the place of the line."""
        assert isinstance(node, cst.SimpleStatementLine)
        found = _found(program, node)
        assert found is not None
        first, *others = accumulate(program, found)
        return replace_statement(program, node, [with_comment(first, node.trailing_whitespace), *others])


def _found(program: Program, line: cst.SimpleStatementLine) -> Accumulation | None:
    statement = only_statement(line)
    if not isinstance(statement, cst.Assign | cst.Return) or program.function_of(line) is None:
        return None
    found = find_accumulation(program, statement)
    if found is None or has_comment(program, statement) or not is_unrollable(program, found.comprehension):
        return None
    return found
