"""The pictures of a report, drawn by matplotlib, as SVG for light and dark pages and as files for a paper."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core_bench.errors import CoreBenchError
from core_bench.reports.frontier import Point, pareto_front
from core_bench.reports.sentences import frontier_sentence
from core_bench.reports.view import RunView
from core_bench.scoring import style_heatmap
from core_bench.statistics import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's palette: distinct for colour-blind readers, on light and on dark pages."""
_INKS = {"light": "#1a1d21", "dark": "#e6e8eb"}
_MARKS = "osD^vP"
_WIDE = 20
"""Where costs differ by more than this factor, their axis is logarithmic."""
_MOST_NAMES = 12
"""With more points than this only those on the front are named."""


@dataclass(frozen=True)
class Plot:
    """A picture: `draw` fills axes, in one ink; `text` says what it shows."""

    key: str
    title: str
    text: str
    draw: "Callable[[Axes, str], None]"
    size: tuple[float, float] = (7.0, 3.6)

    def svg(self, theme: str) -> str:
        """Return the picture for a `light` or a `dark` page. The same input gives the same text."""
        return self._saved("svg", _INKS[theme]).decode()

    def png(self) -> bytes:
        """Return the picture on white, 200 dots an inch."""
        return self._saved("png", _INKS["light"])

    def _saved(self, form: str, ink: str) -> bytes:
        matplotlib = require_matplotlib()
        from matplotlib.figure import Figure

        style: dict[str, Any] = {
            "svg.hashsalt": self.key,
            "font.size": 10,
            **dict.fromkeys(
                ("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.edgecolor"), ink
            ),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
        }
        out = io.BytesIO()
        with matplotlib.rc_context(style):
            figure = Figure(figsize=self.size, layout="constrained")
            self.draw(figure.subplots(), ink)
            where = {"metadata": {"Date": None, "Creator": None}} if form == "svg" else {"dpi": 200}
            figure.savefig(out, format=form, transparent=form == "svg", **where)
        return out.getvalue()


def require_matplotlib() -> Any:
    """Import matplotlib; raises `CoreBenchError` that says what to install."""
    try:
        import matplotlib
    except ImportError:
        raise CoreBenchError(
            "plots need matplotlib, which is not installed",
            "pip install 'core-bench[report]', or --no-plots.",
        ) from None
    return matplotlib


def report_plots(runs: Sequence[RunView]) -> list[Plot]:
    """Return the pictures that the runs have something to show for."""
    plots = [_headline(runs)]
    if max(len(run.summary.exposure.get("I_s", ())) for run in runs) > 1:
        plots.append(_exposure(runs))
    if len(runs) > 1 and runs[0].summary.by_family:
        plots.append(_heatmap(runs))
    return plots


def frontier_plot(points: Sequence[Point], intervals: Sequence[Estimate], score: str, cost: str) -> Plot:
    """Draw score against cost; what is on the front is joined and named, what is dominated is grey.

    Args:
        points: the checkpoints, with scores as shares.
        intervals: the same scores with their intervals.
        score: name of the metric.
        cost: what the horizontal axis is, with its unit.
    """
    front = pareto_front(points)

    def draw(axes: "Axes", ink: str) -> None:
        for point, estimate in zip(points, intervals, strict=True):
            colour = _SERIES[0] if point in front else "#8a94a0"
            if estimate.low is not None and estimate.high is not None:
                axes.plot(
                    [point.cost] * 2, [100 * estimate.low, 100 * estimate.high], color=colour, lw=1, alpha=0.5
                )
            axes.plot(point.cost, 100 * point.score, "o", color=colour, ms=7 if point in front else 5)
            if point not in front and len(points) > _MOST_NAMES:
                continue
            axes.annotate(
                _short(point.name), (point.cost, 100 * point.score),
                xytext=(6, 5), textcoords="offset points",
                fontsize=8.5, color=ink if point in front else "#8a94a0",
            )  # fmt: skip
        axes.step(
            [point.cost for point in front], [100 * point.score for point in front], where="post",
            color=_SERIES[0], lw=1.2,
        )  # fmt: skip
        axes.set(xlabel=cost, ylabel=f"{score}, %")
        if min(point.cost for point in points) > 0 and _span(points) > _WIDE:
            axes.set_xscale("log")
        axes.margins(x=0.15, y=0.15)

    unit = cost.partition(",")[0]
    return Plot(
        key=f"frontier-{score}-{unit.replace(' ', '-')}",
        title=f"{score} against {unit}",
        text=frontier_sentence(points, score, unit),
        draw=draw,
    )


