"""What a picture shows, in a sentence: for a reader in a hurry, and for one who cannot see it."""

from collections.abc import Mapping, Sequence

from core_bench.reports.frontier import Point, pareto_front
from core_bench.reports.view import RunView
from core_bench.statistics import Difference, Estimate, McNemar


def headline_sentence(runs: Sequence[RunView]) -> str:
    """Say which run is first by RCS, and whether that is more than chance."""
    if len({tuple(item.id for item in run.items) for run in runs}) > 1:
        told = "; ".join(f"{run.name} RCS {_spoken(run.summary.RCS)}" for run in runs)
        return f"These runs asked different items, so none of them is first: {told}."
    ranked = sorted(runs, key=lambda run: -(run.summary.RCS.value or 0.0))
    best = ranked[0]
    value = best.summary.RCS
    if not value.value:
        soft = max(runs, key=lambda run: run.summary.W_s.value or 0.0)
        states = _spoken(soft.summary.W_s)
        return f"No run scores above 0 in RCS; of states, {soft.name} gets most right: W_s {states}."
    if len(ranked) == 1:
        return f"{best.name} reaches RCS {_spoken(value)}, with W_s {_spoken(best.summary.W_s)}."
    second = ranked[1]
    apart = (
        "their intervals do not overlap"
        if (value.low or 0.0) > (second.summary.RCS.high or 0.0)
        else "their intervals overlap: core-bench compare tells whether the difference is more than chance"
    )
    return (
        f"{best.name} is first with RCS {_spoken(value)}, "
        f"then {second.name} with {_spoken(second.summary.RCS)}; "
        f"{apart}."
    )


def frontier_sentence(points: Sequence[Point], score: str, cost: str) -> str:
    """Say who is on the front and what the cheapest point on it gives up."""
    front = pareto_front(points)
    if len(points) < 2:
        return (
            f"One checkpoint only: {points[0].name} has {score} {100 * points[0].score:.1f}."
            if points
            else ""
        )
    behind = len(points) - len(front)
    others = (
        ""
        if not behind
        else f" {behind} other{'s are' if behind > 1 else ' is'} no better and costs no less."
    )
    if len(front) == 1:
        return (
            f"{front[0].name} has the best {score} ({100 * front[0].score:.1f}) at the lowest {cost}.{others}"
        )
    cheap, best = front[0], front[-1]
    lost = 100 * (best.score - cheap.score)
    return (
        f"{len(front)} of {len(points)} checkpoints are on the front. From {best.name} to {cheap.name} "
        f"{cost} falls to {100 * cheap.cost / best.cost:.0f} % and {score} by {lost:.1f} points.{others}"
    )


def _spoken(estimate: Estimate) -> str:
    if estimate.value is None:
        return "nothing"
    middle = f"{100 * estimate.value:.1f} %"
    if estimate.low is None or estimate.high is None:
        return middle
    return f"{middle} (between {100 * estimate.low:.1f} and {100 * estimate.high:.1f})"


def difference_sentence(base: str, other: str, found: Mapping[str, Difference], items: McNemar) -> str:
    """Say what the other run lost or gained, where most, and whether that is more than chance."""
    if not items.lost and not items.gained:
        return f"{other} against {base}: no item was lost and none was gained."
    said = []
    for name in ("I_s", "W_s", "RCS"):
        if name in found and found[name].difference.value is not None:
            estimate = found[name].difference
            assert estimate.value is not None
            if _leaves_out_zero(estimate):
                said.append(f"{name} {100 * estimate.value:+.1f} points")
            else:
                said.append(f"{name} {100 * estimate.value:+.1f}, which chance alone can do")
    moved = f"{other} against {base}: " + "; ".join(said) + "." if said else ""
    kinds = {
        name: difference.difference
        for name, difference in found.items()
        if name.startswith("dimension/")
        and _leaves_out_zero(difference.difference)
        and (difference.difference.value or 0) < 0
    }
    worst = min(kinds, key=lambda name: kinds[name].value or 0.0, default=None)
    most = ""
    if worst:
        lost = 100 * (kinds[worst].value or 0)
        most = f" Of the states, most is lost in {worst.removeprefix('dimension/')} ({lost:+.1f})."
    return f"{moved}{most} {items.lost} items were lost and {items.gained} gained."


def _leaves_out_zero(estimate: Estimate) -> bool:
    return estimate.low is not None and estimate.high is not None and (estimate.low > 0 or estimate.high < 0)
