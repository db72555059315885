"""Asks a run every question that is worth it, and keeps those that execution answers beyond doubt."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from core_bench.records import Dimension, ProbeQuery
from core_bench.suites.askable import MAX_GOLD_CHARS, is_worth, queries
from core_bench.suites.criteria import criteria_of
from core_bench.suites.dimensions import dimensions_of
from core_bench.suites.subjects import subject_of
from core_bench.suites.views import Run, RunView
from tracer import (
    ExpressionQuery,
    Gold,
    LiteralError,
    Refusal,
    evaluate,
    evaluate_expression,
    is_marker,
    literal,
    parse_literal,
)

__all__ = ["MAX_GOLD_CHARS", "Candidate", "Doubt", "Refusals", "answer", "candidates"]

MAX_INPUT_CHARS = 160
_MAX_STEPS = 2_000

DOUBTS = ("observers differ", "unconfirmed")
"""Refusals that say that an observer is wrong or blind: a build lists them. Others are about the query."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A query with its gold literal, on the input that it is about.

    Attributes:
        input: the argument list.
        query: what is asked.
        gold: the answer.
        dimensions: what it touches; at least one.
        criteria: which of the paper's criteria it meets.
        calls: how often the query's function is called during that run.
    """

    input: str
    query: ProbeQuery
    gold: str
    dimensions: tuple[Dimension, ...]
    criteria: tuple[str, ...]
    calls: int

    @property
    def place(self) -> tuple[str, object]:
        """What two probes of one implementation should not share: the kind of question and its line."""
        return (self.query.kind, getattr(self.query, "line", getattr(self.query, "name", None)))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question that is not asked because no two observers agree on its answer."""

    input: str
    query: ProbeQuery
    reason: str
    detail: str


@dataclass(slots=True)
class Refusals:
    """What was asked of some runs, and what of it was refused.

    Attributes:
        asked: kind of query -> how many were asked.
        refused: (kind, reason) -> how many had no gold.
        doubts: those of the reasons in `DOUBTS`, one by one.
    """

    asked: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    doubts: list[Doubt] = field(default_factory=list)

    def add(self, text: str, query: ProbeQuery, refusal: Refusal | None) -> None:
        """Count a query on an input, and its refusal where it was refused."""
        self.asked[query.kind] += 1
        if refusal is None:
            return
        self.refused[query.kind, refusal.reason] += 1
        if refusal.reason in DOUBTS:
            self.doubts.append(Doubt(text, query, refusal.reason, refusal.detail))


def candidates(run: Run, refusals: Refusals | None = None) -> Iterator[Candidate]:
    """Yield every probe that a run can answer and that is worth asking; `refusals` counts the others."""
    if len(run.input) > MAX_INPUT_CHARS or run.trace.cut is not None or run.trace.step_count > _MAX_STEPS:
        return
    refusals = Refusals() if refusals is None else refusals
    view = RunView(run.trace)
    for query in queries(run, view):
        gold = answer(query, run)
        refusals.add(run.input, query, gold if isinstance(gold, Refusal) else None)
        if isinstance(gold, Refusal) or not is_worth(gold.literal):
            continue
        dimensions = dimensions_of(query, gold.literal, view)
        subject = subject_of(query, view)
        if dimensions and subject is not None:
            calls = view.calls[query.function]
            criteria = criteria_of(subject, dimensions)
            yield Candidate(run.input, query, gold.literal, dimensions, criteria, calls)


def answer(query: ProbeQuery, run: Run) -> Gold | Refusal:
    """Return what execution answers, from the trace or from the observation.

    A gold is given only where it is a literal that reads back as itself: a field named `class` has none.
    """
    if not isinstance(query, ExpressionQuery):
        found = evaluate(query, run.trace)
    elif run.observation is None:
        return Refusal("not deterministic", "sub-expressions of this run tell nothing certain")
    else:
        found = evaluate_expression(query, run.observation)
    if isinstance(found, Gold) and not _is_canonical(found.literal):
        return Refusal("opaque", f"{found.literal} does not read back as itself")
    return found


def _is_canonical(gold: str) -> bool:
    try:
        return not is_marker(gold) and literal(parse_literal(gold)) == gold
    except LiteralError:
        return False
