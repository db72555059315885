"""pass@k: the chance that at least one of k replies is right (Chen et al. 2021; CRUXEval uses the same)."""

from math import comb

from core_bench.scoring.outcomes import Outcomes
from core_bench.statistics import Clusters, clustered


def pass_at_k(n: int, right: int, k: int) -> float:
    """Return 1 - C(n - c, k) / C(n, k): the unbiased estimate from `n` replies of which `right` are right.

    With fewer than k wrong replies it is 1, as in CRUXEval's own code; that includes n < k with none wrong.
    """
    if n - right < k:
        return 1.0
    return 1.0 - comb(n - right, k) / comb(n, k)


def pass_at_k_clusters(run: Outcomes, k: int) -> Clusters:
    """Return pass@k over samples; there must be at least k epochs."""
    if len(run.epochs) < k:
        raise ValueError(f"pass@{k} needs {k} epochs, there are {len(run.epochs)}")
    return clustered(
        (
            (item.problem, pass_at_k(len(run.epochs), int(run.right[row].sum()), k))
            for row, item in enumerate(run.items)
            if item.kind == "sample"
        ),
        "samples",
    )
