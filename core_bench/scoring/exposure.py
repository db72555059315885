"""How a metric falls as more tests look at the same programs: what a single test leaves undiscovered."""

from collections import defaultdict
from math import comb

import numpy as np

from core_bench.scoring.outcomes import Outcomes, Table
from core_bench.statistics import Clusters, one_each
from core_bench.statistics.clusters import Vector


def exposure_clusters(run: Outcomes) -> dict[str, list[Clusters]]:
    """Return `I` and `I_s` with 1, 2, ... tests a problem: the expectation over all subsets of that many.

    No subset is drawn: of n tests of which c are right, k tests chosen at random are all right with the
    probability C(c, k) / C(n, k). A problem that has fewer than k tests counts with all it has, so that
    every point of the curve is about the same problems and the last one is the metric itself.
    """
    tables = _tables(run)
    longest = max((table.shape[1] for table in tables.values()), default=0)
    curves: dict[str, list[Clusters]] = {"I": [], "I_s": []}
    for tests in range(1, longest + 1):
        curves["I"].append(
            one_each(
                {
                    name: _passing(np.logical_and.reduce(table, axis=0), tests)
                    for name, table in tables.items()
                }
            )
        )
        curves["I_s"].append(
            one_each(
                {
                    name: float(np.mean([_passing(program, tests) for program in table]))
                    for name, table in tables.items()
                }
            )
        )
    return curves


def _tables(run: Outcomes) -> dict[str, Table]:
    """Return problem -> programs x tests x epochs; a pair that was not asked counts as right."""
    places: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row, item in enumerate(run.items):
        if item.kind == "sample":
            places[item.problem][item.implementation, item.input] = row
    tables = {}
    for problem, cells in places.items():
        programs = list(dict.fromkeys(program for program, _ in cells))
        tests = list(dict.fromkeys(test for _, test in cells))
        table = np.ones((len(programs), len(tests), len(run.epochs)), dtype=bool)
        for (program, test), row in cells.items():
            table[programs.index(program), tests.index(test)] = run.right[row]
        tables[problem] = table
    return tables


def _passing(right: Table, tests: int) -> float:
    """Return the chance that `tests` of the tests are all right, the mean over epochs; tests x epochs."""
    total = right.shape[0]
    chosen = min(tests, total)
    found: Vector = right.sum(axis=0)
    return float(np.mean([comb(int(count), chosen) / comb(total, chosen) for count in found]))
