"""Summaries as tables for the terminal."""

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core_bench.scoring import Summary
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
        table.add_column(column.title, justify="left" if column.kind == "text" else "right")
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
