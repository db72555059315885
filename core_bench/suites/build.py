"""Builds a suite from problems: verify, vary, trace, ask. The same sources and seed give the same bytes."""

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from random import Random

import variants
from core_bench.errors import CoreBenchError
from core_bench.records import Implementation, Probe, Problem, Sample
from core_bench.suites.chooser import choose
from core_bench.suites.lite import choose_lite
from core_bench.suites.problems import SPLIT_RULE, Source, hash_rank
from core_bench.suites.questions import question
from core_bench.suites.suite import FORMAT, Suite, SuiteHeader, file_texts, sha256
from tracer import Outcome, Trace, is_marker, record_calls

HASH_SEEDS = tuple(range(16))
"""Two for every program; all for one that makes sets, as two elements keep their order by chance in every
second run."""

_STRUCTURAL = tuple(
    sorted(name for name, transform in variants.TRANSFORMS.items() if transform.changes != {"vocabulary"})
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides a suite besides its problems; recorded in its header.

    Attributes:
        tests: how many inputs of a problem become samples (those whose call returns, in their order).
        reference_variants: variants made from each reference; `alternate_variants` from each alternate.
        probes: probes for each implementation.
    """

    name: str
    version: str
    description: str
    seed: int = 1
    tests: int = 6
    reference_variants: int = 2
    alternate_variants: int = 1
    probes: int = 4


@dataclass(frozen=True, slots=True)
class _Part:
    """What one problem contributes."""

    implementations: tuple[Implementation, ...]
    samples: tuple[Sample, ...]
    probes: tuple[Probe, ...]


def check_name(name: str) -> str:
    """Return a suite's name, which also names folders; raises `CoreBenchError` if it cannot."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise CoreBenchError(f"{name!r} cannot name a suite", "Use letters, digits, - _ and . (--name).")
    return name


def build_suite(
    sources: Sequence[Source],
    recipe: Recipe,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Suite:
    """Build a suite; `on_progress` is told (problems done, problems in all).

    Raises:
        CoreBenchError: an implementation disagrees with its reference, is not deterministic, or fails.
    """
    parts: list[_Part] = []
    # The work is done by subprocesses, so threads keep all cores busy; the order of results is kept.
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        on_progress(0, len(sources))
        for part in pool.map(lambda source: _build_part(source, recipe), sources):
            parts.append(part)
            on_progress(len(parts), len(sources))
    finally:
        pool.shutdown(cancel_futures=True)
    problems = tuple(source.problem for source in sources)
    implementations = tuple(row for part in parts for row in part.implementations)
    samples = tuple(row for part in parts for row in part.samples)
    probes = tuple(row for part in parts for row in part.probes)
    texts = file_texts(problems, implementations, samples, probes)
    header = SuiteHeader(
        format=FORMAT,
        name=recipe.name,
        version=recipe.version,
        description=recipe.description,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        split_rule=SPLIT_RULE,
        parameters={
            "seed": recipe.seed,
            "tests": recipe.tests,
            "reference_variants": recipe.reference_variants,
            "alternate_variants": recipe.alternate_variants,
            "probes": recipe.probes,
        },
        counts={
            "problems": len(problems),
            "implementations": len(implementations),
            "samples": len(samples),
            "probes": len(probes),
        },
        lite=choose_lite(problems, samples, probes),
        files={name: sha256(text) for name, text in texts.items()},
    )
    return Suite(header, problems, implementations, samples, probes)


def _build_part(source: Source, recipe: Recipe) -> _Part:
    problem = source.problem
    runs = [_run(program, problem) for program in source.implementations]
    _agree(source.implementations, runs, problem)
    programs = list(zip(source.implementations, runs, strict=True))
    for parent in source.implementations:
        wanted = recipe.reference_variants if parent.family == "reference" else recipe.alternate_variants
        programs.extend(_variants(parent, problem, wanted, recipe.seed))
    texts = [
        text for text, outcome in zip(problem.inputs, runs[0], strict=True) if outcome.status == "returned"
    ]
    samples = tuple(
        row for program, run in programs for row in _samples(program, problem, run, texts[: recipe.tests])
    )
    probes = tuple(row for program, run in programs for row in _probes(program, problem, run, recipe))
    return _Part(tuple(program for program, _ in programs), samples, probes)


def _run(program: Implementation, problem: Problem) -> list[Outcome]:
    """Trace a program on every input, under several hash seeds.

    An outcome must not depend on the seed. Where only its states do (a loop over a set of strings, say) it
    loses its trace: it can be a sample, but its states can be no gold.
    """
    seeds = HASH_SEEDS if _makes_sets(program.code) else HASH_SEEDS[:2]
    first, *others = (
        record_calls(program.code, problem.entry_point, problem.inputs, hash_seed=seed) for seed in seeds
    )
    for text, outcome, *again in zip(problem.inputs, first, *others, strict=True):
        where = f"{program.id} on ({text})"
        if outcome.status not in ("returned", "raised"):
            raise CoreBenchError(f"{where}: {outcome.status}: {outcome.message}")
        if outcome.value is not None and is_marker(outcome.value):
            raise CoreBenchError(f"{where}: the returned value has no literal: {outcome.value}")
        if any(_behaviour(outcome) != _behaviour(other) for other in again):
            raise CoreBenchError(f"{where}: two runs differ (by the hash seed, or at random): no gold")
    return [
        outcome if all(outcome.trace == other.trace for other in again) else replace(outcome, trace=None)
        for outcome, *again in zip(first, *others, strict=True)
    ]


def _makes_sets(code: str) -> bool:
    return any(
        isinstance(node, ast.Set | ast.SetComp)
        or (isinstance(node, ast.Name) and node.id in ("set", "frozenset"))
        or (isinstance(node, ast.Attribute) and node.attr in ("keys", "items"))  # their views make sets, too
        for node in ast.walk(ast.parse(code))
    )


def _agree(programs: Sequence[Implementation], runs: Sequence[list[Outcome]], problem: Problem) -> None:
    for program, run in zip(programs[1:], runs[1:], strict=True):
        for text, expected, got in zip(problem.inputs, runs[0], run, strict=True):
            if _behaviour(expected) != _behaviour(got):
                raise CoreBenchError(
                    f"{program.id} disagrees with {programs[0].id} on ({text}): "
                    f"{got.value or got.exception} instead of {expected.value or expected.exception}",
                    "Value and type, exception type, mutated arguments and output must be the same.",
                )


def _behaviour(outcome: Outcome) -> tuple[str | None, ...]:
    return (outcome.status, outcome.value, outcome.exception, outcome.arguments, outcome.stdout)


def _variants(
    parent: Implementation, problem: Problem, count: int, seed: int
) -> Iterator[tuple[Implementation, list[Outcome]]]:
    """Yield variants with their runs: by turns of other structure, and of other names, too.

    One whose runs can carry no gold is left out.
    """
    codes = {parent.code}
    for number in range(1, count + 1):
        for names in (_STRUCTURAL, None) if number % 2 else (None,):
            own_seed = int(hash_rank(f"{seed}:{parent.id}:{number}")[:8], 16)
            tests = [f"{problem.entry_point}({text})" for text in problem.inputs]
            made = variants.generate(parent.code, tests, 1, own_seed, transforms=names).variants
            if made and made[0].code not in codes:
                break
        else:
            continue
        codes.add(made[0].code)
        program = Implementation(
            id=f"{parent.id}~{number}",
            problem=problem.id,
            family="variant",
            code=made[0].code,
            parent=parent.id,
            chain=made[0].chain,
        )
        with suppress(CoreBenchError):
            yield program, _run(program, problem)


def _samples(
    program: Implementation, problem: Problem, run: Sequence[Outcome], texts: Sequence[str]
) -> Iterator[Sample]:
    for number, (text, outcome) in enumerate(zip(problem.inputs, run, strict=True), 1):
        if text in texts and outcome.value is not None:
            yield Sample(
                id=f"{program.id}/t{number}",
                problem=problem.id,
                implementation=program.id,
                input=text,
                gold=outcome.value,
            )


def _probes(
    program: Implementation, problem: Problem, run: Sequence[Outcome], recipe: Recipe
) -> Iterator[Probe]:
    traces: list[tuple[str, Trace]] = [
        (text, outcome.trace)
        for text, outcome in zip(problem.inputs, run, strict=True)
        if outcome.trace is not None and outcome.status == "returned"
    ]
    random = Random(f"{recipe.seed}:{program.id}")
    for number, chosen in enumerate(choose(traces, recipe.probes, random), 1):
        yield Probe(
            id=f"{program.id}/q{number}",
            problem=problem.id,
            implementation=program.id,
            input=chosen.input,
            query=chosen.query,
            question=question(chosen.query, chosen.gold, problem, chosen.input, chosen.calls),
            gold=chosen.gold,
            dimensions=chosen.dimensions,
        )
