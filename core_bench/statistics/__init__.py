"""How sure a number is: intervals, differences and what a suite can show, with the problem as the cluster."""

from core_bench.statistics.bootstrap import DEFAULTS, estimate, interval, resampled
from core_bench.statistics.clusters import Clusters, clustered, one_each
from core_bench.statistics.estimate import Estimate, IntervalSettings
from core_bench.statistics.paired import (
    Difference,
    McNemar,
    compare,
    differences,
    holm,
    mcnemar,
    paired_p_value,
)
from core_bench.statistics.power import DetectableEffect, detectable_effect, planned_effect, standard_error

__all__ = [
    "DEFAULTS",
    "Clusters",
    "DetectableEffect",
    "Difference",
    "Estimate",
    "IntervalSettings",
    "McNemar",
    "clustered",
    "compare",
    "detectable_effect",
    "differences",
    "estimate",
    "holm",
    "interval",
    "mcnemar",
    "one_each",
    "paired_p_value",
    "planned_effect",
    "resampled",
    "standard_error",
]
