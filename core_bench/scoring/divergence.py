"""Where a predicted trace first leaves the true one: the last state that the model still had right.

A reply of the method `coc` has a `[TRACE]` block with one line for each executed line, in their order:
`line 4: total = 3, i = 1` names what the line changed, `line 7: return = 3` what a call returns. The block is
data like any other answer: values are parsed as literals and compared by value and type.
"""

import ast
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core_bench.records import Record
from core_bench.scoring.comparison import same_value
from core_bench.scoring.folding import folded_value
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from tracer import LiteralError, Trace, is_marker, parse_literal

_BLOCK = re.compile(r"\[TRACE\](.*?)(?:\[/TRACE\]|\[ANSWER\]|\Z)", re.DOTALL)
_LINE = re.compile(r"^[ \t]*line[ \t]+(\d{1,9})[ \t]*:(.*)$", re.IGNORECASE | re.MULTILINE)
_RETURN = re.compile(r"(^|,)(\s*)return(\s*=)")
_RETURNED = "return_"
MAX_LINES = 5_000
MAX_CHARS = 10_000

DivergenceKind = Literal["none", "no trace", "line", "value", "missing value", "too short", "too long"]


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One line of a trace: what it changed, name -> text of the literal; `return` among the names.

    `changes` is None where the text after the colon could not be read.
    """

    line: int
    changes: Mapping[str, str] | None


class Divergence(Record):
    """Where a predicted trace leaves the true one.

    `at` is the 1-based place in the true trace of the first step that is wrong (None if all are right or
    there is no trace); `kept` is the share of the true steps before it; `steps` the number of true steps.
    """

    kind: DivergenceKind
    at: int | None = None
    line: int | None = None
    name: str | None = None
    expected: str | None = None
    found: str | None = None
    kept: float
    steps: int


def predicted_trace(text: str) -> list[TraceLine] | None:
    """Return the lines of the last `[TRACE]` block of a reply; None if it has none."""
    blocks = _BLOCK.findall(text)
    if not blocks:
        return None
    found = []
    for match in _LINE.finditer(blocks[-1]):
        found.append(TraceLine(int(match.group(1)), _changes(match.group(2))))
        if len(found) == MAX_LINES:
            break
    return found


def true_trace(trace: Trace) -> list[TraceLine]:
    """Return a recorded trace in the same form, the steps of all frames in the order of execution.

    A step that calls stands where it begins; what it changes is known only after the call, and is told there.
    """
    found = []
    for moment in trace.order():
        if moment.kind != "step" or moment.step is None:
            continue
        frame = trace.frames[moment.frame]
        step = frame.steps[moment.step]
        changes = dict(step.changed)
        if moment.step == len(frame.steps) - 1 and frame.returned is not None:
            changes["return"] = frame.returned
        found.append(TraceLine(step.line, changes))
    return found


def first_divergence(
    predicted: Sequence[TraceLine] | None, true: Sequence[TraceLine], rules: ScoringRules = DEFAULT_RULES
) -> Divergence:
    """Compare a predicted trace with the true one, step by step.

    A value that is no literal in the true trace (an opaque object) cannot be asked for and is not compared.
    Names that a predicted line tells besides those that the step changed are not looked at.
    """
    if predicted is None:
        return Divergence(kind="no trace", kept=0.0, steps=len(true))
    for place, step in enumerate(true):
        kept = place / len(true)
        if place >= len(predicted):
            return Divergence(kind="too short", at=place + 1, line=step.line, kept=kept, steps=len(true))
        said = predicted[place]
        found = _wrong(said, step, rules)
        if found is not None:
            return found.model_copy(update={"at": place + 1, "kept": kept, "steps": len(true)})
    if len(predicted) > len(true):
        return Divergence(kind="too long", found=str(predicted[len(true)].line), kept=1.0, steps=len(true))
    return Divergence(kind="none", kept=1.0, steps=len(true))


def _wrong(said: TraceLine, step: TraceLine, rules: ScoringRules) -> Divergence | None:
    """Return what is wrong in one predicted line, its place still open; None if nothing is."""
    if said.line != step.line:
        return Divergence(
            kind="line", line=step.line, expected=str(step.line), found=str(said.line), kept=0.0, steps=0
        )
    for name, value in (step.changes or {}).items():
        told = None if said.changes is None else said.changes.get(name)
        if is_marker(value) or (told is not None and _equal(told, value, rules)):
            continue
        return Divergence(
            kind="missing value" if told is None else "value",
            line=step.line,
            name=name,
            expected=value[:200],
            found=None if told is None else told[:200],
            kept=0.0,
            steps=0,
        )
    return None


def _changes(text: str) -> dict[str, str] | None:
    named = _RETURN.sub(rf"\1\2{_RETURNED}\3", text.strip().rstrip(","))
    source = f"_({named})"
    if len(source) > MAX_CHARS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = ast.parse(source, mode="eval").body
        assert isinstance(node, ast.Call)
        return {
            ("return" if word.arg == _RETURNED else str(word.arg)): ast.unparse(word.value)
            for word in node.keywords
            if word.arg is not None
        }
    except (SyntaxError, ValueError, RecursionError, MemoryError, AssertionError):
        return None


def _equal(told: str, value: str, rules: ScoringRules) -> bool:
    try:
        node = ast.parse(told, mode="eval").body
        answer = folded_value(node)
        return same_value(answer, parse_literal(value), rules)
    except (LiteralError, SyntaxError, ValueError, RecursionError, MemoryError):
        return False
