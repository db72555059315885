"""`f"a{x}"` becomes `"a" + str(x)`."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.conditions import put_text
from variants.rewriting.edits import has_comment
from variants.rewriting.expressions import LOOSEST, operator_precedence, text
from variants.rewriting.formatting import pieces_of, quoted
from variants.transform import Change, Family, Parameters, Transform

_FUNCTIONS = {"": "str", "s": "str", "r": "repr", "a": "ascii"}


class FstringToConcatenation(Transform):
    """Adds strings instead of formatting them."""

    name: ClassVar[str] = "fstring_to_concatenation"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = '`f"{x}: {y}"` becomes `str(x) + ": " + str(y)`'
    preconditions: ClassVar[str] = (
        "All values are of builtin types and formatted without a specification; what provably is a str is "
        "added as it is. Refused: `=`, a part of adjacent literals, comments inside."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary", "structure"})
    undoes: ClassVar[frozenset[str]] = frozenset({"concatenation_to_fstring"})

    def candidates(self, program: Program) -> Iterator[cst.FormattedString]:
        """f-strings with values."""
        for node in program.nodes(cst.FormattedString):
            if program.function_of(node) is not None and _new_text(program, node) is not None:
                yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the sum in the place of the f-string."""
        assert isinstance(node, cst.FormattedString)
        new = _new_text(program, node)
        assert new is not None
        return put_text(program, node, new)


def _new_text(program: Program, node: cst.FormattedString) -> str | None:
    if isinstance(program.parent(node), cst.ConcatenatedString | cst.FormattedStringExpression):
        return None
    pieces = pieces_of(program, node)
    if pieces is None or len(pieces) < 2 or not program.has_plain_types or has_comment(program, node):
        return None
    if not any(piece.value is not None for piece in pieces) or not program.is_builtin(*_FUNCTIONS.values()):
        return None
    parts: list[str | None] = []
    for piece in pieces:
        if piece.value is None:
            parts.append(quoted(piece.literal))
        elif piece.spec or isinstance(piece.value, cst.GeneratorExp):
            return None
        elif piece.conversion in {"", "s"} and program.types.is_only(piece.value, frozenset({"str"})):
            parts.append(text(program, piece.value, operator_precedence(cst.Add()) + 1))
        else:
            parts.append(f"{_FUNCTIONS[piece.conversion]}({text(program, piece.value, LOOSEST + 1)})")
    return " + ".join(part for part in parts if part is not None) if None not in parts else None
