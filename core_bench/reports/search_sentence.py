"""The sentence that a reader wants: which strategy for how many evaluations, and how sure that is."""

from collections.abc import Sequence

import numpy as np

from core_bench.reports.search_tables import against
from core_bench.reports.searches import SearchView, by_kind, reference_point, volume_curve

_SURE = 0.05


def which_strategy(views: Sequence[SearchView]) -> str:
    """Say which kind leads after a quarter, half and all of the evaluations, and whether it beats random.

    Twice: by the best plan within the budget, and by the front over all sizes.
    """
    reference = reference_point(views)
    fronts = {id(view): [-volume for volume in volume_curve(view, reference)] for view in views}
    losses = {
        id(view): [float(least) for least in np.minimum.accumulate([row.point[0] for row in view.rows])]
        for view in views
    }
    told = f"For one plan at the budget: {_leaders(views, losses)}. For a front: {_leaders(views, fronts)}."
    fewest = min(map(len, by_kind(views).values()))
    if fewest < 5:
        seeds = "one seed" if fewest == 1 else f"{fewest} seeds"
        told += f" With {seeds} of some searches this is an impression, no finding."
    return told


def _leaders(views: Sequence[SearchView], curves: dict[int, list[float]]) -> str:
    """Say who leads at three counts of evaluations; `curves` fall by search (`id`), lower is better."""
    groups = by_kind(views)
    longest = max(len(view.rows) for view in views)
    said: dict[tuple[str, str], list[int]] = {}
    for count in sorted({max(1, round(part * longest)) for part in (0.25, 0.5, 1.0)}):
        mean = {
            kind: float(np.mean([_at(view, curves, count) for view in members]))
            for kind, members in groups.items()
        }
        first = min(mean, key=lambda kind: (mean[kind], kind != "random"))
        said.setdefault((first, _sure(views, curves, first, count)), []).append(count)
    return "; ".join(
        f"{kind} for {_listed(counts)} evaluations ({sure})" for (kind, sure), counts in said.items()
    )


def _listed(counts: Sequence[int]) -> str:
    *before, last = map(str, counts)
    return f"{', '.join(before)} and {last}" if before else last


def _at(view: SearchView, curves: dict[int, list[float]], count: int) -> float:
    return curves[id(view)][min(count, len(view.rows)) - 1]


def _sure(views: Sequence[SearchView], curves: dict[int, list[float]], kind: str, count: int) -> str:
    if kind == "random":
        return "nothing is better than chance"
    found = against(views, "random", lambda view: _at(view, curves, count)).get(kind)
    if found is None:
        return "not compared with random"
    if found.adjusted is None:
        return "one seed: no test"
    if found.adjusted < _SURE:
        return f"better than random, p = {found.adjusted:.3f}"
    groups = by_kind(views)
    chance = {view.study.seed: _at(view, curves, count) for view in groups["random"]}
    pairs = [(_at(v, curves, count), chance[v.study.seed]) for v in groups[kind] if v.study.seed in chance]
    if all(own < other for own, other in pairs):
        # No paired test says more of so few pairs, once it is corrected for the number of searches.
        return f"better than random at each of {len(pairs)} seeds, p = {found.adjusted:.3f}"
    return f"not told apart from random, p = {found.adjusted:.3f}"
