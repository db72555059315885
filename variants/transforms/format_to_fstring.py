"""`"{}".format(x)` and `"%s" % x` become `f"{x}"`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.formatting import as_fstring, can_format_together, pieces_of_format, pieces_of_modulo
from variants.transform import Change, Family, Parameters, Transform


class FormatToFstring(Transform):
    """Writes the values of a format where they stand in the text."""

    name: ClassVar[str] = "format_to_fstring"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = '`"{}: {}".format(x, y)` and `"%s: %s" % (x, y)` become `f"{x}: {y}"`'
    preconditions: ClassVar[str] = (
        "The text is a literal, every argument is used once and in its order; all values are of builtin "
        "types, and evaluating the later ones neither changes anything nor, where a format is given, can "
        "fail. With % only %s. Refused: values that Python 3.11 cannot read in an f-string, items and "
        "attributes of fields, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"fstring_to_format"})

    def candidates(self, program: Program) -> Iterator[cst.Call | cst.BinaryOperation]:
        """Formats of literals."""
        for node in program.nodes(cst.Call, cst.BinaryOperation):
            assert isinstance(node, cst.Call | cst.BinaryOperation)
            if program.function_of(node) is not None and _new_text(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the f-string in the place of the call."""
        assert isinstance(node, cst.Call | cst.BinaryOperation)
        new = _new_text(program, node)
        assert new is not None
        return put_text(program, node, new)


def _new_text(program: Program, node: cst.Call | cst.BinaryOperation) -> str | None:
    if any(isinstance(outer, cst.FormattedString) for outer in program.ancestors(node)):
        return None
    if isinstance(node, cst.Call):
        pieces = pieces_of_format(program, node)
    else:
        pieces = pieces_of_modulo(program, node)
    if pieces is None or not can_format_together(program, pieces) or has_comment(program, node):
        return None
    return as_fstring(program, pieces)
