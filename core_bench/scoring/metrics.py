"""The metrics of CoRE (section 4 of the paper) as numbers per problem.

For a problem P with implementations S_P, tests T_P and probes Q_P: I(P) = 1 iff the output is right for
every implementation and test; I_s(P) = share of implementations that are right on every test; W_s(P) =
share of probes right; W(P) = 1 iff all are. RCS(P) = I(P) * W_s(P); Cons = 1 - mean((I(P) - W_s(P))^2).
Whatever is not `correct` counts as not right; nothing is left out. With several epochs each of these is
computed within an epoch, and a problem's number is the mean over epochs.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from core_bench.records import DIMENSIONS, VerdictKind
from core_bench.scoring.faithfulness import faithful, state_invariance, superficial
from core_bench.scoring.outcomes import Outcomes
from core_bench.scoring.transforms import transform_clusters
from core_bench.statistics import Clusters, clustered, one_each
from core_bench.statistics.clusters import Vector
from core_bench.suites import Suite

HEADLINES = ("I", "I_s", "W", "W_s", "RCS", "Cons")


def metric_clusters(suite: Suite, run: Outcomes) -> dict[str, Clusters]:
    """Return metric name -> its numbers by problem.

    Names: the headline metrics; `samples`, `probes`, `faithful`, `superficial`, `state_invariance`;
    `dimension/...`, `family/...`, `verdict/...`; `transform_drop/...` and `transform_effect/...`.
    Two runs over the same items give the same problems in the same order.
    """
    found = board_clusters(suite, run)
    found["faithful"] = faithful(run)
    found["superficial"] = superficial(run)
    found["state_invariance"] = state_invariance(suite, run)
    found.update(_by_verdict(run))
    found.update(transform_clusters(suite, run))
    return found


def board_clusters(suite: Suite, run: Outcomes) -> dict[str, Clusters]:
    """Return those of `metric_clusters` that a board shows: a third of the work."""
    found = _headlines(run)
    for kind in ("sample", "probe"):
        rows = [row for row, item in enumerate(run.items) if item.kind == kind]
        found[f"{kind}s"] = _share(run, rows, f"{kind}s")
    found.update(_by_dimension(suite, run))
    found.update(_by_family(suite, run))
    return found


def program_right(run: Outcomes) -> dict[tuple[str, str], Vector]:
    """Return (problem, implementation) -> for each epoch, 1 iff every one of its samples is right."""
    rows = run.rows(lambda item: (item.problem, item.implementation) if item.kind == "sample" else None)
    return {key: run.all_right(numbers).astype(float) for key, numbers in rows.items()}


def _headlines(run: Outcomes) -> dict[str, Clusters]:
    by_problem: dict[str, list[Vector]] = defaultdict(list)
    for (problem, _), right in program_right(run).items():
        by_problem[problem].append(right)
    strict = {problem: np.min(rows, axis=0) for problem, rows in by_problem.items()}
    soft = {problem: np.mean(rows, axis=0) for problem, rows in by_problem.items()}
    probed = run.rows(lambda item: item.problem if item.kind == "probe" else None)
    whole = {problem: run.all_right(rows).astype(float) for problem, rows in probed.items()}
    share = {problem: run.right[rows].mean(axis=0) for problem, rows in probed.items()}
    both = [problem for problem in strict if problem in share]
    metrics: dict[str, dict[str, Vector]] = {
        "I": strict,
        "I_s": soft,
        "W": whole,
        "W_s": share,
        "RCS": {problem: strict[problem] * share[problem] for problem in both},
        "Cons": {problem: 1 - (strict[problem] - share[problem]) ** 2 for problem in both},
    }
    return {
        name: one_each({problem: float(row.mean()) for problem, row in values.items()})
        for name, values in metrics.items()
    }


def _share(run: Outcomes, rows: Iterable[int], unit: str) -> Clusters:
    return clustered(((run.items[row].problem, float(run.share[row])) for row in rows), unit)


def _by_dimension(suite: Suite, run: Outcomes) -> dict[str, Clusters]:
    dimensions = {probe.id: probe.dimensions for probe in suite.probes}
    return {
        f"dimension/{dimension}": _share(
            run,
            [row for row, item in enumerate(run.items) if dimension in dimensions.get(item.id, ())],
            "probes",
        )
        for dimension in DIMENSIONS
    }


def _by_family(suite: Suite, run: Outcomes) -> dict[str, Clusters]:
    families = {program.id: program.family for program in suite.implementations}
    values: dict[str, list[tuple[Hashable, float]]] = defaultdict(list)
    for (problem, program), right in program_right(run).items():
        values[families[program]].append((problem, float(right.mean())))
    return {
        f"family/{family}": clustered(pairs, "implementations") for family, pairs in sorted(values.items())
    }


def _by_verdict(run: Outcomes) -> dict[str, Clusters]:
    """Return the share of replies with each verdict."""
    found = {}
    for kind in VerdictKind:
        shares: Sequence[float] = [row.count(kind) / len(row) for row in run.kinds]
        pairs = zip((item.problem for item in run.items), shares, strict=True)
        found[f"verdict/{kind.value}"] = clustered(pairs, "items")
    return found
