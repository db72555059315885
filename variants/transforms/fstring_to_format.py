"""`f"{x}"` becomes `"{}".format(x)`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import TERNARY, text
from variants.rewriting.formatting import can_format_together, pieces_of, quoted
from variants.transform import Change, Family, Parameters, Transform


class FstringToFormat(Transform):
    """Hands the values of an f-string to str.format."""

    name: ClassVar[str] = "fstring_to_format"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = '`f"{x}: {y}"` becomes `"{}: {}".format(x, y)`'
    preconditions: ClassVar[str] = (
        "All values are of builtin types, and evaluating the later ones neither changes anything nor, "
        "where a format is given, can fail. Refused: `=`, formats with values in them, a part of adjacent "
        "literals."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"format_to_fstring"})

    def candidates(self, program: Program) -> Iterator[cst.FormattedString]:
        """f-strings with values."""
        for node in program.nodes(cst.FormattedString):
            if program.function_of(node) is not None and _new_text(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the call in the place of the f-string."""
        assert isinstance(node, cst.FormattedString)
        new = _new_text(program, node)
        assert new is not None
        return put_text(program, node, new)


def _new_text(program: Program, node: cst.FormattedString) -> str | None:
    if isinstance(program.parent(node), cst.ConcatenatedString | cst.FormattedStringExpression):
        return None
    pieces = pieces_of(program, node)
    values = [piece.value for piece in pieces or () if piece.value is not None]
    if pieces is None or not values or not can_format_together(program, pieces) or has_comment(program, node):
        return None
    template = ""
    for piece in pieces:
        if piece.value is None:
            template += piece.literal.replace("{", "{{").replace("}", "}}")
        else:
            conversion = f"!{piece.conversion}" if piece.conversion else ""
            template += f"{{{conversion}{':' if piece.spec else ''}{piece.spec}}}"
    source = quoted(template)
    if source is None or any(isinstance(value, cst.GeneratorExp) for value in values):
        return None
    return f"{source}.format({', '.join(text(program, value, TERNARY - 1) for value in values)})"
