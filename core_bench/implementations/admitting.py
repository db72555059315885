"""Puts written implementations of many problems to the proof, and gives ids to those that are taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from core_bench.implementations.files import Written
from core_bench.records import Implementation
from core_bench.suites.problems import Source
from variants import Admission, Candidate, Demands, ProgramError, admit


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of one implementation."""

    implementation: Implementation
    admission: Admission


def admit_all(
    written: Sequence[Written],
    sources: Sequence[Source],
    n: int | None,
    demands: Demands,
    *,
    allow_unsafe: bool = False,
) -> tuple[list[Decided], list[str]]:
    """Decide about every implementation, problem by problem, in the order in which they were read.

    Returns:
        The decisions, and the problems whose own reference fails, with the reason.

    Raises:
        IsolationError: This machine cannot isolate what others wrote, and `allow_unsafe` is not given.
    """
    decided: list[Decided] = []
    failing: list[str] = []
    for source in sources:
        mine = [row for row in written if row.problem == source.problem.id]
        if not mine:
            continue
        problem = source.problem
        tests = [f"{problem.entry_point}({text})" for text in problem.inputs]
        candidates = [Candidate(row.family, row.code) for row in mine]
        try:
            reference = source.implementations[0].code
            admissions = admit(reference, tests, candidates, n, demands=demands, allow_unsafe=allow_unsafe)
        except ProgramError as error:
            failing.append(f"{problem.id}: {error}")
            continue
        counts: dict[str, int] = {}
        for admission in admissions:
            family = admission.candidate.family
            counts[family] = counts.get(family, 0) + 1
            name = f"{problem.id}/{_slug(family)}-{counts[family]}"
            row = Implementation(id=name, problem=problem.id, family=family, code=admission.candidate.code)
            decided.append(Decided(row, admission))
    return decided, failing


def _slug(family: str) -> str:
    return "".join(char if char.isalnum() or char in "._-" else "-" for char in family)
