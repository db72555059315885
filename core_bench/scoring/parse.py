"""Finds the answer in a reply. Nothing of it is ever executed. docs/scoring.md has every rule by example.

1. Thoughts are no answer (`core_bench.scoring.thoughts`); one that never closes makes the reply `truncated`.
2. Where the method says that the reply continues an assertion (`start`), the answer is what continues it,
   on the first line that is not blank, or over several lines if only they make an expression.
3. Else (`tagged`) the first of these that is there decides: the last `[ANSWER]` block; the last line that is
   an `assert`; the last `"answer":` of a JSON object; the last fenced block; the whole text as a bare
   literal; its last line as a bare literal. Inside a block or a fence the same rules hold.
"""

import json
import re

from core_bench.methods import AnswerPlace
from core_bench.scoring.reading import MAX_CHARS, Answer, Miss, Rule, read_answer, trimmed
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from core_bench.scoring.thoughts import after_thoughts
from tracer import LiteralError, parse_literal

__all__ = ["Answer", "Miss", "parse_answer"]

_OPEN, _CLOSE = "[ANSWER]", "[/ANSWER]"
_FENCED = re.compile(r"^[ \t]*```[\w+-]*[ \t]*\n(.*?)^[ \t]*```[ \t]*$", re.MULTILINE | re.DOTALL)
_ASSERT = re.compile(r"^[ \t]*(?:#[ \t]*)?(assert\b[^\n]*)$", re.MULTILINE)
_JSON = re.compile(r'"answer"\s*:\s*')
_CONTINUED = "assert _ =="
_DECODER = json.JSONDecoder()


def parse_answer(
    text: str,
    place: AnswerPlace,
    *,
    cut_off: bool,
    rules: ScoringRules = DEFAULT_RULES,
    unwrap: bool = True,
) -> Answer | Miss:
    """Find the answer in a reply.

    Args:
        text: the reply.
        place: where the method expects the answer.
        cut_off: whether generation ended at the token limit.
        rules: whether constant expressions are folded.
        unwrap: whether `{"answer": ...}` is a wrapping; not where the gold is such a dict itself.
    """
    finder = _Finder(text, rules.strict_literals, unwrap)
    first = finder.continued(0) if place == "start" else None
    if isinstance(first, Answer):  # a literal cannot begin with a thought, so this is none
        return first
    begin = after_thoughts(text)
    if begin is None:
        return Miss("truncated")
    if place == "tagged":
        found = finder.tagged(begin, cut_off)
    else:
        found = first if first is not None and begin == 0 else finder.continued(begin)
    if cut_off and isinstance(found, Miss):
        return Miss("truncated", found.text, found.span, found.rule)
    return found


class _Finder:
    def __init__(self, text: str, strict: bool, unwrap: bool) -> None:
        self._text = text
        self._strict = strict
        self._unwrap = unwrap

    def continued(self, begin: int) -> Answer | Miss:
        text = self._text
        while begin < len(text) and text[begin] in "\r\n":
            begin += 1
        end = text.find("\n", begin)
        line_end = len(text) if end < 0 else end
        first = self._read(begin, line_end, "continued", _CONTINUED)
        if isinstance(first, Miss) and line_end < len(text):
            whole = self._read(begin, len(text), "continued", _CONTINUED)
            return whole if isinstance(whole, Answer) else first
        return first

    def tagged(self, begin: int, cut_off: bool) -> Answer | Miss:
        text = self._text
        opened = text.rfind(_OPEN, begin)
        if opened < 0:
            return self._inside(begin, len(text), None)
        first = opened + len(_OPEN)
        closed = text.find(_CLOSE, first)
        last = len(text) if closed < 0 else closed
        if cut_off and closed < 0:
            first, last = trimmed(text, first, last)
            return Miss("truncated", text[first:last][:500] or None, (first, last), "block")
        return self._inside(first, last, "block")

    def _inside(self, begin: int, end: int, block: Rule | None) -> Answer | Miss:
        """Apply the rules to a part of the text; in a block, what is no answer still is in its place."""
        if block is not None:
            whole = self._json(begin, end) if self._starts_with_brace(begin, end) else None
            whole = whole or self._read(begin, end, block)
            if isinstance(whole, Answer) or whole.kind == "no_answer":
                return whole
            found = self._asserted(begin, end) or self._fenced(begin, end)
            return found if isinstance(found, Answer) else whole
        found = self._asserted(begin, end) or self._json(begin, end) or self._fenced(begin, end)
        if found is not None:
            return found
        bare = self._read(begin, end, "bare")
        if isinstance(bare, Miss):
            bare = self._last_line(begin, end)
        return bare if isinstance(bare, Answer) else Miss("no_answer")

    def _asserted(self, begin: int, end: int) -> Answer | Miss | None:
        found = list(_ASSERT.finditer(self._text, begin, end))
        if not found:
            return None
        first = self._read(*found[-1].span(1), "assertion")
        if isinstance(first, Answer):
            return first
        fence = self._text.find("\n```", found[-1].start(1), end)
        whole = self._read(found[-1].start(1), end if fence < 0 else fence, "assertion")
        return whole if isinstance(whole, Answer) else first

    def _fenced(self, begin: int, end: int) -> Answer | Miss | None:
        found = list(_FENCED.finditer(self._text, begin, end))
        return self._read(*found[-1].span(1), "fence") if found else None

    def _json(self, begin: int, end: int) -> Answer | Miss | None:
        """Read the value of the last `"answer":`; a string that is a literal itself is read as that."""
        if not self._unwrap or self._text.find("{", begin, end) < 0:
            return None
        keys = list(_JSON.finditer(self._text, begin, end))
        if not keys:
            return None
        start = keys[-1].end()
        try:
            piece = self._text[start : min(end, start + MAX_CHARS)]
            value, length = _DECODER.raw_decode(piece)
        except (ValueError, RecursionError, MemoryError):
            return None  # a Python dict, say
        span = (start, start + length)
        if isinstance(value, str):
            inner = _literal_or_none(value)
            value = value if inner is None else inner[0]
        return Answer(value, self._text[slice(*span)], span, "json")

    def _last_line(self, begin: int, end: int) -> Answer | Miss:
        begin, end = trimmed(self._text, begin, end)
        start = self._text.rfind("\n", begin, end) + 1
        return self._read(start, end, "last line") if start > begin else Miss("no_answer")

    def _starts_with_brace(self, begin: int, end: int) -> bool:
        return self._text[begin : min(end, begin + 200)].lstrip().removeprefix("```json").lstrip()[:1] == "{"

    def _read(self, begin: int, end: int, rule: Rule, before: str = "") -> Answer | Miss:
        return read_answer(self._text, begin, end, rule, before=before, strict=self._strict)


def _literal_or_none(text: str) -> tuple[object] | None:
    try:
        return (parse_literal(text),)
    except LiteralError:
        return None
