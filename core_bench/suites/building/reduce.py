"""Takes of all inputs the fewest that reach every branch and kill every mutant that any of them does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import variants
from core_bench.suites.building.cover import greedy_order, smallest_cover
from core_bench.suites.building.verify import Verified, behaviour
from core_bench.suites.recipe import Recipe
from tracer import Limits, Outcome, run_calls
from variants.budget import with_budget

_LIMITS = Limits(cpu_s=1, wall_s=60.0)  # of the processor: a loaded machine kills no mutant
_RAISING = 2
"""Inputs that raise, for questions about exceptions."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """The inputs that are kept.

    Attributes:
        tests: those that become samples, in the order of the problem's inputs.
        raising: those that end with an exception and are asked about only.
        cover: how many of the tests are the cover.
        bound: no cover is smaller.
        requirements: branches and killed mutants that had to be covered.
        mutants: mutants that were run, and `killed`, those that any input told from the original.
    """

    tests: tuple[str, ...]
    raising: tuple[str, ...]
    cover: int
    bound: int
    requirements: int
    mutants: int
    killed: int


def reduce_inputs(programs: Sequence[Verified], entry_point: str, recipe: Recipe) -> Reduction:
    """Choose the inputs of one problem; `programs` are its implementations, the reference first."""
    outcomes = programs[0].outcomes
    reached: dict[str, set[str]] = {text: set() for text in outcomes}
    for program in programs:
        for text, outcome in program.outcomes.items():
            reached[text].update(f"{program.implementation.id} {arc}" for arc in arcs(outcome))
    run = killed = 0
    for program in programs:
        if program.implementation.chain:
            continue  # a variant's mutants are those of its parent, in other words
        for number, kills in enumerate(_mutant_kills(program, entry_point, recipe)):
            run += 1
            killed += bool(kills)
            for text in kills:
                reached[text].add(f"{program.implementation.id} mutant {number}")
    order = sorted(outcomes, key=lambda text: (len(text), list(outcomes).index(text)))  # short ones first
    returning = [text for text in order if outcomes[text].status == "returned"]
    sets = [frozenset(reached[text]) for text in returning]
    cover = smallest_cover(sets)
    filling = greedy_order(sets, cover.chosen, recipe.tests - len(cover.chosen))
    chosen = {returning[index] for index in (*cover.chosen, *filling)}
    raising = [text for text in order if outcomes[text].status == "raised"]
    wanted = set(greedy_order([frozenset(reached[text]) for text in raising], (), _RAISING))
    return Reduction(
        tests=tuple(text for text in outcomes if text in chosen),
        raising=tuple(text for index, text in enumerate(raising) if index in wanted),
        cover=len(cover.chosen),
        bound=cover.bound,
        requirements=len(frozenset().union(*sets)),
        mutants=run,
        killed=killed,
    )


def arcs(outcome: Outcome) -> Iterator[str]:
    """Yield each pair of lines that a call executed one after the other: line and branch coverage in one."""
    if outcome.trace is None:
        return
    for frame in outcome.trace.frames:
        lines = [0, *frame.columns.lines, -1 if frame.raised is None else -2]
        for first, second in dict.fromkeys(pairwise(lines)):
            yield f"{frame.function} {first} {second}"


def _mutant_kills(program: Verified, entry_point: str, recipe: Recipe) -> Iterator[list[str]]:
    """Yield, for each mutant, the inputs on which it does something else than the program.

    A mutant may take a number of steps, not of seconds: the same on every machine.
    """
    implementation = program.implementation
    found = list(variants.mutants(implementation.code, entry_point))
    if len(found) > recipe.mutants:
        places = Random(f"{recipe.seed}:{implementation.id}").sample(range(len(found)), recipe.mutants)
        found = [found[place] for place in sorted(places)]
    texts = list(program.outcomes)
    expected = [behaviour(outcome) for outcome in program.outcomes.values()]
    for mutant in found:
        code, entry = with_budget(mutant.code, entry_point)
        # Thousands of runs that only choose inputs; they may share a process.
        outcomes = run_calls(code, entry, texts, limits=_LIMITS, isolation="program")
        yield [
            text for text, want, got in zip(texts, expected, outcomes, strict=True) if want != behaviour(got)
        ]
