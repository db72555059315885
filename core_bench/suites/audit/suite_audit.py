"""Audits a suite: every implementation runs again, every gold is derived again, every rule is checked."""

from collections import defaultdict
from collections.abc import Callable

from core_bench.records import Probe, Sample
from core_bench.suites.audit.execution import HASH_SEEDS, Behaviour, Case, check_case, check_provenance
from core_bench.suites.audit.findings import Findings, Ledger
from core_bench.suites.audit.records import check_records
from core_bench.suites.side_by_side import side_by_side
from core_bench.suites.suite import Suite


def audit_suite(
    suite: Suite,
    *,
    chains: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Findings:
    """Check every rule of `RULES`; of what is retracted only the record is looked at, not the gold.

    Args:
        suite: What to audit.
        chains: Replay the chains of transforms, too (the rule `provenance`); that takes longer.
        on_progress: Is told (implementations done, implementations in all).

    Raises:
        CoreBenchError: the suite was built on another Python minor: its states are not those of this one.
    """
    suite.require_python()
    ledger = Ledger()
    check_records(suite, ledger)
    cases = _cases(suite, ledger)
    programs = {program.id: program for program in suite.implementations}
    done: list[dict[str, Behaviour]] = []

    def audited(case: Case) -> tuple[Ledger, dict[str, Behaviour]]:
        own = Ledger()
        behaviours = check_case(case, own)
        parent = programs.get(case.program.parent or "")
        if chains and parent is not None:
            check_provenance(case.program, parent, own)
        return own, behaviours

    on_progress(0, len(cases))
    for own, behaviours in side_by_side(audited, cases):
        ledger.add(own)
        done.append(behaviours)
        on_progress(len(done), len(cases))
    _equivalent(cases, done, ledger)
    return Findings(
        suite=suite.header.name,
        hash=suite.hash,
        python=suite.header.python,
        hash_seeds=HASH_SEEDS,
        checked={rule: count for rule, count, _ in ledger.counts()},
        faults=tuple(ledger.faults),
        retracted=len(suite.retracted),
    )


def _cases(suite: Suite, ledger: Ledger) -> list[Case]:
    samples: defaultdict[str, list[Sample]] = defaultdict(list)
    probes: defaultdict[str, list[Probe]] = defaultdict(list)
    for sample in suite.samples:
        if sample.id not in suite.retracted:
            samples[sample.implementation].append(sample)
    for probe in suite.probes:
        if probe.id not in suite.retracted:
            probes[probe.implementation].append(probe)
    problems = {problem.id: problem for problem in suite.problems}
    return [
        Case(problems[program.problem], program, tuple(samples[program.id]), tuple(probes[program.id]))
        for program in suite.implementations
        if program.problem in problems  # that it is not there was noted already
    ]


def _equivalent(cases: list[Case], done: list[dict[str, Behaviour]], ledger: Ledger) -> None:
    references: dict[str, dict[str, Behaviour]] = {}
    for case, behaviours in zip(cases, done, strict=True):
        # A refreshed suite leaves out the reference: there the first of a problem stands for it.
        if case.program.family == "reference" or case.problem.id not in references:
            references[case.problem.id] = behaviours
    for case, behaviours in zip(cases, done, strict=True):
        expected = references.get(case.problem.id)
        if expected is None or expected is behaviours:
            continue
        for text, got in behaviours.items():
            if text in expected:
                said = f"{got[1] or got[2] or got[0]} instead of {expected[text][1] or expected[text][2]}"
                same = got == expected[text]
                ledger.check("equivalent", f"{case.program.id} on ({text})", same, said)
