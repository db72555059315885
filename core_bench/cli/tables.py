"""Summaries as tables for the terminal."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core_bench.runs.likelihoods import LikelihoodSummary
from core_bench.scoring import Summary
from core_bench.scoring.published import PublishedScore
from core_bench.scoring.published.reval import RevalScore
from core_bench.statistics import Estimate

if TYPE_CHECKING:
    from core_bench.reports import Table as ReportTable

_METRICS = ("I", "I_s", "W", "W_s", "RCS", "Cons")


def console() -> Console:
    """Return a console that does not wrap tables when its output goes to a file."""
    return Console() if sys.stdout.isatty() else Console(width=100)


def metrics_table(summaries: Mapping[str, Summary]) -> Table:
    """One row a model; under each metric's name the number of problems that it is a mean of."""
    first = next(iter(summaries.values()))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("model\n")
    for name in _METRICS:
        rate: Estimate = getattr(first, name)
        table.add_column(f"{name}\nn={rate.n}", justify="right")
    table.add_column(f"samples\nn={first.samples.n}", justify="right")
    table.add_column(f"probes\nn={first.probes.n}", justify="right")
    for model, summary in summaries.items():
        rates: list[Estimate] = [getattr(summary, name) for name in _METRICS]
        table.add_row(model, *map(with_interval, [*rates, summary.samples, summary.probes]))
    return table


def rates_table(title: str, unit: str, rates: Mapping[str, Mapping[str, Estimate]]) -> Table:
    """One row a model, one column a group; under the group's name how many units it has."""
    first = next(iter(rates.values()))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column(f"model\n{unit}")
    for group, rate in first.items():
        table.add_column(f"{group}\nn={rate.n}", justify="right")
    for model, row in rates.items():
        table.add_row(model, *map(with_interval, row.values()))
    return table


def verdicts_table(summaries: Mapping[str, Summary]) -> Table:
    """Counts of every verdict over all items."""
    first = next(iter(summaries.values()))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="Verdicts", title_justify="left")
    table.add_column("model")
    for kind in first.verdicts:
        table.add_column(kind, justify="right")
    for model, summary in summaries.items():
        table.add_row(model, *map(str, summary.verdicts.values()))
    return table


def likelihood_table(model: str, summaries: Mapping[str, LikelihoodSummary]) -> Table:
    """How likely the gold answers are, one row a kind of item."""
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title="Log-probability of the gold answer", title_justify="left"
    )
    table.add_column("model")
    table.add_column("items")
    for name in ("n", "nats an item", "nats a token", "all tokens likeliest", "forced choice right"):
        table.add_column(name, justify="right")
    for kind, row in summaries.items():
        numbers = ["-" if value is None else f"{value:.3f}" for value in (row.per_item, row.per_token)]
        greedy = percent(Estimate(value=row.greedy, n=row.items - row.errors))
        forced = f"{percent(Estimate(value=row.choice, n=row.choices))} of {row.choices}"
        table.add_row(model, kind, str(row.items - row.errors), *numbers, greedy, forced)
    return table


def counts_table(rows: Sequence[tuple[str, str]]) -> Table:
    """Two columns without a header: a name and what is known of it."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    return table


def report_table(report: "ReportTable") -> Table:
    """One table of a report; intervals stand under their values."""
    from core_bench.reports import cell_text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=report.title, title_justify="left")
    for column in report.columns:
        table.add_column(column.title, justify="left" if column.kind == "text" else "right", overflow="fold")
    for row in report.rows:
        texts = [cell_text(cell, column.kind) for column, cell in zip(report.columns, row, strict=True)]
        table.add_row(*(escape(text.replace(" [", "\n[")) for text in texts))
    return table


def percent(rate: Estimate) -> str:
    """Return a rate as a percentage; a dash where there is nothing to count."""
    return "-" if rate.value is None else f"{100 * rate.value:.1f} %"


def with_interval(rate: Estimate) -> str:
    """Return a rate as a percentage with its interval below; without one where there is none."""
    if rate.low is None or rate.high is None:
        return percent(rate)
    return f"{percent(rate)}\n{100 * rate.low:.0f}..{100 * rate.high:.0f}"


def faithfulness_table(summaries: Mapping[str, Summary]) -> Table:
    """Do right outputs rest on right states? One row a model; each cell has its own denominator."""
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title="Outputs and states of the same run", title_justify="left"
    )
    table.add_column("model")
    for title in ("faithful", "superficial", "state invariance"):
        table.add_column(title, justify="right")
    for model, summary in summaries.items():
        rates = (summary.faithful, summary.superficial, summary.state_invariance)
        table.add_row(model, *(f"{with_interval(rate)}\nn={rate.n}" for rate in rates))
    return table


def published_table(scores: Mapping[str, PublishedScore]) -> Table:
    """One row a file and metric: what the file says, the published way, and our way."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("file", overflow="fold")
    table.add_column("metric")
    for title in ("the file says", "published rules", "our rules", "interval"):
        table.add_column(title, justify="right")
    for name, score in scores.items():
        for metric, ours in score.ours.items():
            told = f"{score.reported[metric]:.4f}" if metric in score.reported else "-"
            table.add_row(name, metric, told, _points(score.published[metric]), _points(ours), _ends(ours))
    return table


def _points(rate: Estimate) -> str:
    return "-" if rate.value is None else f"{100 * rate.value:.4f}"


def _ends(rate: Estimate) -> str:
    if rate.low is None or rate.high is None:
        return "-"
    return f"{100 * rate.low:.1f}..{100 * rate.high:.1f}"


def reval_table(scores: Mapping[str, RevalScore]) -> Table:
    """One row a file: REval's four tasks, F1 of coverage and incremental consistency."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("file", overflow="fold")
    for title in ("coverage", "F1", "state", "path", "output", "consistency"):
        table.add_column(title, justify="right")
    for name, score in scores.items():
        f1 = "-" if score.f1 is None else f"{100 * score.f1:.1f} %"
        rates = (score.state, score.path, score.output, score.consistency)
        cells = [f"{with_interval(rate)}\nn={rate.n}" for rate in (score.coverage, *rates)]
        table.add_row(name, cells[0], f1, *cells[1:])
    return table
