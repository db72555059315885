"""What one problem contributes to a suite, and how it is made: verify, clean, vary, reduce, trace, ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from core_bench.records import Implementation, LeftOut, Probe, Problem, Record, Sample
from core_bench.suites.building.ask import ask_probes, ask_samples
from core_bench.suites.building.chance import Settled, settle
from core_bench.suites.building.clean import require_distinct
from core_bench.suites.building.reduce import Reduction, reduce_inputs
from core_bench.suites.building.vary import vary
from core_bench.suites.building.verify import (
    Reason,
    UnfitError,
    Verified,
    require_same,
    unfit_input,
    verify,
)
from core_bench.suites.inputs import draw_inputs
from core_bench.suites.problems import Source
from core_bench.suites.recipe import Recipe
from tracer import comparison_key, is_marker, parse_literal


class Part(Record):
    """What one problem contributes, and what was left out; `problem` is None where all of it was."""

    problem: Problem | None = None
    implementations: tuple[Implementation, ...] = ()
    samples: tuple[Sample, ...] = ()
    probes: tuple[Probe, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    reduction: dict[str, int] = Field(default_factory=dict)


@dataclass(slots=True)
class _Notes:
    """What is left out, as it is found."""

    rows: list[LeftOut] = field(default_factory=list)

    def add(
        self, what: Literal["problem", "implementation", "inputs"], name: str, reason: Reason, detail: str
    ) -> None:
        self.rows.append(LeftOut(what=what, id=name, reason=reason, detail=detail))


def build_part(source: Source, recipe: Recipe) -> Part:
    """Build what one problem contributes; what cannot be used is named and left out."""
    notes = _Notes()
    try:
        return _build(source, recipe, notes)
    except UnfitError as error:
        notes.add("problem", source.problem.id, error.reason, error.detail)
        return Part(left_out=tuple(notes.rows))


def _build(source: Source, recipe: Recipe, notes: _Notes) -> Part:
    problem = source.problem
    reference = _reference(source, recipe, notes)
    people = [reference, *_others(source, reference, recipe, notes)]
    programs = people + _variants(people, problem, recipe, notes)
    reduction = reduce_inputs(programs, problem.entry_point, recipe)
    if not reduction.tests:
        raise UnfitError("no input is left", "no call of it returns a literal")
    kept = [text for text in reference.outcomes if text in {*reduction.tests, *reduction.raising}]
    given = () if recipe.fresh else [text for text in problem.inputs if text in reference.outcomes]
    problem = problem.model_copy(update={"inputs": tuple(dict.fromkeys([*given, *kept]))})
    asked = [program for program in programs if program.implementation.chain or not recipe.fresh]
    if not asked:
        raise UnfitError("cannot be varied", "none of its variants is unlike the others")
    certain = _certain(settle(asked, problem.entry_point, kept), notes)
    probes, doubted = ask_probes(problem, certain, recipe)
    return Part(
        problem=problem,
        implementations=tuple(settled.program.implementation for settled in certain),
        samples=tuple(ask_samples(problem, certain, reduction.tests)),
        probes=tuple(probes),
        left_out=(*notes.rows, *doubted),
        reduction=_counts(reduction, len(reference.outcomes)),
    )


def _certain(programs: Sequence[Settled], notes: _Notes) -> list[Settled]:
    """Return the programs of which chance decides nothing.

    Raises:
        UnfitError: it decides what the first one does, with which the others were compared.
    """
    if programs[0].fault is not None:
        raise programs[0].fault
    for settled in programs:
        if settled.fault is not None:
            notes.add(
                "implementation",
                settled.program.implementation.id,
                settled.fault.reason,
                settled.fault.detail,
            )
    return [settled for settled in programs if settled.fault is None]


def _counts(reduction: Reduction, inputs: int) -> dict[str, int]:
    return {
        "inputs": inputs,
        "tests": len(reduction.tests),
        "cover": reduction.cover,
        "bound": reduction.bound,
        "exact": int(reduction.cover == reduction.bound),
        "requirements": reduction.requirements,
        "mutants": reduction.mutants,
        "killed": reduction.killed,
    }


def _reference(source: Source, recipe: Recipe, notes: _Notes) -> Verified:
    """Run the reference, and drop the inputs that it cannot be asked about."""
    problem = source.problem
    if source.contradiction is not None:
        raise UnfitError("tests disagree with the reference", source.contradiction)
    program = source.implementations[0]
    require_distinct(program, [], recipe)
    verified = verify(program, problem.entry_point, _inputs(source, recipe), ours=False)
    for text, expected in source.outputs:
        outcome = verified.outcomes.get(text)
        if outcome is not None and not _agrees(expected, outcome.value):
            got = outcome.value or outcome.exception
            raise UnfitError("tests disagree with the reference", f"({text}) gives {got}, not {expected}")
    unfit = {text: reason for text, row in verified.outcomes.items() if (reason := unfit_input(row))}
    for reason in sorted(set(unfit.values())):
        texts = [text for text, found in unfit.items() if found == reason]
        notes.add("inputs", problem.id, reason, f"{len(texts)}, such as ({texts[0][:80]})")
    kept = {text: row for text, row in verified.outcomes.items() if text not in unfit}
    if not any(row.status == "returned" for row in kept.values()):
        raise UnfitError("no input is left", "no call of it returns a literal")
    return Verified(program, kept)


def _agrees(expected: str, value: str | None) -> bool:
    """Compare as an `assert ==` in a test does, which takes 1 for 1.0."""
    if value is None or is_marker(value):
        return False
    wanted, got = parse_literal(expected), parse_literal(value)
    return bool(wanted == got) or comparison_key(wanted) == comparison_key(got)


def _inputs(source: Source, recipe: Recipe) -> list[str]:
    drawn: Sequence[str] = ()
    if source.generator is not None:
        drawn = draw_inputs(source.generator, recipe.drawn, recipe.seed)
    given = () if recipe.fresh and drawn else source.problem.inputs
    return list(dict.fromkeys([*given, *drawn]))


def _others(source: Source, reference: Verified, recipe: Recipe, notes: _Notes) -> list[Verified]:
    """Return the other programs that people wrote, as far as they do the same and are unlike those before."""
    kept = [reference]
    for program in source.implementations[1:]:
        try:
            require_distinct(program, [other.implementation for other in kept], recipe)
            verified = verify(program, source.problem.entry_point, list(reference.outcomes), ours=False)
            require_same(reference, verified)
        except UnfitError as error:
            notes.add("implementation", program.id, error.reason, error.detail)
        else:
            kept.append(verified)
    return kept[1:]


def _variants(people: Sequence[Verified], problem: Problem, recipe: Recipe, notes: _Notes) -> list[Verified]:
    tests = [f"{problem.entry_point}({text})" for text in people[0].outcomes]
    found: list[Verified] = []
    for parent in people:
        is_reference = parent is people[0]
        count = recipe.reference_variants if is_reference else recipe.alternate_variants
        kept = [program.implementation for program in (*people, *found)]
        try:
            made = vary(parent.implementation, tests, count, kept, recipe)
        except UnfitError as error:
            notes.add("implementation", f"{parent.implementation.id}~", error.reason, error.detail)
            continue
        for program in made:
            try:
                verified = verify(program, problem.entry_point, list(parent.outcomes), ours=True)
                require_same(people[0], verified)
            except UnfitError as error:
                notes.add("implementation", program.id, error.reason, error.detail)
            else:
                found.append(verified)
    return found
