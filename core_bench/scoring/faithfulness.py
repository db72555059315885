"""Does a right output rest on right states? Samples and probes of the same run, side by side.

A *run* here is one (implementation, test input): the output is asked by a sample, states by probes.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

import numpy as np

from core_bench.items import Item
from core_bench.scoring.outcomes import Outcomes, Table
from core_bench.statistics import Clusters, clustered
from core_bench.statistics.clusters import Vector
from core_bench.suites import Suite


def faithful(run: Outcomes) -> Clusters:
    """Share of runs whose output and every probe are right, over all runs that have both."""
    return clustered(
        ((problem, float((output & states).mean())) for problem, output, states in _runs(run)), "runs"
    )


def superficial(run: Outcomes) -> Clusters:
    """Superficial execution: share of right outputs with a wrong probe on the same run.

    The denominator is the right outputs of runs that have probes, so it differs from model to model.
    """
    totals: dict[str, float] = defaultdict(float)
    sizes: dict[str, float] = defaultdict(float)
    for problem, output, states in _runs(run):
        if output.any():
            totals[problem] += float((output & ~states).mean())
            sizes[problem] += float(output.mean())
    n = round(sum(sizes.values()) * len(run.epochs))
    return Clusters(_vector(totals.values()), _vector(sizes.values()), n, "right outputs")


def state_invariance(suite: Suite, run: Outcomes) -> Clusters:
    """Share of state questions that are right in every implementation in which they were asked.

    The same question has the same `Probe.shared` id; one that was asked only once says nothing.
    """
    shared = {probe.id: probe.shared for probe in suite.probes}
    groups = run.rows(lambda item: _key(item, shared.get(item.id)))
    return clustered(
        (
            (problem, float(run.all_right(rows).mean()))
            for (problem, _), rows in groups.items()
            if len(rows) > 1
        ),
        "questions",
    )


def _key(item: Item, shared: str | None) -> tuple[str, str] | None:
    return None if shared is None else (item.problem, shared)


def _runs(run: Outcomes) -> Iterator[tuple[str, Table, Table]]:
    """Yield (problem, output right by epoch, all probes right by epoch) of each run that has both."""
    outputs = run.rows(lambda item: _run_of(item) if item.kind == "sample" else None)
    states = run.rows(lambda item: _run_of(item) if item.kind == "probe" else None)
    for key, rows in outputs.items():
        if key in states:
            yield run.items[rows[0]].problem, run.all_right(rows), run.all_right(states[key])


def _run_of(item: Item) -> Hashable:
    return (item.implementation, item.input)


def _vector(values: Iterable[float]) -> Vector:
    return np.array(list(values), dtype=np.float64)
