"""What every number of a report is: a value, how sure we are of it, and over how many units it was taken."""

from core_bench.records import Record


class Estimate(Record):
    """A mean with its interval and its denominator.

    `value`, `low` and `high` are on the scale of the metric (a share lies in 0..1); all three are None over
    nothing. `n` counts what `unit` names: problems, implementations, runs, pairs, items. The interval is
    there only where it was asked for: None means "not computed", never "exact".
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    unit: str = "items"


class IntervalSettings(Record):
    """How the intervals of a report were made; whoever repeats them needs exactly this."""

    level: float = 0.95
    resamples: int = 5_000
    seed: int = 20_260
    method: str = "expanded bca"
    cluster: str = "problem"
