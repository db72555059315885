"""What searches found, as tables: strategies with intervals over seeds, ablations, the front."""

from collections.abc import Callable, Sequence

import numpy as np

from core_bench.reports.searches import SearchView, by_kind, reference_point, volume_curve
from core_bench.reports.table import Cell, Column, Table
from core_bench.statistics import Difference, Estimate, clustered, compare, estimate, holm

Measure = Callable[[SearchView], float]


def over_seeds(values: Sequence[float], unit: str = "seeds") -> Estimate:
    """Return the mean over seeds with its interval; one seed has none."""
    return estimate(clustered(((str(n), value) for n, value in enumerate(values)), unit, None))


def strategies_table(views: Sequence[SearchView]) -> Table:
    """One row a kind of search: best loss, hypervolume, seconds, and the difference to random."""
    reference = reference_point(views)
    curves = {id(view): volume_curve(view, reference) for view in views}
    least: Measure = lambda view: view.best.point[0]  # noqa: E731
    volume: Measure = lambda view: curves[id(view)][-1]  # noqa: E731
    losses, volumes = against(views, "random", least), against(views, "random", volume)
    rows: list[tuple[Cell, ...]] = []
    for kind, members in by_kind(views).items():
        shares = [
            over_seeds([curves[id(v)][max(0, round(part * len(curves[id(v)])) - 1)] for v in members])
            for part in (0.25, 0.5, 1.0)
        ]
        rows.append(
            (
                kind,
                len(members),
                round(float(np.mean([len(view.rows) for view in members]))),
                over_seeds([least(view) for view in members]),
                *_told(losses.get(kind)),
                *shares,
                *_told(volumes.get(kind)),
                over_seeds([view.seconds[-1] for view in members]),
            )
        )
    return Table(
        key="strategies",
        title="Strategies",
        columns=(
            Column(key="kind", title="search", kind="text"),
            Column(key="seeds", title="seeds", kind="count"),
            Column(key="plans", title="plans", kind="count"),
            Column(key="loss", title="best loss", kind="number"),
            Column(key="loss_random", title="minus random", kind="number"),
            Column(key="loss_p", title="p", kind="p"),
            Column(key="quarter", title="hypervolume at 1/4", kind="number"),
            Column(key="half", title="at 1/2", kind="number"),
            Column(key="volume", title="at the end", kind="number"),
            Column(key="volume_random", title="minus random", kind="number"),
            Column(key="volume_p", title="p", kind="p"),
            Column(key="seconds", title="seconds booked", kind="number"),
        ),
        rows=tuple(rows),
        note=(
            "Means over seeds with 95 % intervals. Differences are paired by seed; p is that of a paired "
            "test, corrected for the number of rows (Holm). Two seeds can show nothing: look at the number "
            "of seeds first. Hypervolumes are shares of the box from the origin to the reference point "
            f"({reference[0]:.4f}; {reference[1] / 1e6:.2f} MB), over all sizes; a loss of more than twice "
            "the least one counts for nothing. Searches that aim at the budget alone (qpruner, rankadaptor) "
            "score low by design. Seconds hold the objective, summed over workers, the strategy's own, and "
            "measuring sensitivities, even from a cache."
        ),
    )


def against(views: Sequence[SearchView], base: str, measure: Measure) -> dict[str, Difference]:
    """Return kind -> its measure minus that of the base kind at the same seeds, p corrected."""
    groups = by_kind(views)
    if base not in groups:
        return {}
    known = {view.study.seed: measure(view) for view in groups[base]}
    found: dict[object, Difference] = {}
    for kind, members in groups.items():
        own = {view.study.seed: measure(view) for view in members}
        seeds = sorted(known.keys() & own.keys())
        if kind != base and seeds:
            found[kind] = compare(
                clustered(((s, known[s]) for s in seeds), "seeds", None),
                clustered(((s, own[s]) for s in seeds), "seeds", None),
            )
    return {str(kind): difference for kind, difference in holm(dict(found)).items()}


def ablations_table(views: Sequence[SearchView]) -> Table | None:
    """Kinds that differ from the plain one of their strategy; None where there are none."""
    groups = by_kind(views)
    volumes = {id(view): volume_curve(view, reference_point(views))[-1] for view in views}
    rows: list[tuple[Cell, ...]] = []
    for strategy in dict.fromkeys(view.study.strategy for view in views):
        kinds = [kind for kind in groups if groups[kind][0].study.strategy == strategy]
        plain = max(kinds, key=lambda kind: (_freedom(groups[kind][0]), -len(kind)))
        mine = [view for kind in kinds for view in groups[kind]]
        losses = against(mine, plain, lambda view: view.best.point[0])
        gains = against(mine, plain, lambda view: volumes[id(view)])
        rows += [
            (
                kind,
                plain,
                losses[kind].difference,
                losses[kind].adjusted,
                gains[kind].difference,
                gains[kind].adjusted,
            )
            for kind in kinds
            if kind in losses
        ]
    if not rows:
        return None
    return Table(
        key="ablations",
        title="Ablations",
        columns=(
            Column(key="kind", title="search", kind="text"),
            Column(key="plain", title="against", kind="text"),
            Column(key="loss", title="best loss", kind="number"),
            Column(key="loss_p", title="p", kind="p"),
            Column(key="volume", title="hypervolume", kind="number"),
            Column(key="volume_p", title="p", kind="p"),
        ),
        rows=tuple(rows),
        note="What changes when a part is left out or held fixed: differences at the same seeds [95 %].",
    )


def _told(found: Difference | None) -> tuple[Cell, Cell]:
    return (None, None) if found is None else (found.difference, found.adjusted)


def _freedom(view: SearchView) -> tuple[bool, int, int]:
    """Return how much a search may vary: the plain one has all its parts and the most choices."""
    options = view.study.options
    return view.study.prior and not view.study.settings, len(options.bits) * len(options.ranks), 0


def front_table(views: Sequence[SearchView]) -> Table:
    """The plans that none of all searches beats, smallest first."""
    from compress.search.front import front_of

    rows = [(view, row) for view in views for row in view.rows]
    chosen = front_of([row.point for _, row in rows])
    return Table(
        key="front",
        title="The joint front",
        columns=(
            Column(key="plan", title="plan", kind="text"),
            Column(key="bytes", title="bytes", kind="bytes"),
            Column(key="loss", title="loss", kind="number"),
            Column(key="kind", title="found by", kind="text"),
            Column(key="seed", title="seed", kind="count"),
        ),
        rows=tuple(
            (rows[i][1].plan[:12], rows[i][1].bytes, rows[i][1].loss, rows[i][0].kind, rows[i][0].study.seed)
            for i in chosen
        ),
        note="Losses are those of the search, on what it saw: judge what `compress pick` writes.",
    )
