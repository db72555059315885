"""Makes a fresh suite of the shape of another one, so that a leaderboard can rotate (contamination control).

The problems are the same; everything that a model can have seen of them is not: functions and variables have
new names, inputs are drawn anew, and only variants are asked, never a program that is in the old suite. The
seed decides all of it.
"""

import keyword
import re
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import variants
from core_bench.errors import CoreBenchError
from core_bench.records import Implementation, Problem
from core_bench.suites.build import build_suite, check_name
from core_bench.suites.problems import Source
from core_bench.suites.recipe import Recipe
from core_bench.suites.suite import Suite
from tracer import source_lines
from variants.inputs import extend_inputs

_RENAMES = ("rename_by_role", "rename_locals")
_DRAWN = 32
_HEADS = (
    "answer", "build", "compute", "derive", "digest", "evaluate", "find", "handle", "make", "process",
    "produce", "resolve", "run", "settle", "work_out",
)  # fmt: skip
_TAILS = (
    "amount", "batch", "case", "chain", "data", "entry", "figure", "group", "item", "list", "mark", "part",
    "plan", "record", "result", "series", "state", "table", "total", "unit", "value",
)  # fmt: skip


def refresh_suite(
    suite: Suite,
    seed: int,
    problems: Path,
    *,
    name: str | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    workers: int | None = None,
    work: Path | None = None,
) -> Suite:
    """Build a fresh suite from the problems of another one.

    Args:
        suite: The other one.
        seed: Decides names, inputs, variants and probes; another one than its own.
        problems: Where the generators of inputs are looked for, by the ids of the problems. A problem without
            one has its inputs changed at random, as they are for the proof of variants.
        name: Of the fresh suite; by default the other one's with the seed.
        on_progress: Is told (problems done, problems in all).
        workers: Processes to build with.
        work: Folder that keeps what is finished.

    Raises:
        CoreBenchError: the suite holds no programs that people wrote, was built with this very seed, or on
            another Python minor.
    """
    suite.require_python()
    parameters = suite.header.parameters
    if parameters.get("fresh"):
        raise CoreBenchError(
            f"{suite.header.name} is a fresh suite itself, without the programs that people wrote",
            "Refresh the suite that it was made from, with another seed.",
        )
    if seed == parameters.get("seed"):
        raise CoreBenchError(
            f"{suite.header.name} was built with seed {seed} itself", "Take another one (--seed)."
        )
    recipe = _recipe(suite, seed, check_name(name or f"{suite.header.name}-r{seed}"))
    sources = fresh_sources(suite, seed, problems)
    return build_suite(sources, recipe, on_progress, workers=workers, work=work)


def fresh_sources(suite: Suite, seed: int, problems: Path) -> list[Source]:
    """Return the problems of a suite with new names, and with other inputs or a generator of them.

    Raises:
        CoreBenchError: a problem has no program that people wrote.
    """
    return [_source(problem, suite, seed, problems) for problem in suite.problems]


def _recipe(suite: Suite, seed: int, name: str) -> Recipe:
    """Return the recipe of the other suite with this seed, and one variant more for each program left out."""
    known = set(Recipe.__dataclass_fields__)
    fields = {key: value for key, value in suite.header.parameters.items() if key in known}
    recipe = Recipe(
        **{  # type: ignore[arg-type]
            **fields,
            "name": name,
            "version": suite.header.version,
            "description": f"A fresh suite of the shape of {suite.header.name}. {suite.header.description}",
        }
    )
    return replace(
        recipe,
        seed=seed,
        fresh=True,
        reference_variants=recipe.reference_variants + 1,
        alternate_variants=recipe.alternate_variants + 1,
    )


def _source(problem: Problem, suite: Suite, seed: int, problems: Path) -> Source:
    """Return a problem with new names, and without the inputs that it had."""
    rng = Random(f"{seed}:{problem.id}")
    people = [p for p in suite.implementations if p.problem == problem.id and p.parent is None]
    people.sort(key=lambda program: program.family != "reference")
    if not people:
        raise CoreBenchError(f"{suite.header.name} has no program of {problem.id} that people wrote")
    taken = "\n".join(program.code for program in people)
    entry_point = new_name(problem.entry_point, taken, rng)
    programs = tuple(
        program.model_copy(update={"code": renamed(program, problem, entry_point, rng)}) for program in people
    )
    place = problems / problem.id
    has_generator = (place / "inputs.py").is_file()
    inputs = problem.inputs if has_generator else _changed_inputs(people[0], problem, seed)
    fresh = problem.model_copy(update={"entry_point": entry_point, "inputs": inputs})
    return Source(fresh, programs, generator=place if has_generator else None)


def new_name(old: str, taken: str, rng: Random) -> str:
    """Return a name for a function that tells nothing and stands nowhere in the text `taken`."""
    names = [f"{head}_{tail}" for head in _HEADS for tail in _TAILS]
    rng.shuffle(names)
    return next(name for name in names if name != old and not re.search(rf"\b{name}\b", taken))


def renamed(program: Implementation, problem: Problem, entry_point: str, rng: Random) -> str:
    """Return a program whose entry point has a new name, and whose variables have, too."""
    code = rename_name(program.code, problem.entry_point, entry_point)
    chance = rng.randrange(1 << 30)
    return variants.compose(code, entry_point, problem.inputs, chance, _RENAMES, max_links=1).code


def rename_name(code: str, old: str, new: str) -> str:
    """Exchange a name wherever it stands as a name of its own: not as an attribute, not in a text."""
    if keyword.iskeyword(old):
        raise ValueError(f"{old} is no name")
    lines = source_lines(code, keepends=True)
    places = []
    before = ""
    for token in tokenize.generate_tokens((f"{line}\n" for line in source_lines(code)).__next__):
        if token.type == tokenize.NAME and token.string == old and before != ".":
            places.append(token.start)
        before = token.string
    for row, column in reversed(places):
        line = lines[row - 1]
        lines[row - 1] = f"{line[:column]}{new}{line[column + len(old) :]}"
    return "".join(lines)


def _changed_inputs(program: Implementation, problem: Problem, seed: int) -> tuple[str, ...]:
    """Draw inputs for a problem that has no generator, from those that it has; without those."""
    drawn = extend_inputs(program.code, problem.entry_point, problem.inputs, seed=seed, count=_DRAWN)
    return drawn.texts[drawn.given :] or problem.inputs


def overlap(fresh: Suite, old: Suite) -> dict[str, int]:
    """Count what a fresh suite has in common with the old one."""
    inputs = {(sample.problem, sample.input) for sample in old.samples}
    return {
        "programs": len(_codes(fresh) & _codes(old)),
        "samples": len(_pairs(fresh) & _pairs(old)),
        "inputs": len({(sample.problem, sample.input) for sample in fresh.samples} & inputs),
        "functions": len(_functions(fresh.problems) & _functions(old.problems)),
    }


def _pairs(suite: Suite) -> set[tuple[str, str]]:
    codes = {program.id: program.code for program in suite.implementations}
    return {(codes[sample.implementation], sample.input) for sample in suite.samples}


def _codes(suite: Suite) -> set[str]:
    return {program.code for program in suite.implementations}


def _functions(problems: Sequence[Problem]) -> set[tuple[str, str]]:
    return {(problem.id, problem.entry_point) for problem in problems}
