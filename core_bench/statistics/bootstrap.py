"""Clustered bootstrap intervals: problems are drawn with replacement, everything of a problem goes with it.

The interval is BCa (Efron 1987) with the tails widened as Hesterberg (2015, "What teachers should know about
the bootstrap", on expanded percentile intervals) proposes: a bootstrap world has (n - 1) / n of the variance
that it should have, and normal tails where n is small enough for a t distribution. The plain intervals are
here, too, so that `benchmarks/statistics_coverage.py` can show why this one was chosen.
"""

from functools import lru_cache
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core_bench.statistics.clusters import Clusters, Vector
from core_bench.statistics.estimate import Estimate, IntervalSettings

IntervalMethod = Literal["percentile", "expanded percentile", "bca", "expanded bca"]
DEFAULTS = IntervalSettings()
_NORMAL = NormalDist()


def estimate(clusters: Clusters, settings: IntervalSettings = DEFAULTS) -> Estimate:
    """Return the metric with its interval; without an interval where there are fewer than two clusters."""
    value = clusters.value
    low, high = (None, None) if len(clusters) < 2 else interval(clusters, settings)
    return Estimate(value=value, low=low, high=high, n=clusters.n, unit=clusters.unit)


def interval(clusters: Clusters, settings: IntervalSettings = DEFAULTS) -> tuple[float, float]:
    """Return the ends of the interval; there must be at least two clusters.

    Where all clusters agree a bootstrap has nothing to draw from and would claim certainty. At a bound of
    the metric the exact binomial bound takes its place: were the true mean beyond it, n clusters at the
    bound would be seen in fewer than (1 - level) / 2 of all cases. The same reasoning bounds a difference
    that is zero in every cluster.
    """
    value = clusters.value
    assert value is not None
    if np.ptp(clusters.totals / clusters.sizes) < 1e-12:
        return _unanimous(clusters, value, settings.level)
    drawn = np.sort(resampled(clusters, settings.resamples, settings.seed))
    lower, upper = _tails(clusters, value, drawn, settings)
    low, high = (float(end) for end in np.quantile(drawn, (lower, upper)))
    return low, high


def resampled(clusters: Clusters, resamples: int, seed: int) -> Vector:
    """Return the metric in each of `resamples` worlds; the draw depends on the number of clusters alone."""
    counts = _counts(len(clusters), resamples, seed)
    drawn: Vector = (counts @ clusters.totals) / (counts @ clusters.sizes)
    return drawn


def tail(clusters: int, level: float) -> float:
    """Return the share to cut off at each side so that the percentile interval is as wide as a t interval."""
    from scipy.special import stdtrit

    quantile = -float(stdtrit(clusters - 1, (1 - level) / 2))
    return max(_NORMAL.cdf(-quantile * (clusters / (clusters - 1)) ** 0.5), 1e-9)  # two clusters: 1e-72


@lru_cache(maxsize=4)
def _counts(clusters: int, resamples: int, seed: int) -> NDArray[np.float64]:
    """Return how often each cluster was drawn in each world; `resamples` x `clusters`."""
    drawn = np.random.default_rng(seed).integers(clusters, size=(resamples, clusters))
    drawn += np.arange(resamples)[:, np.newaxis] * clusters
    flat = np.bincount(drawn.ravel(), minlength=resamples * clusters)
    return flat.reshape(resamples, clusters).astype(np.float64)


def _unanimous(clusters: Clusters, value: float, level: float) -> tuple[float, float]:
    if clusters.bounds is None:
        return value, value
    least, most = clusters.bounds
    span = most - least
    slack = 1 - ((1 - level) / 2) ** (1 / len(clusters))
    if least == -most and value == 0:
        return -slack * most, slack * most
    low = value - slack * span if value >= most else value
    high = value + slack * span if value <= least else value
    return low, high


def _tails(
    clusters: Clusters, value: float, drawn: Vector, settings: IntervalSettings
) -> tuple[float, float]:
    plain = (1 - settings.level) / 2
    cut = tail(len(clusters), settings.level) if settings.method.startswith("expanded") else plain
    if not settings.method.endswith("bca"):
        return cut, 1 - cut
    bias = normal_rank(drawn, value)
    skew = acceleration(clusters)

    def moved(share: float) -> float:
        shifted = bias + _NORMAL.inv_cdf(share)
        return _NORMAL.cdf(bias + shifted / (1 - skew * shifted))

    return moved(cut), moved(1 - cut)


def normal_rank(drawn: Vector, value: float) -> float:
    """Return the normal quantile of the share of sorted `drawn` that is below `value`; ties count half."""
    # Sums of thirds differ in their last bits, and must still be ties.
    below = np.searchsorted(drawn, (value - 1e-12, value + 1e-12)).mean() / len(drawn)
    return _NORMAL.inv_cdf(min(max(float(below), 0.5 / len(drawn)), 1 - 0.5 / len(drawn)))


def acceleration(clusters: Clusters) -> float:
    """Return BCa's acceleration from the jackknife over clusters (Efron 1987)."""
    left = (clusters.totals.sum() - clusters.totals) / (clusters.sizes.sum() - clusters.sizes)
    apart = left.mean() - left
    spread = float((apart**2).sum())
    return float((apart**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0
