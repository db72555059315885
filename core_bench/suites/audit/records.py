"""The rules that a suite's files must keep by themselves, before anything is run."""

from collections import defaultdict
from collections.abc import Iterable

from core_bench.records import Probe, Sample
from core_bench.suites.audit.findings import Ledger, Rule, repeated
from core_bench.suites.problems import SPLIT_RULE, split_problems
from core_bench.suites.suite import Suite


def check_records(suite: Suite, ledger: Ledger) -> None:
    """Check ids, references, counts, splits, repetitions and shared questions."""
    _ids(suite, ledger)
    _references(suite, ledger)
    _counts(suite, ledger)
    _split(suite, ledger)
    _distinct(suite, ledger)
    _shared(suite, ledger)


def _ids(suite: Suite, ledger: Ledger) -> None:
    kinds = (
        [problem.id for problem in suite.problems],
        [program.id for program in suite.implementations],
        [*(sample.id for sample in suite.samples), *(probe.id for probe in suite.probes)],
    )
    for names in kinds:
        twice = set(repeated(names))
        for name in dict.fromkeys(names):
            ledger.check("ids", name, name not in twice, "several have this id")


def _references(suite: Suite, ledger: Ledger) -> None:
    problems = {problem.id: problem for problem in suite.problems}
    programs = {program.id: program for program in suite.implementations}
    is_fresh = bool(suite.header.parameters.get("fresh"))  # it leaves out what its variants were made from
    for program in suite.implementations:
        there = program.problem in problems
        ledger.check("references", program.id, there, f"there is no problem {program.problem}")
        if program.parent is not None and not is_fresh:
            parent = programs.get(program.parent)
            there = parent is not None and parent.problem == program.problem
            ledger.check(
                "references", program.id, there, f"its problem has no implementation {program.parent}"
            )
    rows: tuple[Sample | Probe, ...] = (*suite.samples, *suite.probes)
    for row in rows:
        about = programs.get(row.implementation)
        there = about is not None and about.problem == row.problem
        ledger.check("references", row.id, there, f"{row.problem} has no implementation {row.implementation}")
        known = row.problem in problems and row.input in problems[row.problem].inputs
        ledger.check("references", row.id, known, f"({row.input}) is no input of {row.problem}")
    references = {program.problem for program in suite.implementations if program.family == "reference"}
    for name in () if is_fresh else problems:
        ledger.check("references", name, name in references, "it has no reference implementation")


def _counts(suite: Suite, ledger: Ledger) -> None:
    held = {
        "problems": len(suite.problems),
        "implementations": len(suite.implementations),
        "samples": len(suite.samples),
        "probes": len(suite.probes),
    }
    for what, count in held.items():
        said = suite.header.counts.get(what)
        ledger.check("counts", what, said == count, f"the header says {said}, the file holds {count}")


def _split(suite: Suite, ledger: Ledger) -> None:
    if suite.header.split_rule == SPLIT_RULE:
        sides = split_problems(sorted(problem.id for problem in suite.problems))
        for problem in suite.problems:
            side = sides[problem.id]
            ledger.check("split", problem.id, problem.split == side, f"the rule puts it into {side}")
    test = {problem.id for problem in suite.problems if problem.split == "test"}
    where = {sample.id: sample.problem for sample in suite.samples}
    where |= {probe.id: probe.problem for probe in suite.probes}
    for name in suite.header.lite:
        ledger.check("split", name, where.get(name) in test, "lite has it, but it is not in test")


def _distinct(suite: Suite, ledger: Ledger) -> None:
    same: tuple[tuple[str, dict[tuple[str, ...], list[str]]], ...] = (
        ("the same code", _groups((p.id, (p.problem, p.code)) for p in suite.implementations)),
        ("the same input", _groups((s.id, (s.implementation, s.input)) for s in suite.samples)),
        (
            "the same query",
            _groups((p.id, (p.implementation, p.input, repr(p.query))) for p in suite.probes),
        ),
    )
    for what, groups in same:
        for first, *others in groups.values():
            ledger.check("distinct", first, not others, f"{', '.join(others)}: {what}")


def _groups(rows: Iterable[tuple[str, tuple[str, ...]]]) -> dict[tuple[str, ...], list[str]]:
    groups: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, key in rows:
        groups[key].append(name)
    return groups


def _shared(suite: Suite, ledger: Ledger) -> None:
    groups: defaultdict[str, list[Probe]] = defaultdict(list)
    for probe in suite.probes:
        if probe.shared is not None:
            groups[probe.shared].append(probe)
    rule: Rule = "shared"
    for name, members in groups.items():
        standing = [probe for probe in members if probe.id not in suite.retracted] or members[:1]
        for field in ("problem", "input", "gold", "phrasing"):
            values = {str(getattr(probe, field)) for probe in standing}
            ledger.check(
                rule, name, len(values) == 1, f"its probes have {field}s {', '.join(sorted(values))}"
            )
        programs = [probe.implementation for probe in members]
        ledger.check(rule, name, len(programs) > 1, "only one implementation is asked it")
        ledger.check(rule, name, not repeated(programs), f"{', '.join(repeated(programs))} is asked it twice")
