"""Operations on literals become the literal that they give."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.constants import folded
from variants.rewriting.edits import has_comment, replace
from variants.rewriting.evaluation import fitted
from variants.transform import Change, Family, Parameters, Transform


class FoldConstants(Transform):
    """Computes what the text already determines."""

    name: ClassVar[str] = "fold_constants"
    family: ClassVar[Family] = "data flow"
    description: ClassVar[str] = "`60 * 60` becomes `3600`, `ord('a')` becomes `97`, `list()` becomes `[]`"
    preconditions: ClassVar[str] = (
        "An operation on integer or string literals with a result that can be written out; ord, len and str "
        "of a literal, chr of a printable character; list, dict, tuple, str and int without arguments. "
        "Refused: division by zero, floats, numbers over 10 ** 12, texts over 80 characters, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})

    def candidates(self, program: Program) -> Iterator[cst.BaseExpression]:
        """The largest expressions whose value is known."""
        done: list[cst.CSTNode] = []
        for node in program.nodes(cst.BinaryOperation, cst.Call, cst.ConcatenatedString):
            assert isinstance(node, cst.BaseExpression)
            if folded(program, node) is None or program.function_of(node) is None:
                continue
            if any(program.encloses(other, node) for other in done[-1:]) or has_comment(program, node):
                continue
            if isinstance(program.parent(node), cst.FormattedStringExpression):
                continue  # its quotes may end the string around it
            done.append(node)
            yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the literal in the place of the operation."""
        assert isinstance(node, cst.BaseExpression)
        literal = folded(program, node)
        assert literal is not None
        return replace(program, {node: fitted(program, node, cst.parse_expression(literal))})