def _span(points: Sequence[Point]) -> float:
    return max(point.cost for point in points) / min(point.cost for point in points)


def _headline(runs: Sequence[RunView]) -> Plot:
    names = ("I_s", "W_s", "RCS")

    def draw(axes: "Axes", ink: str) -> None:
        for place, run in enumerate(runs):
            found: list[Estimate] = [getattr(run.summary, name) for name in names]
            at = [position + 0.12 * (place - (len(runs) - 1) / 2) for position in range(len(names))]
            colour, mark = _SERIES[place % len(_SERIES)], _MARKS[place % len(_MARKS)]
            for x, estimate in zip(at, found, strict=True):
                if estimate.low is not None and estimate.high is not None:
                    axes.plot([x, x], [100 * estimate.low, 100 * estimate.high], color=colour, lw=1.6)
            axes.plot(
                at,
                [100 * (estimate.value or 0) for estimate in found],
                mark,
                color=colour,
                label=_short(run.name),
            )
        axes.set_xticks(range(len(names)), names)
        axes.set(ylabel="%", ylim=(0, None), xlim=(-0.6, len(names) - 0.4))
        _legend(axes)

    return Plot(
        key="headline",
        title="Outputs, states, and both",
        text="I_s (programs right on every test), W_s (states right), RCS (both together), with intervals.",
        draw=draw,
    )


def _legend(axes: "Axes") -> None:
    """Name the runs above the picture: on a phone, what stands right of it is out of sight."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.legend(loc="outside upper left", ncols=2, fontsize=9)


def _exposure(runs: Sequence[RunView]) -> Plot:
    longest = max(len(run.summary.exposure.get("I_s", ())) for run in runs)

    def draw(axes: "Axes", ink: str) -> None:
        for place, run in enumerate(runs):
            curve = [100 * (point.value or 0) for point in run.summary.exposure.get("I_s", ())]
            axes.plot(
                range(1, len(curve) + 1), curve, _MARKS[place % len(_MARKS)] + "-", ms=4, lw=1.4,
                color=_SERIES[place % len(_SERIES)], label=_short(run.name),
            )  # fmt: skip
        axes.set(xlabel="tests of each program", ylabel="I_s, %", ylim=(0, None))
        axes.set_xticks(range(1, longest + 1))
        _legend(axes)

    falls = [
        (run.name, curve[0].value or 0, curve[-1].value or 0)
        for run in runs
        if (curve := run.summary.exposure.get("I_s", ()))
    ]
    name, first, last = max(falls, key=lambda fall: fall[1] - fall[2])
    return Plot(
        key="exposure",
        title="What one test leaves undiscovered",
        text=(
            f"I_s as each program is looked at with more tests. The largest fall is that of {name}: "
            f"from {100 * first:.1f} % with one test to {100 * last:.1f} % with all."
        ),
        draw=draw,
    )


def _heatmap(runs: Sequence[RunView]) -> Plot:
    heat = style_heatmap({run.name: run.summary for run in runs})
    families = list(heat)

    def draw(axes: "Axes", ink: str) -> None:
        cells = [
            [
                100 * (heat[family][run.name].value or 0) if run.name in heat[family] else float("nan")
                for family in families
            ]
            for run in runs
        ]
        axes.imshow(cells, cmap="cividis", vmin=0, vmax=100, aspect="auto")
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=9,
                          color="#ffffff" if value < 60 else "#000000")  # fmt: skip
        axes.set_xticks(range(len(families)), families)
        axes.set_yticks(range(len(runs)), [_short(run.name) for run in runs])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)

    return Plot(
        key="styles",
        title="Who wrote it against who reads it",
        text="I_s in percent for each family of implementations and each run.",
        draw=draw,
        size=(7.0, 1.2 + 0.42 * len(runs)),
    )


def _short(name: str) -> str:
    """Return a name that fits, and that matplotlib takes for text: a dollar sign would begin a formula."""
    plain = "".join(mark if mark.isprintable() else "?" for mark in name).replace("$", r"\$")
    return plain if len(plain) <= 34 else f"{plain[:31]}..."
