"""What a rewrite costs a model: samples of variants beside samples of the programs that they came from.

Two comparisons for a transform t, both within a problem, an original and a test input:

* `transform_drop/t`: the original's result minus that of each variant with t in its chain. It contains the
  cost of the other transforms of the chain.
* `transform_effect/t`: the mean over variants with t minus the mean over the same original's variants
  without t. Positive is better; that both sides are variants takes out what any rewriting costs.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable

from core_bench.records import Implementation
from core_bench.scoring.outcomes import Outcomes
from core_bench.statistics import Clusters, clustered
from core_bench.suites import Suite

_BOUNDS = (-1.0, 1.0)
Pairs = list[tuple[Hashable, float]]


def transform_clusters(suite: Suite, run: Outcomes) -> dict[str, Clusters]:
    """Return `transform_drop/...` and `transform_effect/...` -> numbers by problem; unit: pairs."""
    programs = {program.id: program for program in suite.implementations}
    share: dict[tuple[str, str], float] = {}
    problem_of: dict[str, str] = {}
    family: dict[tuple[str, str], list[Implementation]] = defaultdict(list)
    for row, item in enumerate(run.items):
        if item.kind == "sample":
            program = programs[item.implementation]
            share[program.id, item.input] = float(run.share[row])
            problem_of[program.id] = item.problem
            if program.chain:
                family[_original(program, programs), item.input].append(program)

    drops: dict[str, Pairs] = defaultdict(list)
    effects: dict[str, Pairs] = defaultdict(list)
    for (original, text), variants in family.items():
        problem = problem_of[variants[0].id]
        names = sorted({link.transform for variant in variants for link in variant.chain})
        for name in names:
            having = [share[variant.id, text] for variant in variants if _has(variant, name)]
            lacking = [share[variant.id, text] for variant in variants if not _has(variant, name)]
            if (original, text) in share:
                drops[name] += [(problem, share[original, text] - value) for value in having]
            if lacking:
                effects[name].append((problem, _mean(having) - _mean(lacking)))
    return {
        **{
            f"transform_drop/{name}": clustered(pairs, "pairs", _BOUNDS)
            for name, pairs in sorted(drops.items())
        },
        **{
            f"transform_effect/{name}": clustered(pairs, "pairs", _BOUNDS)
            for name, pairs in sorted(effects.items())
        },
    }


def _original(program: Implementation, programs: dict[str, Implementation]) -> str:
    """Return the program that a variant was made from; a variant of a variant leads to the same one."""
    while program.chain and program.parent in programs:
        program = programs[program.parent]
    return program.id


def _has(program: Implementation, transform: str) -> bool:
    return any(link.transform == transform for link in program.chain)


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)
