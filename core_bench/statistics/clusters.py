"""The numbers of one metric, cluster by cluster: what every statistic here starts from.

Programs, inputs and questions of one problem are alike, so an answer tells little that its neighbour did not
tell already. The problem is therefore the unit that is drawn anew, and a metric is a ratio of two sums over
problems: a share of items has `totals` = right items and `sizes` = items of each problem; a mean over
problems has sizes of one.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """One metric as a ratio of sums over clusters.

    Attributes:
        totals: Sum of the values of each cluster.
        sizes: Number (or weight) of the units of each cluster; every one is above zero.
        n: How many units there are in all.
        unit: What they are called.
        bounds: The least and the greatest value that a unit can have, where that is known.
    """

    totals: Vector
    sizes: Vector
    n: int
    unit: str = "items"
    bounds: tuple[float, float] | None = (0.0, 1.0)

    def __len__(self) -> int:
        return len(self.totals)

    @property
    def value(self) -> float | None:
        """The metric; None over nothing."""
        return float(self.totals.sum() / self.sizes.sum()) if len(self) else None


def clustered(
    pairs: Iterable[tuple[Hashable, float]],
    unit: str = "items",
    bounds: tuple[float, float] | None = (0.0, 1.0),
) -> Clusters:
    """Gather (cluster, value) pairs, one a unit; the metric is the mean over all units."""
    totals: dict[Hashable, float] = {}
    sizes: dict[Hashable, int] = {}
    for key, value in pairs:
        totals[key] = totals.get(key, 0.0) + value
        sizes[key] = sizes.get(key, 0) + 1
    return Clusters(
        np.array(list(totals.values()), dtype=np.float64),
        np.array(list(sizes.values()), dtype=np.float64),
        sum(sizes.values()),
        unit,
        bounds,
    )


def one_each(
    values: Mapping[str, float], unit: str = "problems", bounds: tuple[float, float] | None = (0.0, 1.0)
) -> Clusters:
    """Take one value a cluster; the metric is the mean over clusters."""
    return clustered(values.items(), unit, bounds)
