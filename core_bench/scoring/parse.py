"""Finds the answer in a reply. Nothing of it is ever executed.

Rules, in this order:

1. Text up to the last closing thought tag (`</think>`, `[/THOUGHT]`) is no answer; a thought that never
   closes means that the reply is truncated.
2. Where the method says that the reply continues an assertion (`start`), the answer is what continues it,
   on the first line that is not blank, or over several lines if only they make an expression.
3. Else (`tagged`) the answer stands in the last `[ANSWER]` block; without one, on the last line that is an
   `assert`; without one, the whole text may be a bare literal. Code fences are looked through.
4. `assert left == right` and `left == right` answer `right`; a trailing comment is none of the answer.
"""

import ast
import re
import warnings
from dataclasses import dataclass
from typing import Literal

from core_bench.methods import AnswerPlace
from tracer import LiteralError, literal_value

_OPENED = re.compile(r"<think(?:ing)?>|\[THOUGHT\]")
_CLOSED = re.compile(r"</think(?:ing)?>|\[/THOUGHT\]")
_BLOCK = re.compile(r"\[ANSWER\](.*?)(\[/ANSWER\]|\Z)", re.DOTALL)
_FENCE = re.compile(r"^[ \t]*```[\w+-]*[ \t]*$", re.MULTILINE)
_ASSERT = re.compile(r"^[ \t]*(?:#[ \t]*)?(assert\b.*)$", re.MULTILINE)
_CONTINUED = "assert _ =="
_MAX_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """A literal found in a reply: its value, its text, and where the text stands."""

    value: object
    text: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a reply has no usable answer; `text` and `span` tell what stood in its place, if anything did."""

    kind: Literal["no_answer", "not_literal", "truncated"]
    text: str | None = None
    span: tuple[int, int] | None = None


def parse_answer(text: str, place: AnswerPlace, *, cut_off: bool) -> Answer | Miss:
    """Find the answer in a reply.

    Args:
        text: the reply.
        place: where the method expects the answer.
        cut_off: whether generation ended at the token limit.
    """
    begin = _after_thoughts(text)
    if begin is None:
        return Miss("truncated")
    found = _continued(text, begin) if place == "start" else _tagged(text, begin, cut_off)
    if cut_off and isinstance(found, Miss):
        return Miss("truncated", found.text, found.span)
    return found


def _after_thoughts(text: str) -> int | None:
    """Return where the text after all thoughts begins, None if a thought is never closed."""
    closed = [match.end() for match in _CLOSED.finditer(text)]
    begin = closed[-1] if closed else 0
    opened = _OPENED.search(text, begin)
    if opened is None:
        return begin
    # A method's own [THOUGHT] may run into the answer without closing; a model's <think> may not.
    answered = opened.group() == "[THOUGHT]" and "[ANSWER]" in text[opened.end() :]
    return opened.end() if answered else None


def _continued(text: str, begin: int) -> Answer | Miss:
    while begin < len(text) and text[begin] in "\r\n":
        begin += 1
    end = text.find("\n", begin)
    line_end = len(text) if end < 0 else end
    first = _statement(text, begin, line_end, _CONTINUED)
    if isinstance(first, Miss) and line_end < len(text):
        whole = _statement(text, begin, len(text), _CONTINUED)
        return whole if isinstance(whole, Answer) else first
    return first


def _tagged(text: str, begin: int, cut_off: bool) -> Answer | Miss:
    blocks = list(_BLOCK.finditer(text, begin))
    if blocks:
        block = blocks[-1]
        if cut_off and not block.group(2):
            return Miss("truncated", block.group(1).strip() or None, block.span(1))
        return _statement(text, *block.span(1), "")
    asserted = list(_ASSERT.finditer(text, begin))
    if asserted:
        return _statement(text, *asserted[-1].span(1), "")
    bare = _statement(text, begin, len(text), "")
    return bare if isinstance(bare, Answer) else Miss("no_answer")


def _statement(text: str, begin: int, end: int, before: str) -> Answer | Miss:
    """Read `text[begin:end]`, preceded by `before`, as one assertion, comparison or expression."""
    begin, end = _trimmed(text, begin, end)
    if begin >= end:
        return Miss("no_answer")
    miss = Miss("not_literal", text[begin:end][:500], (begin, end))
    if end - begin > _MAX_CHARS:
        return miss
    # Fences are blanked, not cut out, so that positions stay true.
    source = before + _FENCE.sub(lambda fence: " " * len(fence.group()), text[begin:end])
    indent = len(source) - len(source.lstrip())
    node = _answer_node(source.lstrip())
    if node is None:
        return miss
    first, last = (offset + indent - len(before) + begin for offset in _offsets(source.lstrip(), node))
    try:
        return Answer(literal_value(node), text[first:last], (first, last))
    except LiteralError:
        return Miss("not_literal", text[first:last][:500], (first, last))


def _trimmed(text: str, begin: int, end: int) -> tuple[int, int]:
    part = text[begin:end]
    return begin + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _answer_node(source: str) -> ast.expr | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match body:
        case [ast.Assert(test=node) | ast.Expr(value=node)]:
            while isinstance(node, ast.Compare) and isinstance(node.ops[-1], ast.Eq):
                node = node.comparators[-1]
            return node
    return None


def _offsets(source: str, node: ast.expr) -> tuple[int, int]:
    """Return where a node begins and ends in `source`, in characters (the parser counts bytes)."""
    lines = source.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        before = sum(map(len, lines[: line - 1]))
        return before + len(lines[line - 1].encode()[:column].decode(errors="ignore"))

    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)
