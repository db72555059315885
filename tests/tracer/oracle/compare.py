"""Sets the tracer's golds beside the oracle's answers: every query that a trace suggests, of every kind."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import tracer
from tests.tracer.oracle.answers import CannotTell, Known, NoAnswer, Oracle, same_literal
from tests.tracer.oracle.machine import Machine

MOST_VALUES = 6
"""So many values of each name are asked for."""


@dataclass(frozen=True)
class Case:
    """One call of a program; `name` says where it comes from."""

    name: str
    code: str
    entry: str
    arguments: str


@dataclass(frozen=True)
class Difference:
    """A gold that is not the oracle's answer."""

    case: Case
    query: tracer.Query
    gold: str
    oracle: str

    def __str__(self) -> str:
        size = len(self.case.code.splitlines())
        call = f"{self.case.entry}({self.case.arguments})"
        return f"{self.case.name} ({size} lines) {call}: {self.query}: gold {self.gold}, oracle {self.oracle}"


@dataclass
class Tally:
    """Counts by kind of query, and what differs."""

    calls: int = 0
    agree: Counter[str] = field(default_factory=Counter)
    disagree: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    without_gold: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    """Why the tracer refused."""
    doubts: Counter[str] = field(default_factory=Counter)
    """Why the oracle could not tell, where the tracer gave a gold."""
    untraced: Counter[str] = field(default_factory=Counter)
    """Calls without a trace, by the reason."""
    differences: list[Difference] = field(default_factory=list)

    def merge(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        self.calls += other.calls
        for name in (
            "agree",
            "disagree",
            "unknown",
            "refused",
            "without_gold",
            "reasons",
            "doubts",
            "untraced",
        ):
            getattr(self, name).update(getattr(other, name))
        self.differences += other.differences

    @property
    def golds(self) -> int:
        """How many golds were looked at."""
        return self.agree.total() + self.disagree.total() + self.unknown.total()

    def table(self) -> str:
        """Return the counts as text."""
        lines = [f"{'kind':<20}{'agree':>10}{'disagree':>10}{'cannot tell':>13}{'refused':>10}"]
        for kind in sorted({*self.agree, *self.disagree, *self.unknown, *self.refused}):
            counts = (self.agree, self.disagree, self.unknown, self.refused)
            one, two, three, four = (counter[kind] for counter in counts)
            lines.append(f"{kind:<20}{one:>10}{two:>10}{three:>13}{four:>10}")
        sums = [self.agree.total(), self.disagree.total(), self.unknown.total(), self.refused.total()]
        lines.append(f"{'all':<20}{sums[0]:>10}{sums[1]:>10}{sums[2]:>13}{sums[3]:>10}")
        lines.append(f"calls: {self.calls}; without a trace: {dict(self.untraced)}")
        lines.append(f"refused: {dict(self.reasons.most_common())}")
        lines.append(f"refused though the oracle knows: {dict(self.without_gold.most_common())}")
        lines.append(f"the oracle cannot tell: {dict(self.doubts.most_common())}")
        return "\n".join(lines)


def queries(trace: tracer.Trace, oracle: Oracle) -> Iterator[tracer.Query]:
    """Yield every query that a trace suggests, and a few that it should refuse."""
    for frame in trace.frames:
        where = (frame.function, frame.call)
        yield tracer.ReturnValue(*where)
        yield tracer.ExceptionType(*where)
        yield tracer.ExceptionLine(*where)
        yield tracer.ReturnValue(frame.function, frame.call + 1)
        names = set(frame.arguments) | set(frame.globals)
        for line in oracle.lines_of(frame.function):
            yield tracer.LineExecuted(*where, line)
            yield tracer.LineCount(*where, line)
        for index, step in enumerate(frame.steps):
            at = (*where, step.line, step.occurrence)
            before, after = frame.before(index), frame.after(index)
            names |= {*before, *after}
            yield tracer.NextLine(*at)
            yield tracer.ConditionOutcome(*at)
            for name in sorted({*before, *after}):
                yield tracer.ValueBefore(*at, name)
                yield tracer.ValueAfter(*at, name)
                yield tracer.ValueAtIteration(*where, step.line, step.iterations, name)
                yield tracer.ValueAtIteration(*where, step.line, step.iterations, name, "before")
            known = sorted(frame.objects(index))
            for left, right in pairwise(known):
                yield tracer.SameObject(*at, left, right)
        for name in sorted(names):
            yield tracer.ArgumentValue(*where, name)
            for ordinal in range(1, MOST_VALUES + 1):
                yield tracer.NthValue(*where, name, ordinal)
        for loop in frame.loops:
            yield tracer.LoopIterations(*where, loop.line, loop.entry)
            for name in sorted(names):
                yield tracer.ValueAtLoopExit(*where, loop.line, loop.entry, name)


def chosen(trace: tracer.Trace, oracle: Oracle, most: int, chance: random.Random) -> list[tracer.Query]:
    """Return all queries of a trace, or so many of them, without repetition."""
    found = list(dict.fromkeys(queries(trace, oracle)))
    return found if len(found) <= most else chance.sample(found, most)


def compare(cases: Iterable[Case], machine: Machine, *, most: int = 1_500, seed: int = 0) -> Tally:
    """Compare each case's golds with the oracle's answers."""
    tally = Tally()
    for case in cases:
        chance = random.Random(f"{seed} {case.name}")
        [outcome] = tracer.record_calls(case.code, case.entry, [case.arguments])
        tally.calls += 1
        if outcome.trace is None:
            reason = getattr(outcome, "refused", None) or f"{outcome.status}: {outcome.message}"
            tally.untraced[str(reason)[:60]] += 1
            continue
        oracle = Oracle(machine.ask(case.code, case.entry, case.arguments))
        for query in chosen(outcome.trace, oracle, most, chance):
            _judge(case, query, tracer.evaluate(query, outcome.trace), oracle, tally)
    return tally


def _judge(
    case: Case, query: tracer.Query, given: tracer.Gold | tracer.Refusal, oracle: Oracle, tally: Tally
) -> None:
    answer = oracle.answer(query)
    if isinstance(given, tracer.Refusal):
        tally.refused[query.kind] += 1
        tally.reasons[given.reason] += 1
        if isinstance(answer, Known):
            tally.without_gold[f"{given.reason} ({query.kind})"] += 1
        return
    match answer:
        case Known(text) if same_literal(text, given.literal):
            tally.agree[query.kind] += 1
        case Known(text):
            tally.disagree[query.kind] += 1
            tally.differences.append(Difference(case, query, given.literal, text))
        case NoAnswer(reason):
            tally.disagree[query.kind] += 1
            tally.differences.append(Difference(case, query, given.literal, f"none: {reason}"))
        case CannotTell(reason):
            tally.unknown[query.kind] += 1
            tally.doubts[reason[:60]] += 1
