"""What a suite can show at all: the smallest difference between two runs that it would find."""

import numpy as np

from core_bench.records import Record
from core_bench.statistics.clusters import Clusters


class DetectableEffect(Record):
    """A difference of `effect` would be found in `power` of all repetitions, tested at `1 - level`."""

    effect: float
    power: float
    level: float
    clusters: int
    n: int
    unit: str


def detectable_effect(apart: Clusters, level: float = 0.95, power: float = 0.8) -> DetectableEffect | None:
    """Return what a comparison like this one can find, from the spread of its differences.

    None for fewer than two clusters.
    """
    error = standard_error(apart)
    return None if error is None else _effect(error, apart, level, power)


def planned_effect(
    run: Clusters, disagreement: float, level: float = 0.95, power: float = 0.8
) -> DetectableEffect | None:
    """Return what a comparison with a run that is not there yet can find.

    Args:
        run: the items of the run that is there (`Clusters` of shares, sizes in items).
        disagreement: share of items on which the two will have different verdicts; a light quantisation
            has about 0.05, another model 0.2 and more.
        level: one minus the rate of false alarms.
        power: share of repetitions in which the effect is found.

    The variance of the difference is `disagreement` an item, times the design effect of the run at hand:
    how much more its share varies over problems than that of as many independent items.
    """
    error, value = standard_error(run), run.value
    if error is None or value is None:
        return None
    items = float(run.sizes.sum())
    independent = value * (1 - value) / items
    # A run that is all right or all wrong does not show how alike the items of a problem are.
    mean_size = float((run.sizes**2).sum() / items)
    design = max(1.0, error**2 / independent) if independent > 0 else mean_size
    return _effect((disagreement * design / items) ** 0.5, run, level, power)


def standard_error(clusters: Clusters) -> float | None:
    """Return the clustered standard error of the metric (linearised ratio); None below two clusters."""
    value, n = clusters.value, len(clusters)
    if value is None or n < 2:
        return None
    residuals = clusters.totals - value * clusters.sizes
    return float(np.sqrt(n / (n - 1) * (residuals**2).sum()) / clusters.sizes.sum())


def _effect(error: float, clusters: Clusters, level: float, power: float) -> DetectableEffect:
    from scipy.special import stdtrit

    freedom = len(clusters) - 1
    quantiles = float(stdtrit(freedom, 1 - (1 - level) / 2) + stdtrit(freedom, power))
    return DetectableEffect(
        effect=quantiles * error,
        power=power,
        level=level,
        clusters=len(clusters),
        n=clusters.n,
        unit=clusters.unit,
    )
