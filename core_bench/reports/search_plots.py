"""Pictures of searches: fronts, hypervolume against evaluations and seconds, allocations."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core_bench.reports.plots import Plot
from core_bench.reports.searches import SearchView, by_kind, reference_point, volume_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a94a0", "#7a5195", "#bc5090")
_LINES = ("-", "--", ":")
_STEPS = 200


def search_plots(views: Sequence[SearchView]) -> list[Plot]:
    """Return the fronts and both curves."""
    reference = reference_point(views)
    curves = {id(view): volume_curve(view, reference) for view in views}
    return [
        _fronts(views, reference),
        *(_volumes(views, curves, axis) for axis in ("evaluations", "seconds")),
    ]


def allocation_plot(view: SearchView) -> Plot:
    """Draw what the best plan of a search gives to every block."""
    names, values = allocation(view)
    height = 1.1 + 0.34 * len(names)

    def draw(axes: "Axes", ink: str) -> None:
        shades = np.ma.masked_invalid(np.log2(np.maximum(values, 1)))
        axes.imshow(shades, aspect="auto", cmap="viridis", vmin=0.5, vmax=4.2)
        for row, of_block in enumerate(values):
            for column, value in enumerate(of_block):
                dark = np.isnan(value) or value <= 4
                axes.text(
                    column, row, "-" if np.isnan(value) else f"{value:.0f}", ha="center", va="center",
                    fontsize=7.5, color=ink if np.isnan(value) else "#ffffff" if dark else "#1a1d21",
                )  # fmt: skip
        axes.set_yticks(range(len(names)), names)
        axes.set_xticks(range(0, values.shape[1], max(1, values.shape[1] // 15)))
        axes.set(xlabel="block")
        axes.spines[:].set_visible(False)

    return Plot(
        key=f"allocation-{view.kind}-{view.study.seed}".replace(" ", "-"),
        title=f"{view.kind}: its best plan",
        text=(
            f"Bits (and ranks) by block, seed {view.study.seed}; loss {view.best.loss:.4f}, "
            f"{view.best.bytes / 1e6:.2f} MB. A dash is a dropped block."
        ),
        draw=draw,
        size=(9.0, height),
    )


def allocation(view: SearchView) -> tuple[list[str], np.ndarray]:
    """Return names of what is given, and values [names, blocks]; NaN where a block is dropped.

    The map of the base is not needed: knobs and their choices follow from the study.
    """
    options, plan = view.study.options, view.study.plan
    blocks = list(range(len(plan.blocks))) if options.blocks is None else sorted(options.blocks)
    fields = {"attention bits": "attention_bits", "MLP bits": "mlp_bits", "rank": "rank"}
    values = np.array([[float(getattr(block, name)) for block in plan.blocks] for name in fields.values()])
    code = iter(view.best.code)
    bits = tuple(sorted(b for b in set(options.bits) if plan.target != "vllm" or b in (4, 8, 16)))
    ranks = tuple(sorted(set(options.ranks)))
    if options.widths and not plan.custom_code and len(set(options.widths)) > 1:
        next(code)
    for block in blocks:
        dropped = block in options.droppable and not next(code)
        for rows in [[0, 1]] if options.tied else [[0], [1]]:
            chosen = bits[next(code)] if len(bits) > 1 else bits[0]
            values[rows, block] = chosen
        values[2, block] = ranks[next(code)] if len(ranks) > 1 else ranks[0]
        if options.widths and plan.custom_code and len(set(options.widths)) > 1:
            next(code)
        if dropped:
            values[:, block] = np.nan
    names = list(fields)
    if not np.nanmax(values[2], initial=0):
        names, values = names[:2], values[:2]
    return names, values


def _styles(views: Sequence[SearchView]) -> dict[str, dict[str, Any]]:
    return {
        kind: {"color": _COLOURS[n % len(_COLOURS)], "ls": _LINES[n // len(_COLOURS) % len(_LINES)]}
        for n, kind in enumerate(by_kind(views))
    }


def _band(axes: "Axes", x: np.ndarray, curves: np.ndarray, style: dict[str, Any], label: str) -> None:
    """Draw the mean of [seeds, x] curves, and their range where there are several."""
    axes.plot(x, curves.mean(0), lw=1.6, label=label, **style)
    if len(curves) > 1:
        axes.fill_between(x, curves.min(0), curves.max(0), color=style["color"], alpha=0.15, lw=0)


def _name(axes: "Axes") -> None:
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(loc="outside upper left", ncols=3, fontsize=8.5)


def _fronts(views: Sequence[SearchView], reference: tuple[float, float]) -> Plot:
    sizes = [row.bytes for view in views for row in view.rows]
    grid = np.linspace(min(sizes), max(sizes), _STEPS)

    def draw(axes: "Axes", ink: str) -> None:
        styles = _styles(views)
        for kind, members in by_kind(views).items():
            curves = np.array([_attained(view, grid, reference[0]) for view in members])
            _band(axes, grid / 1e6, curves, styles[kind], kind)
        low = min(view.best.point[0] for view in views)
        axes.set(xlabel="MB", ylabel="least loss", ylim=(low - 0.03 * (reference[0] - low), reference[0]))
        _name(axes)

    return Plot(
        key="fronts",
        title="Fronts",
        text="Least loss that plans of at most so many bytes reach: mean over seeds, band least to most.",
        draw=draw,
        size=(9.0, 4.6),
    )


def _attained(view: SearchView, grid: np.ndarray, ceiling: float) -> list[float]:
    rows = view.rows
    return [min((row.point[0] for row in rows if row.bytes <= size), default=ceiling) for size in grid]


def _volumes(views: Sequence[SearchView], curves: dict[int, list[float]], against: str) -> Plot:
    def draw(axes: "Axes", ink: str) -> None:
        styles = _styles(views)
        for kind, members in by_kind(views).items():
            places = [
                view.seconds if against == "seconds" else list(range(1, len(view.rows) + 1))
                for view in members
            ]
            end = max(place[-1] for place in places)
            grid = np.linspace(0, end, _STEPS)
            stepped = [
                np.array([0.0, *curves[id(view)]])[np.searchsorted(place, grid, side="right")]
                for view, place in zip(members, places, strict=True)
            ]
            _band(axes, grid, np.array(stepped), styles[kind], kind)
        axes.set(xlabel=against, ylabel="hypervolume")
        floor = np.quantile([value for curve in curves.values() for value in curve], 0.02)
        axes.set_ylim(bottom=float(floor) * 0.98)
        _name(axes)

    seconds = (
        "Sensitivities are booked before the first plan of who uses them. " if against == "seconds" else ""
    )
    return Plot(
        key=f"volume-{against}",
        title=f"Hypervolume against {against}",
        text=f"{seconds}Mean over seeds, band from least to most.",
        draw=draw,
        size=(9.0, 4.2),
    )
