"""The sentence that a reader wants: which strategy for how many evaluations, and how sure that is."""

from collections.abc import Sequence

import numpy as np

from core_bench.reports.search_tables import against
from core_bench.reports.searches import SearchView, by_kind, reference_point, volume_curve

_SURE = 0.05


def which_strategy(views: Sequence[SearchView]) -> str:
    """Say, for a quarter, half and all of the evaluations, which kind leads and whether it beats random."""
    groups = by_kind(views)
    reference = reference_point(views)
    curves = {id(view): volume_curve(view, reference) for view in views}
    longest = max(len(view.rows) for view in views)
    said = []
    for count in sorted({max(1, round(part * longest)) for part in (0.25, 0.5, 1.0)}):
        mean = {
            kind: float(np.mean([curves[id(view)][min(count, len(view.rows)) - 1] for view in members]))
            for kind, members in groups.items()
        }
        first = max(mean, key=lambda kind: (mean[kind], kind == "random"))
        said.append(f"for {count} evaluations {first} ({_sure(views, curves, first, count)})")
    fewest = min(map(len, groups.values()))
    told = "By hypervolume: " + "; ".join(said) + "."
    if fewest < 5:
        seeds = "one seed" if fewest == 1 else f"{fewest} seeds"
        told += f" With {seeds} of some searches this is an impression, no finding."
    return told


def _sure(views: Sequence[SearchView], curves: dict[int, list[float]], kind: str, count: int) -> str:
    if kind == "random":
        return "nothing is better than chance"
    found = against(views, "random", lambda view: curves[id(view)][min(count, len(view.rows)) - 1]).get(kind)
    if found is None:
        return "not compared with random"
    if found.adjusted is None:
        return "one seed: no test"
    verdict = "better than random" if found.adjusted < _SURE else "not told apart from random"
    return f"{verdict}, p = {found.adjusted:.3f}"
