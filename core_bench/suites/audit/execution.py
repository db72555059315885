"""The rules that only execution can check: every program runs again, and every gold is derived again."""

from collections.abc import Sequence
from dataclasses import dataclass

import variants
from core_bench.records import Implementation, Probe, ProbeQuery, Problem, Sample
from core_bench.suites.audit.findings import Ledger, Rule
from core_bench.suites.dimensions import dimensions_of
from core_bench.suites.questions import PHRASINGS, question
from core_bench.suites.views import RunView
from tracer import (
    ExpressionValue,
    Gold,
    LiteralError,
    OperandOutcome,
    Outcome,
    Refusal,
    evaluate,
    evaluate_expression,
    is_marker,
    literal,
    nondeterminism,
    observe_calls,
    parse_literal,
    record_calls,
)

HASH_SEEDS = (5, 11)
"""Others than those that a suite is built under."""

Behaviour = tuple[str | None, ...]

_RULE_OF: dict[str, Rule] = {
    "line not executed": "executed",
    "no such call": "executed",
    "loop not left": "executed",
    "ambiguous": "unique",
    "not deterministic": "deterministic",
    "observers differ": "observers",
    "unconfirmed": "observers",
    "opaque": "literal",
    "truncated": "literal",
}
"""Reason for which the tracer refuses a query -> the rule that it breaks; every other one is a premise."""

_SUPPOSED: tuple[Rule, ...] = ("observers", "executed", "unique", "premise")


