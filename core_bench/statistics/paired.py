"""Two runs on the same items: how far apart they are, and whether chance could have done that."""

from collections.abc import Hashable, Iterable

import numpy as np

from core_bench.records import Record
from core_bench.statistics.bootstrap import DEFAULTS, acceleration, estimate, normal_rank, resampled
from core_bench.statistics.clusters import Clusters
from core_bench.statistics.estimate import Estimate, IntervalSettings


class Difference(Record):
    """Other minus base, on the same units.

    `p_value` is that of the clustered test; `adjusted` is the one after correction for the number of runs
    that were compared (None until `holm` has seen all of them).
    """

    difference: Estimate
    p_value: float | None
    adjusted: float | None = None


class McNemar(Record):
    """McNemar's exact test on items: a check that ignores that items of a problem are alike.

    `lost` items were right in the base alone, `gained` ones in the other run alone.
    """

    lost: int
    gained: int
    p_value: float


def differences(base: Clusters, other: Clusters) -> Clusters:
    """Return other minus base, cluster by cluster.

    Raises:
        ValueError: the two are not over the same clusters and units.
    """
    if len(base) != len(other) or not np.array_equal(base.sizes, other.sizes):
        raise ValueError("the two runs are not over the same units")
    bounds = (
        None if base.bounds is None else (base.bounds[0] - base.bounds[1], base.bounds[1] - base.bounds[0])
    )
    return Clusters(other.totals - base.totals, base.sizes, base.n, base.unit, bounds)


def compare(base: Clusters, other: Clusters, settings: IntervalSettings = DEFAULTS) -> Difference:
    """Return the difference of two runs with its clustered interval and the p-value of the paired test."""
    apart = differences(base, other)
    return Difference(difference=estimate(apart, settings), p_value=paired_p_value(apart, settings))


def paired_p_value(apart: Clusters, settings: IntervalSettings = DEFAULTS) -> float | None:
    """Return the two-sided p-value of "there is no difference"; None for fewer than two clusters.

    It is the greater one of two: the level at which the bootstrap interval just touches zero, and the
    permutation test that swaps the two runs within problems. The first alone is too eager where few problems
    differ at all, the second where differences are lopsided.
    """
    if len(apart) < 2:
        return None
    if not apart.totals.any():
        return 1.0
    return max(_bootstrap_p_value(apart, settings), _swap_p_value(apart, settings))


def _bootstrap_p_value(apart: Clusters, settings: IntervalSettings) -> float:
    """Invert the expanded BCa interval at zero."""
    from scipy.special import stdtr

    drawn = np.sort(resampled(apart, settings.resamples, settings.seed))
    value = apart.value
    assert value is not None
    if drawn[0] > 0 or drawn[-1] < 0:  # beyond what was drawn there is nothing to invert, only to extrapolate
        return 2 / len(drawn)
    if np.ptp(drawn) < 1e-12:  # every cluster differs by the same amount: the permutation test decides
        return 0.0
    bias = normal_rank(drawn, value)
    moved = normal_rank(drawn, 0.0) - bias
    standard = moved / (1 + acceleration(apart) * moved) - bias
    n = len(apart)
    return min(1.0, 2 * float(stdtr(n - 1, -abs(standard) * ((n - 1) / n) ** 0.5)))


def _swap_p_value(apart: Clusters, settings: IntervalSettings) -> float:
    moving = apart.totals[apart.totals != 0]
    if len(moving) <= 12:
        signs = 1 - 2 * (np.arange(2 ** len(moving))[:, np.newaxis] >> np.arange(len(moving)) & 1)
        reached = np.abs(signs @ moving) >= abs(moving.sum()) - 1e-9
        return float(reached.mean())
    flips = np.random.default_rng(settings.seed).integers(2, size=(settings.resamples, len(moving)))
    reached = np.abs((1 - 2 * flips) @ moving) >= abs(moving.sum()) - 1e-9
    return float((reached.sum() + 1) / (settings.resamples + 1))


def mcnemar(pairs: Iterable[tuple[bool, bool]]) -> McNemar:
    """Test (right in base, right in other) pairs, one an item, with the exact binomial form."""
    from statsmodels.stats.contingency_tables import mcnemar as test

    table = np.zeros((2, 2), dtype=int)
    for base, other in pairs:
        table[int(base), int(other)] += 1
    lost, gained = int(table[1, 0]), int(table[0, 1])
    p_value = float(test(table, exact=True).pvalue) if lost + gained else 1.0
    return McNemar(lost=lost, gained=gained, p_value=min(1.0, p_value))


def holm(compared: "dict[Hashable, Difference]") -> "dict[Hashable, Difference]":
    """Correct the p-values of several comparisons with Holm's step-down method.

    The chance that any of the comparisons is called different though none is stays below the level.
    """
    from statsmodels.stats.multitest import multipletests

    tested = {key: found.p_value for key, found in compared.items() if found.p_value is not None}
    if not tested:
        return dict(compared)
    adjusted = dict(zip(tested, multipletests(list(tested.values()), method="holm")[1], strict=True))
    return {
        key: found.model_copy(update={"adjusted": float(adjusted[key])}) if key in adjusted else found
        for key, found in compared.items()
    }
