"""What one installation of the tracer makes of the programs; `benchmarks.tracer_mutants` runs it in a folder.

    python -m benchmarks.mutant_suite build|audit SUBJECTS FINDINGS

`build` does what `suite build` does with programs of one's own, without choosing: each call is recorded and
observed, every question is asked that the builder would consider (`core_bench.suites.candidates`), and after
these every other question there is (`benchmarks.tracer_agreement.queries`). `audit` does what `suite audit`
does: the calls are made again under another hash seed, and every gold that was found is derived again (values
inside a statement only for programs that make sets: only they can depend on the seed).
"""

import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path

import tracer
from benchmarks.mutant_programs import Subject
from benchmarks.tracer_agreement import queries
from core_bench.suites.building.chance import makes_sets
from core_bench.suites.candidates import answer
from core_bench.suites.candidates import queries as considered
from core_bench.suites.views import Run, RunView

SEED, AUDIT_SEED = 0, 5  # the first of the builder's, and of the audit's
LIMITS = tracer.Limits(cpu_s=3, wall_s=10)
WORDS = "observers differ"


@dataclass
class Call:
    """One call, and all that a suite would hold of it.

    Attributes:
        status: the outcome's.
        outcome: the outcome as it is compared: what a sample's gold and its rules are made of.
        fault: why there is no trace, or no second observer; None where there are both, or the run was cut.
        answers: query -> (reason, literal or detail); the reason of a gold is "".
        considered: the queries that the builder asks, too.
        audited: what was different the second time.
    """

    status: str
    outcome: dict[str, object] = field(default_factory=dict)
    fault: str | None = None
    answers: dict[object, tuple[str, str]] = field(default_factory=dict)
    considered: set[object] = field(default_factory=set)
    audited: list[str] = field(default_factory=list)


def said(query: object, run: Run) -> tuple[str, str]:
    """Return what is answered, as plain data."""
    found = answer(query, run)
    return ("", found.literal) if isinstance(found, tracer.Gold) else (found.reason, found.detail)


def runs(subject: Subject, seed: int, inside: bool) -> Iterator[tuple[tracer.Outcome, Run | None]]:
    """Yield each call of a program, with what can be asked about it; `inside`: inside of statements, too."""
    options = {"hash_seed": seed, "limits": LIMITS}
    recorded = tracer.record_calls(subject.code, "f", subject.inputs, **options)
    observed = tracer.observe_calls(subject.code, "f", subject.inputs, **options) if inside else recorded
    for text, outcome, other in zip(subject.inputs, recorded, observed, strict=True):
        trace = outcome.trace
        yield outcome, None if trace is None else Run(text, trace, other.observation)


def built(outcome: tracer.Outcome, run: Run | None) -> Call:
    """Ask everything about one call."""
    call = Call(outcome.status, shown(outcome), fault_of(outcome))
    if run is not None:
        # Those of the builder first: it has to do without what a question before it may have prepared.
        for query in considered(run, RunView(run.trace)):
            call.considered.add(query)
            call.answers.setdefault(query, said(query, run))
        for query in queries(run.trace):
            if query not in call.answers:
                call.answers[query] = said(query, run)
    return call


def shown(outcome: tracer.Outcome) -> dict[str, object]:
    """Return what a caller can see of a call."""
    names = ("status", "value", "exception", "message", "arguments", "stdout")
    return {name: getattr(outcome, name) for name in names}


def fault_of(outcome: tracer.Outcome) -> str | None:
    """Say what was noticed about a whole call."""
    if outcome.status not in ("returned", "raised"):
        return f"{outcome.status}: {outcome.message}"
    if outcome.refused is not None:
        return outcome.refused
    trace = outcome.trace
    assert trace is not None
    return trace.unconfirmed if trace.second is None and trace.cut is None else None


def audit_call(call: Call, outcome: tracer.Outcome, run: Run | None) -> None:
    """Derive every gold of a call again, from another run of it."""
    if shown(outcome) != call.outcome:
        call.audited.append(f"another outcome: {shown(outcome)}")
    if run is None:
        if call.answers:
            call.audited.append(f"no trace: {outcome.refused}")
        return
    for query, (reason, text) in call.answers.items():
        if run.observation is None and isinstance(query, tracer.ExpressionValue | tracer.OperandOutcome):
            continue
        if not reason and (again := said(query, run)) != (reason, text):
            call.audited.append(f"{query}: {again} instead of {text}")


Findings = list[list[Call]]


def build(subjects: Sequence[Subject]) -> Findings:
    """Return all calls of all programs, with all that is asked about them."""
    return [list(starmap(built, runs(subject, SEED, inside=True))) for subject in subjects]


def audit(subjects: Sequence[Subject], calls: Findings) -> None:
    """Derive again what was built, and note what is different."""
    for subject, row in zip(subjects, calls, strict=True):
        again = runs(subject, AUDIT_SEED, inside=makes_sets(subject.code))
        for call, (outcome, run) in zip(row, again, strict=True):
            audit_call(call, outcome, run)


def main() -> None:
    """Read the programs, or what was built of them; write what was found."""
    source, target = map(Path, sys.argv[2:])
    assert Path(tracer.__file__).is_relative_to(Path.cwd()), "this is not the tracer that is meant"
    subjects = pickle.loads(source.read_bytes())
    if sys.argv[1] == "audit":
        calls = pickle.loads(target.read_bytes())
        audit(subjects, calls)
    else:
        calls = build(subjects)
    target.write_bytes(pickle.dumps(calls))


if __name__ == "__main__":
    from benchmarks import mutant_suite  # its classes, by the name under which they are read again

    mutant_suite.main()
