"""Audits published CoRE probes: confirmed, contradicted by execution, or not mechanically checkable.

A probe's words and its step may mean different moments. All moments that either of them can mean are looked
at: a gold is *contradicted* only if none of them gives it, or if the words name one execution of a quoted
statement, and before or after it, and that gives another value. It is *confirmed* only if the moment that the
words name, or the step where they name none, gives it and is the only one. What lies between stays undecided.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from core_bench.records import Record
from core_bench.suites.audit.reading import Reading, read_question
from core_bench.suites.audit.replay import Replay, replay
from core_bench.suites.side_by_side import side_by_side
from core_bench.suites.sources.core import PublishedProbe
from tracer import LiteralError, comparison_key, parse_literal

Class = Literal["confirmed", "contradicted", "not checkable"]

_STATE = "variable"


class PublishedFinding(Record):
    """What became of one published probe.

    Attributes:
        probe: Its id and its place in the file.
        finding: The class.
        reason: Why it is not checkable, or what was compared.
        asked: What the question was read as; None where it was not read.
        gold: The published answer.
        execution: What execution gives at the moment that is meant; None where no such moment is known.
        output_reproduced: Whether the call returns the published output.
        display_off_by_one: Whether the line about to run at the step is the published line plus one.
        line_ran: Whether the published line is executed at all.
    """

    probe: str
    finding: Class
    reason: str
    asked: str | None
    question: str
    gold: str
    execution: str | None
    output_reproduced: bool
    display_off_by_one: bool
    line_ran: bool


class PublishedFindings(Record):
    """The findings on a file of published probes, with counts."""

    file: str
    probes: int
    outputs_reproduced: int
    display_off_by_one: int
    line_never_ran: int
    counts: dict[str, int]
    findings: tuple[PublishedFinding, ...]


def audit_published(
    probes: Sequence[PublishedProbe],
    file: str,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> PublishedFindings:
    """Replay every probe and classify it; `on_progress` is told (probes done, probes in all)."""
    findings: list[PublishedFinding] = []
    on_progress(0, len(probes))
    for finding in side_by_side(judge, probes):
        findings.append(finding)
        on_progress(len(findings), len(probes))
    return PublishedFindings(
        file=file,
        probes=len(findings),
        outputs_reproduced=sum(finding.output_reproduced for finding in findings),
        display_off_by_one=sum(finding.display_off_by_one for finding in findings),
        line_never_ran=sum(not finding.line_ran for finding in findings),
        counts=dict(Counter(finding.finding for finding in findings)),
        findings=tuple(findings),
    )


def judge(probe: PublishedProbe) -> PublishedFinding:
    """Replay one probe and classify it."""
    try:
        reading = read_question(probe)
    except SyntaxError as error:
        reading = f"the program does not parse: {error.msg}"
    watched = _watched(reading)
    run = replay(probe, watched)
    step = probe.step - 1
    finding, reason, value = _classified(probe, reading, run)
    return PublishedFinding(
        probe=probe.name,
        finding=finding,
        reason=reason,
        asked=None if isinstance(reading, str) else _said(reading),
        question=probe.question,
        gold=probe.gold,
        execution=value,
        output_reproduced=run.returned is not None and _same_output(run.returned, probe.output),
        display_off_by_one=step < len(run.events) and run.events[step].line == probe.line + 1,
        line_ran=any(event.line == probe.line for event in run.events),
    )


def _watched(reading: Reading | str) -> list[tuple[str, Sequence[int]]]:
    """Return what the replay has to evaluate: an expression, or an element of a variable."""
    if isinstance(reading, Reading) and reading.kind == "expression":
        return [(reading.text, reading.lines)]
    return []


def _said(reading: Reading) -> str:
    terms = ", ".join(f"{name} = {text}" for name, text in reading.terms.items())
    lines = f" on line {', '.join(map(str, reading.lines))}" if reading.lines else ""
    when = f" {reading.when}" if reading.kind == _STATE and reading.when and reading.lines else ""
    return f"{reading.kind} {reading.text}{when}{lines}{f' where {terms}' if terms else ''}".strip()


def _classified(probe: PublishedProbe, reading: Reading | str, run: Replay) -> tuple[Class, str, str | None]:
    if run.failure is not None:
        return "not checkable", f"the program fails: {run.failure}", None
    if isinstance(reading, str):
        return "not checkable", reading, None
    if probe.step > len(run.events):
        return "not checkable", f"the run has {len(run.events)} line events, not {probe.step}", None
    named, others = _moments(probe, reading, run)
    value = _only(named) if named else None
    gold = _key(probe.gold)
    if gold is None:
        return "not checkable", "the gold is no Python literal", value
    if not named:
        return "not checkable", "the question supposes what never happens in this run", None
    given = {_key(text) for text in (*named, *others)}
    if None in given:
        return "not checkable", "the value has no literal", None
    if _types(probe.gold) not in {_types(text) for text in (*named, *others)}:
        return "not checkable", "the gold is of another type, so something else may be asked", value
    if gold not in given:
        return "contradicted", "execution gives another value", value or named[0]
    if value is not None and _key(value) == gold:
        return "confirmed", "execution gives this value", value
    if value is not None and _is_exact(reading, run):
        return "contradicted", "at the execution that the question names it has another value", value
    if value is not None:
        return "not checkable", "the words of the question and its step mean different moments", value
    return "not checkable", "several moments fit the question, and their values differ", None


def _moments(probe: PublishedProbe, reading: Reading, run: Replay) -> tuple[list[str], list[str]]:
    """Return the values at the moments that the words name, and at those that only the step can mean."""
    if reading.kind == "returned":
        assert run.returned is not None
        return [run.returned], []
    anchor = probe.step - 1
    before = run.previous(anchor)
    if reading.kind == "expression":
        found = {
            index: event.values[0]
            for index, event in enumerate(run.events)
            if event.values[0] is not None and _holds(reading.terms, event.state)
        }
        at_step = [index for index in (before, anchor) if index is not None and index in found]
        if len({_key(text) for text in found.values()}) > 1 and at_step:
            return [str(found[at_step[0]])], [str(found[index]) for index in at_step[1:]]
        return [str(text) for text in found.values()], []
    name = reading.text
    at = [index for index in _named(reading, run) if _value(name, run.events[index].state) is not None]
    texts = [_value(name, run.events[index].state) or "" for index in at]
    terms = [index for index, event in enumerate(run.events) if _holds(reading.terms, event.state)]
    wide = terms if reading.terms else [index for index in (anchor, before) if index is not None]
    near = [_value(name, run.events[index].state) for index in (anchor, *wide)]
    nearby = [text for text in near if text is not None]
    if len({_key(text) for text in texts}) > 1 and anchor in at:
        return [_value(name, run.events[anchor].state) or ""], [*texts, *nearby]
    return texts, nearby


def _named(reading: Reading, run: Replay) -> list[int]:
    """Return the events whose state the words of a question about a variable can mean."""
    indexes = range(len(run.events))
    if reading.lines and reading.when == "before":
        places = [index for index in indexes if run.events[index].line in reading.lines]
    elif reading.lines and reading.when == "after":
        places = []
        last: dict[int, int] = {}
        for index in indexes:
            event = run.events[index]
            if last.get(event.frame) in reading.lines:
                places.append(index)
            last[event.frame] = event.line
    else:
        places = list(indexes)
    return [index for index in places if _holds(reading.terms, run.events[index].state)]


def _is_exact(reading: Reading, run: Replay) -> bool:
    """Tell whether the words name one execution of a statement that they quote, by before or after it."""
    one_line = reading.quoted and len(reading.lines) == 1 and reading.when is not None
    return one_line and bool(reading.terms) and len(_named(reading, run)) == 1


def _value(name: str, state: dict[str, str]) -> str | None:
    """Return the text of a variable, or of an element such as `a[3]` by a constant index."""
    base, bracket, rest = name.partition("[")
    if not bracket:
        return state.get(base)
    try:
        inside = parse_literal(state.get(base, ""))
        key = parse_literal(rest.rstrip("]"))
        return repr(inside[key])  # type: ignore[index]
    except (LiteralError, KeyError, IndexError, TypeError):
        return None


def _holds(terms: dict[str, str], state: dict[str, str]) -> bool:
    return all(_key(state.get(name, "<unbound>")) == _key(text) for name, text in terms.items())


def _only(texts: Sequence[str]) -> str | None:
    return texts[0] if len({_key(text) for text in texts}) == 1 else None


def _key(text: str) -> str | None:
    try:
        return comparison_key(parse_literal(text))
    except LiteralError:
        return None


def _types(text: str) -> str:
    return type(parse_literal(text)).__name__


def _same_output(returned: str, output: str) -> bool:
    """Tell whether a returned value is the published one, which is JSON: it has no tuples and no sets."""
    try:
        return bool(_as_json(parse_literal(returned)) == json.loads(output))
    except (LiteralError, ValueError):
        return False


def _as_json(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    if isinstance(value, set | frozenset):
        return sorted(map(_as_json, value), key=str)
    if isinstance(value, dict):
        return {str(key): _as_json(part) for key, part in value.items()}
    return value
