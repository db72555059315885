"""`"a" + str(x)` becomes `f"a{x}"`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.formatting import Piece, as_fstring
from variants.transform import Change, Family, Parameters, Transform


class ConcatenationToFstring(Transform):
    """Formats into one text what is added up."""

    name: ClassVar[str] = "concatenation_to_fstring"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = '`str(x) + ": " + name` becomes `f"{x}: {name}"`'
    preconditions: ClassVar[str] = (
        "Every part of the sum is a string literal, str(x) of a builtin type, or provably a str; there is "
        "a literal or a str(x), and a value. Refused: values that Python 3.11 cannot read in an f-string, "
        "comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"fstring_to_concatenation"})

    def candidates(self, program: Program) -> Iterator[cst.BinaryOperation]:
        """Sums of strings."""
        for node in program.nodes(cst.BinaryOperation):
            if program.function_of(node) is not None and _new_text(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the f-string in the place of the sum."""
        assert isinstance(node, cst.BinaryOperation)
        new = _new_text(program, node)
        assert new is not None
        return put_text(program, node, new)


def _new_text(program: Program, node: cst.BinaryOperation) -> str | None:
    parent = program.parent(node)
    is_part = isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Add)
    if is_part and isinstance(parent, cst.BinaryOperation) and _pieces(program, parent) is not None:
        return None
    if any(isinstance(outer, cst.FormattedString) for outer in program.ancestors(node)):
        return None
    pieces = _pieces(program, node)
    if pieces is None or has_comment(program, node) or not program.has_plain_types:
        return None
    values = [piece for piece in pieces if piece.value is not None]
    is_formatted = len(values) < len(pieces) or any(piece.conversion for piece in values)
    if not values or not is_formatted:
        return None
    return as_fstring(program, [Piece(piece.literal, piece.value) for piece in pieces])


def _pieces(program: Program, node: cst.BaseExpression) -> list[Piece] | None:
    """The parts of a sum; a converted one is marked with `s`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        left, right = _pieces(program, node.left), _pieces(program, node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return [Piece(value)] if isinstance(value, str) else None
    if program.calls_builtin(node, "str") and isinstance(node, cst.Call) and len(node.args) == 1:
        argument = node.args[0]
        if not argument.star and argument.keyword is None:
            return [Piece("", argument.value, "s")]
    return [Piece("", node)] if program.types.is_only(node, frozenset({"str"})) else None
