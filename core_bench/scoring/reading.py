"""Reads a piece of a reply as one answer: an assertion, a comparison or a bare expression."""

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Literal

from core_bench.scoring.folding import folded_value
from tracer import LiteralError, literal_value, source_lines

MAX_CHARS = 10_000
"""Characters that an answer may have; what is longer is not looked at, so that no reply takes long."""
_SHOWN = 500
_FENCE = re.compile(r"^[ \t]*```[\w+-]*[ \t]*$", re.MULTILINE)

Rule = Literal["continued", "block", "assertion", "fence", "json", "bare", "last line"]
"""How an answer was found; docs/scoring.md describes each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A value found in a reply: its text, where the text stands, and by which rule it was found."""

    value: object
    text: str
    span: tuple[int, int]
    rule: Rule = "bare"


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a reply has no usable answer; `text` and `span` tell what stood in its place, if anything did."""

    kind: Literal["no_answer", "not_literal", "truncated"]
    text: str | None = None
    span: tuple[int, int] | None = None
    rule: Rule | None = None


def read_answer(
    text: str, begin: int, end: int, rule: Rule, *, before: str = "", strict: bool = False
) -> Answer | Miss:
    """Read `text[begin:end]`, preceded by `before`, as an answer.

    `assert left == right` and `left == right` answer `right`, or a literal `left` where `right` is a call.
    `is` counts as `==` before None, True and False. Fences are looked through.
    """
    begin, end = trimmed(text, begin, end)
    if begin >= end:
        return Miss("no_answer", rule=rule)
    miss = Miss("not_literal", text[begin:end][:_SHOWN], (begin, end), rule)
    if end - begin > MAX_CHARS:
        return miss
    piece = text[begin:end]
    # Fences are blanked, not cut out, so that positions stay true.
    source = before + (_FENCE.sub(lambda fence: " " * len(fence.group()), piece) if "```" in piece else piece)
    indent = len(source) - len(source.lstrip())
    sides = _sides(source[indent:])
    if not sides:
        return miss
    value, node = _first_literal(sides, strict)
    first, last = (offset + indent - len(before) + begin for offset in _offsets(source[indent:], node))
    first = max(first, begin)  # `1 if x else 2` after `assert _ ==` begins in what the prompt said
    shown = text[first:last]
    if isinstance(value, LiteralError):
        return Miss("not_literal", shown[:_SHOWN], (first, last), rule)
    return Answer(value, shown, (first, last), rule)


def _first_literal(sides: list[ast.expr], strict: bool) -> tuple[object, ast.expr]:
    """Return the value of the first side that is a literal; else the error of the last."""
    errors: list[LiteralError] = []
    for node in sides:
        try:
            return (literal_value(node) if strict else folded_value(node)), node
        except LiteralError as error:
            errors.append(error)
        except (RecursionError, MemoryError):
            errors.append(LiteralError("too deep"))
    return errors[-1], sides[-1]


def _sides(source: str) -> list[ast.expr]:
    """Return the expressions that may be the answer, the likeliest first; none if it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    match body:
        case [ast.Assert(test=node) | ast.Expr(value=node)]:
            if not isinstance(node, ast.Compare):
                return [node]
            right = node.comparators[-1]
            if isinstance(node.ops[-1], ast.Eq):
                # `5 == f(1)`: the call stands for the question. `total == set()` has no literal at its left.
                swapped = isinstance(right, ast.Call) and not isinstance(node.left, ast.Call)
                return [node.left, right] if swapped else [right]
            if isinstance(node.ops[-1], ast.Is) and isinstance(right, ast.Constant):
                return [right] if right.value in (None, True, False) else [node]
            return [node]
    return []


def trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return where `text[begin:end]` begins and ends without white space around it."""
    part = text[begin:end]
    begin += len(part) - len(part.lstrip())
    return begin, max(begin, end - len(part) + len(part.rstrip()))


def _offsets(source: str, node: ast.expr) -> tuple[int, int]:
    """Return where a node begins and ends in `source`, in characters (the parser counts bytes)."""
    lines = source_lines(source, keepends=True) if node.end_lineno != 1 else [source]

    def offset(line: int, column: int) -> int:
        before = sum(map(len, lines[: line - 1]))
        return before + len(lines[line - 1].encode()[:column].decode(errors="ignore"))

    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)
