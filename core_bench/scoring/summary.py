"""All numbers of one run, each with its interval and its denominator."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic import Field

from core_bench.items import Item
from core_bench.records import Record, Reply, Verdict
from core_bench.scoring.exposure import exposure_clusters
from core_bench.scoring.lengths import Lengths, reply_lengths
from core_bench.scoring.metrics import metric_clusters
from core_bench.scoring.outcomes import Outcomes, outcomes
from core_bench.scoring.passk import pass_at_k_clusters
from core_bench.scoring.rules import DEFAULT_RULES, ScoringRules
from core_bench.statistics import (
    DEFAULTS,
    DetectableEffect,
    Difference,
    Estimate,
    IntervalSettings,
    compare,
    estimate,
    planned_effect,
)
from core_bench.suites import Suite

EXPECTED_DISAGREEMENT = 0.1
"""Share of items on which a compressed checkpoint answers differently from its base; for `detectable`."""


class Summary(Record):
    """All numbers of one run.

    I, I_s, W, W_s, RCS and Cons are means over problems (RCS and Cons over those with samples and
    probes). `samples` and `probes` are plain shares of items. `by_dimension` is the share of a
    dimension's probes, `by_family` the share of a family's implementations that are right on every test.
    `verdicts` counts replies; `verdict_shares` are the same with intervals. `transform_drop` and
    `transform_effect` are explained in `core_bench.scoring.transforms`, `exposure` in
    `core_bench.scoring.exposure` (one estimate for 1, 2, ... tests), `faithful`, `superficial` and
    `state_invariance` in `core_bench.scoring.faithfulness`. `pass_at` is there with several epochs.
    `detectable` says which difference in the share of items a second run over the same items would show.
    """

    I: Estimate  # noqa: E741 - the paper's name
    I_s: Estimate
    W: Estimate
    W_s: Estimate
    RCS: Estimate
    Cons: Estimate
    samples: Estimate
    probes: Estimate
    faithful: Estimate
    superficial: Estimate
    state_invariance: Estimate
    by_dimension: dict[str, Estimate]
    by_family: dict[str, Estimate]
    verdicts: dict[str, int]
    verdict_shares: dict[str, Estimate]
    transform_drop: dict[str, Estimate]
    transform_effect: dict[str, Estimate]
    exposure: dict[str, tuple[Estimate, ...]]
    pass_at: dict[str, Estimate] = Field(default_factory=dict)
    lengths: dict[str, Lengths] = Field(default_factory=dict)
    epochs: int = 1
    detectable: DetectableEffect | None = None
    intervals: IntervalSettings = DEFAULTS
    rules: ScoringRules = DEFAULT_RULES


def summarise(
    suite: Suite,
    items: Sequence[Item],
    verdicts: Iterable[Verdict],
    *,
    replies: Iterable[Reply] = (),
    settings: IntervalSettings = DEFAULTS,
    rules: ScoringRules = DEFAULT_RULES,
) -> Summary:
    """Compute all metrics over `items`; each must have exactly one verdict in every epoch.

    Args:
        suite: where families, chains and dimensions of the items stand.
        items: what was asked.
        verdicts: one for each item and epoch.
        replies: the replies that were judged, for lengths and token counts.
        settings: how intervals are made.
        rules: by which rules the verdicts were found; recorded, not used.

    Raises:
        CoreBenchError: a verdict is missing.
    """
    judged = list(verdicts)
    run = outcomes(items, judged)
    clusters = metric_clusters(suite, run)
    found = {name: estimate(metric, settings) for name, metric in clusters.items()}
    repeats = len(run.epochs)
    wanted = [k for k in (1, 5, 10, 100) if k <= repeats] if repeats > 1 else []
    return Summary(
        **{name: value for name, value in found.items() if "/" not in name},
        by_dimension=_under("dimension", found),
        by_family=_under("family", found),
        verdicts=run.counts,
        verdict_shares=_under("verdict", found),
        transform_drop=_under("transform_drop", found),
        transform_effect=_under("transform_effect", found),
        exposure={
            name: tuple(estimate(point, settings) for point in curve)
            for name, curve in exposure_clusters(run).items()
        },
        pass_at={f"pass@{k}": estimate(pass_at_k_clusters(run, k), settings) for k in wanted},
        lengths=reply_lengths(replies, judged),
        epochs=repeats,
        detectable=planned_effect(clusters["samples"], EXPECTED_DISAGREEMENT, settings.level),
        intervals=settings,
        rules=rules,
    )


def compare_runs(
    suite: Suite, base: Outcomes, other: Outcomes, settings: IntervalSettings = DEFAULTS
) -> dict[str, Difference]:
    """Return metric name (as in `metric_clusters`) -> other minus base, paired, with intervals.

    Metrics whose denominator depends on the answers (`superficial`) cannot be paired and are left out.

    Raises:
        ValueError: the two runs are not over the same items.
    """
    if [item.id for item in base.items] != [item.id for item in other.items]:
        raise ValueError("the two runs are not over the same items")
    left, right = metric_clusters(suite, base), metric_clusters(suite, other)
    return {
        name: compare(left[name], right[name], settings)
        for name in left
        if name != "superficial" and len(left[name])
    }


def style_heatmap(summaries: Mapping[str, Summary]) -> dict[str, dict[str, Estimate]]:
    """Return implementation family -> model -> I_s: who wrote the program against who reads it."""
    families = dict.fromkeys(family for summary in summaries.values() for family in summary.by_family)
    return {
        family: {
            model: summary.by_family[family]
            for model, summary in summaries.items()
            if family in summary.by_family
        }
        for family in families
    }


def _under(prefix: str, found: Mapping[str, Estimate]) -> dict[str, Estimate]:
    return {
        name.removeprefix(f"{prefix}/"): value
        for name, value in found.items()
        if name.startswith(f"{prefix}/")
    }
