"""Makes the samples and probes of one problem from what its implementations did."""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from core_bench.records import Implementation, LeftOut, Probe, Problem, Sample
from core_bench.suites.building.chance import Settled
from core_bench.suites.candidates import Candidate, Refusals, candidates
from core_bench.suites.chooser import Choice, choose
from core_bench.suites.matching import Program
from core_bench.suites.problems import hash_rank
from core_bench.suites.questions import PHRASINGS, question
from core_bench.suites.recipe import Recipe


def ask_samples(problem: Problem, programs: Sequence[Settled], tests: Sequence[str]) -> Iterator[Sample]:
    """Yield what each program returns on each test, where two observers saw the same.

    A test has the number that it has in the problem.
    """
    for settled in programs:
        program = settled.program
        for number, text in enumerate(problem.inputs, 1):
            outcome = program.outcomes[text]
            if text in tests and outcome.value is not None and text in settled.confirmed:
                yield Sample(
                    id=f"{program.implementation.id}/t{number}",
                    problem=problem.id,
                    implementation=program.implementation.id,
                    input=text,
                    gold=outcome.value,
                )


def ask_probes(
    problem: Problem, programs: Sequence[Settled], recipe: Recipe
) -> tuple[list[Probe], list[LeftOut]]:
    """Return the probes of all programs of one problem, and the questions that no two observers answer alike.

    A question that several programs are asked has one name.
    """
    refusals = [Refusals() for _ in programs]
    asked = [_program(settled, refused) for settled, refused in zip(programs, refusals, strict=True)]
    doubted = [
        row
        for settled, refused in zip(programs, refusals, strict=True)
        for row in _doubted(settled.program.implementation, refused)
    ]
    chosen = choose(asked, recipe.probes, Random(f"{recipe.seed}:{problem.id}"))
    names: dict[str, str] = {}
    probes: list[Probe] = []
    for program, choices in zip(asked, chosen, strict=True):
        for number, choice in enumerate(choices, 1):
            if choice.key is not None:
                names.setdefault(choice.key, f"{problem.id}/s{len(names) + 1}")
            shared = names.get(choice.key or "")
            probes.append(_probe(program.implementation, number, choice, shared, problem, recipe))
    return probes, doubted


def _doubted(program: Implementation, refusals: Refusals) -> Iterator[LeftOut]:
    """Yield a row for each question with two answers, and one for each reason why others have but one."""
    alone: Counter[tuple[str, str, str]] = Counter()
    for doubt in refusals.doubts:
        if doubt.reason == "observers differ":
            yield LeftOut(
                what="question",
                id=program.id,
                reason=doubt.reason,
                detail=doubt.detail,
                input=doubt.input,
                query=doubt.query,
            )
        else:
            alone[doubt.input, doubt.reason, doubt.detail] += 1
    for (text, reason, detail), count in alone.items():
        yield LeftOut(what="question", id=program.id, reason=reason, detail=detail, input=text, count=count)


def _program(settled: Settled, refusals: Refusals) -> Program:
    found: list[Candidate] = [row for run in settled.runs for row in candidates(run, refusals)]
    outcomes = settled.program.outcomes
    traces = {text: outcome.trace for text, outcome in outcomes.items() if outcome.trace is not None}
    return Program(settled.program.implementation, traces, found)


def _probe(
    program: Implementation,
    number: int,
    choice: Choice,
    shared: str | None,
    problem: Problem,
    recipe: Recipe,
) -> Probe:
    found = choice.candidate
    name = f"{program.id}/q{number}"
    phrasing = PHRASINGS[int(hash_rank(f"{recipe.seed}:{shared or name}")[:8], 16) % len(PHRASINGS)]
    return Probe(
        id=name,
        problem=problem.id,
        implementation=program.id,
        input=found.input,
        query=found.query,
        question=question(found.query, found.gold, problem, found.input, found.calls, phrasing),
        gold=found.gold,
        dimensions=found.dimensions,
        phrasing=phrasing,
        shared=shared,
    )
