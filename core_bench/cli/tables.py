"""Summaries as tables for the terminal."""

import sys
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from core_bench.runs.likelihoods import LikelihoodSummary
from core_bench.scoring import Rate, Summary

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
        rate: Rate = getattr(first, name)
        table.add_column(f"{name}\nn={rate.n}", justify="right")
    table.add_column(f"samples\nn={first.samples.n}", justify="right")
    table.add_column(f"probes\nn={first.probes.n}", justify="right")
    for model, summary in summaries.items():
        rates: list[Rate] = [getattr(summary, name) for name in _METRICS]
        table.add_row(model, *map(percent, [*rates, summary.samples, summary.probes]))
    return table


def rates_table(title: str, unit: str, rates: Mapping[str, Mapping[str, Rate]]) -> Table:
    """One row a model, one column a group; under the group's name how many units it has."""
    first = next(iter(rates.values()))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    table.add_column(f"model\n{unit}")
    for group, rate in first.items():
        table.add_column(f"{group}\nn={rate.n}", justify="right")
    for model, row in rates.items():
        table.add_row(model, *map(percent, row.values()))
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
        greedy = percent(Rate(value=row.greedy, n=row.items - row.errors))
        forced = f"{percent(Rate(value=row.choice, n=row.choices))} of {row.choices}"
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


def percent(rate: Rate) -> str:
    """Return a rate as a percentage; a dash where there is nothing to count."""
    return "-" if rate.value is None else f"{100 * rate.value:.1f} %"