@dataclass(frozen=True, slots=True)
class Case:
    """An implementation with all that is asked about it."""

    problem: Problem
    program: Implementation
    samples: tuple[Sample, ...]
    probes: tuple[Probe, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """What a call did under each hash seed, and the sources of chance that it reaches."""

    outcomes: tuple[Outcome, ...]
    sources: tuple[str, ...]
    observed: tuple[Outcome, ...] = ()

    @property
    def behaviour(self) -> Behaviour:
        """All that a caller can see of it."""
        return behaviour(self.outcomes[0])


def behaviour(outcome: Outcome) -> Behaviour:
    """Return all that a caller can see of a call."""
    return (outcome.status, outcome.value, outcome.exception, outcome.arguments, outcome.stdout)


def check_case(case: Case, ledger: Ledger) -> dict[str, Behaviour]:
    """Check one implementation; return what it does on each input of its problem."""
    program = case.program
    asked = [*(sample.input for sample in case.samples), *(probe.input for probe in case.probes)]
    inputs = tuple(dict.fromkeys((*case.problem.inputs, *asked)))
    runs = _runs(case, inputs)
    for text, run in runs.items():
        where = f"{program.id} on ({text})"
        first = run.outcomes[0]
        ended = first.status in ("returned", "raised")
        if ledger.check("runs", where, ended, f"{first.status}: {first.message}"):
            alike = all(behaviour(other) == run.behaviour for other in run.outcomes)
            ledger.check("deterministic", where, alike, f"hash seeds {HASH_SEEDS} give different outcomes")
            ledger.check("deterministic", where, not run.sources, f"it reaches {', '.join(run.sources)}")
    for sample in case.samples:
        got = runs[sample.input].outcomes[0]
        said = got.value or got.exception or got.status
        ledger.check("sample gold", sample.id, got.value == sample.gold, f"execution gives {said}")
        ledger.check("observers", sample.id, *_confirmed(got))
        _check_literal(sample.id, sample.gold, ledger)
    for probe in case.probes:
        _check_probe(probe, runs[probe.input], case, ledger)
    return {text: run.behaviour for text, run in runs.items()}


def check_provenance(program: Implementation, parent: Implementation, ledger: Ledger) -> None:
    """Replay the chain of a variant from its parent's code."""
    try:
        made = variants.replay(parent.code, program.chain)
    except variants.ProgramError as error:
        ledger.check("provenance", program.id, False, str(error))
    else:
        ledger.check("provenance", program.id, made == program.code, "the chain gives another text")


def _runs(case: Case, inputs: Sequence[str]) -> dict[str, Run]:
    code, entry_point = case.program.code, case.problem.entry_point
    recorded = [record_calls(code, entry_point, inputs, hash_seed=seed) for seed in HASH_SEEDS]
    asked = [probe.input for probe in case.probes if _is_inside(probe.query)]
    inside = tuple(dict.fromkeys(asked))
    observed = [observe_calls(code, entry_point, inside, hash_seed=seed) for seed in HASH_SEEDS if inside]
    seen = dict(zip(inside, zip(*observed, strict=True), strict=True)) if inside else {}
    reached = nondeterminism(code, entry_point, inputs)
    return {
        text: Run(outcomes, sources, seen.get(text, ()))
        for text, outcomes, sources in zip(inputs, zip(*recorded, strict=True), reached, strict=True)
    }


def _confirmed(outcome: Outcome) -> tuple[bool, str]:
    """Tell whether two observers saw how a call ends, and if not, why."""
    if outcome.trace is None:
        return False, f"it has no trace: {outcome.refused}"
    return outcome.trace.second is not None, outcome.trace.unconfirmed


def _is_inside(query: ProbeQuery) -> bool:
    return isinstance(query, ExpressionValue | OperandOutcome)


def _check_probe(probe: Probe, run: Run, case: Case, ledger: Ledger) -> None:
    _check_literal(probe.id, probe.gold, ledger)
    answers = _answers(probe.query, run)
    if not answers:
        refused = next((o.refused for o in (*run.outcomes, *run.observed) if o.refused is not None), None)
        rule: Rule = "executed" if refused is None else "observers"
        ledger.check(rule, probe.id, False, f"the run has no trace: {refused or run.outcomes[0].status}")
        return
    first = answers[0]
    alike = all(answer == first for answer in answers)
    ledger.check("deterministic", probe.id, alike, f"hash seeds {HASH_SEEDS} give different answers")
    broken, detail = None, ""
    if isinstance(first, Refusal):
        broken, detail = _RULE_OF.get(first.reason, "premise"), f"{first.reason}: {first.detail}"
    for rule in dict.fromkeys((*_SUPPOSED, *([broken] if broken else ()))):
        ledger.check(rule, probe.id, rule != broken, detail)
    if isinstance(first, Gold):
        ledger.check("probe gold", probe.id, first.literal == probe.gold, f"execution gives {first.literal}")
        _check_text(probe, run, case, ledger)


def _check_text(probe: Probe, run: Run, case: Case, ledger: Ledger) -> None:
    """Check what stands beside the gold: the question, the type that it states, the dimensions."""
    try:
        kind = type(parse_literal(probe.gold)).__name__
    except LiteralError:
        return  # said already
    ledger.check("type", probe.id, f"type `{kind}`" in probe.question, f"it does not say `{kind}`")
    trace = run.outcomes[0].trace
    assert trace is not None  # there was an answer
    calls = max((frame.call for frame in trace.frames if frame.function == probe.query.function), default=1)
    if probe.phrasing in PHRASINGS:
        text = question(probe.query, probe.gold, case.problem, probe.input, calls, probe.phrasing)
        ledger.check("question", probe.id, text == probe.question, f"its query gives: {text}")
    else:
        ledger.check("question", probe.id, False, f"there is no phrasing {probe.phrasing}")
    given = dimensions_of(probe.query, probe.gold, RunView(trace))
    said = ", ".join(given) or "none"
    ledger.check("dimensions", probe.id, probe.dimensions == given, f"the rules give {said}")


def _answers(query: ProbeQuery, run: Run) -> list[Gold | Refusal]:
    """Return what each run answers; nothing where one of them has no trace, or no observation."""
    traces = [outcome.trace for outcome in run.outcomes if outcome.trace is not None]
    if len(traces) < len(run.outcomes):
        return []
    if isinstance(query, ExpressionValue | OperandOutcome):
        seen = [outcome.observation for outcome in run.observed if outcome.observation is not None]
        return [evaluate_expression(query, one) for one in seen] if len(seen) == len(run.observed) else []
    return [evaluate(query, trace) for trace in traces]


def _check_literal(subject: str, gold: str, ledger: Ledger) -> None:
    try:
        canonical = literal(parse_literal(gold))
    except LiteralError as error:
        ledger.check("literal", subject, False, f"{gold}: {error}")
    else:
        is_so = canonical == gold and not is_marker(gold)
        ledger.check("literal", subject, is_so, f"it should be {canonical}")
