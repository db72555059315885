"""Texts with values in them: the pieces of f-strings, of `str.format`, of `%` and of sums of strings."""

import string
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from variants.analysis.effects import effect_of
from variants.analysis.program import Program
from variants.rewriting.expressions import TERNARY, text

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNFIT = cst.Dict | cst.DictComp | cst.Set | cst.SetComp | cst.Lambda | cst.NamedExpr | cst.Yield


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text.

    Attributes:
        literal: The text itself, where it is no value.
        value: What is formatted.
        conversion: `r`, `s` or `a` where the value is converted before.
        spec: The format specification.
    """

    literal: str = ""
    value: cst.BaseExpression | None = None
    conversion: str = ""
    spec: str = ""


def pieces_of(program: Program, node: cst.FormattedString) -> list[Piece] | None:
    """The pieces of an f-string; None where it shows its own source or formats a format."""
    found: list[Piece] = []
    is_raw = "r" in node.prefix.lower()
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            source = part.value.replace("{{", "{").replace("}}", "}")
            found.append(Piece(source if is_raw else _evaluated(source, node.quote)))
            continue
        assert isinstance(part, cst.FormattedStringExpression)
        specs = part.format_spec or ()
        if part.equal is not None or any(not isinstance(spec, cst.FormattedStringText) for spec in specs):
            return None
        spec = "".join(spec.value for spec in specs if isinstance(spec, cst.FormattedStringText))
        found.append(Piece("", part.expression, part.conversion or "", spec))
    return found


def _evaluated(source: str, quote: str) -> str:
    value = cst.SimpleString(f"{quote}{source}{quote}").evaluated_value
    assert isinstance(value, str)
    return value


def pieces_of_format(program: Program, call: cst.Call) -> list[Piece] | None:
    """The pieces of `"...{}...".format(...)`, each argument once and in its order; else None."""
    if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "format":
        return None
    template = _literal(call.func.value)
    if template is None or any(argument.star for argument in call.args):
        return None
    names = [
        argument.keyword.value if argument.keyword is not None else str(place)
        for place, argument in enumerate(call.args)
    ]
    found: list[Piece] = []
    used: list[str] = []
    try:
        fields = list(string.Formatter().parse(template))
    except ValueError:
        return None
    for literal, field, spec, conversion in fields:
        found.append(Piece(literal))
        if field is None:
            continue
        used.append(field or str(len(used)))
        if used[-1] not in names or "{" in (spec or ""):
            return None
        found.append(Piece("", call.args[names.index(used[-1])].value, conversion or "", spec or ""))
    return [piece for piece in found if piece.literal or piece.value] if used == names and used else None


def pieces_of_modulo(program: Program, node: cst.BinaryOperation) -> list[Piece] | None:
    """The pieces of `"...%s..." % (...)` with nothing but %s; else None."""
    template = _literal(node.left)
    if template is None or not isinstance(node.operator, cst.Modulo):
        return None
    parts = template.split("%s")
    if any("%" in part for part in parts):
        return None
    if isinstance(node.right, cst.Tuple):
        if any(not isinstance(element, cst.Element) for element in node.right.elements):
            return None
        values = [element.value for element in node.right.elements]
    elif program.types.is_only(node.right, frozenset({"str", "int", "float", "list", "bool", "NoneType"})):
        values = [node.right]
    else:
        return None
    if len(values) != len(parts) - 1 or not values:
        return None
    found = [Piece(parts[0])]
    for value, part in zip(values, parts[1:], strict=True):
        found += [Piece("", value), Piece(part)]
    return [piece for piece in found if piece.literal or piece.value]


def _literal(node: cst.BaseExpression) -> str | None:
    value = node.evaluated_value if isinstance(node, cst.SimpleString) else None
    return value if isinstance(value, str) else None


def can_format_together(program: Program, pieces: Sequence[Piece]) -> bool:
    """Whether nobody can tell that values are formatted one by one, or all after the last is evaluated."""
    values = [piece.value for piece in pieces if piece.value is not None]
    later = [effect_of(program, value) for value in values[1:]]
    if not program.has_plain_types or any(effect.changes for effect in later):
        return False
    return not any(piece.spec for piece in pieces) or not any(effect.raises for effect in later)


def as_fstring(program: Program, pieces: Sequence[Piece]) -> str | None:
    """The text of an f-string; None where Python up to 3.11 could not read it."""
    values = [text(program, piece.value, TERNARY) for piece in pieces if piece.value is not None]
    if any(isinstance(piece.value, _UNFIT) for piece in pieces) or any(_is_unfit(value) for value in values):
        return None
    if any(not _is_plain(piece.literal) for piece in pieces):
        return None
    quote = next((mark for mark in "\"'" if not any(mark in value for value in values)), None)
    if quote is None:
        return None
    parts = []
    for piece in pieces:
        if piece.value is None:
            parts.append(_escaped(piece.literal, quote).replace("{", "{{").replace("}", "}}"))
        else:
            conversion = f"!{piece.conversion}" if piece.conversion else ""
            spec = f":{piece.spec}" if piece.spec else ""
            parts.append(f"{{{text(program, piece.value, TERNARY)}{conversion}{spec}}}")
    return f"f{quote}{''.join(parts)}{quote}"


def _is_unfit(value: str) -> bool:
    return value.startswith("{") or any(mark in value for mark in ("\\", "\n", "#", ":=", "lambda"))


def _is_plain(literal: str) -> bool:
    return all(character in _ESCAPES or character.isprintable() for character in literal)


def quoted(literal: str) -> str | None:
    """A string in double quotes; None where it holds characters that are not written out."""
    return f'"{_escaped(literal, chr(34))}"' if _is_plain(literal) else None


def _escaped(literal: str, quote: str) -> str:
    return "".join(_ESCAPES.get(c, f"\\{c}" if c == quote else c) for c in literal)
