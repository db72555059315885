"""Puts reports and comparisons together: which tables, which pictures, which sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from core_bench.reports.comparison_tables import Compared, compared, comparison_tables, items_test
from core_bench.reports.frontiers import run_frontiers
from core_bench.reports.plots import Plot, report_plots
from core_bench.reports.report import report_page
from core_bench.reports.run_tables import report_tables
from core_bench.reports.sentences import difference_sentence, headline_sentence
from core_bench.reports.table import Table
from core_bench.reports.view import RunView
from core_bench.suites import Suite


@dataclass(frozen=True)
class Report:
    """A page with what it shows: `lead` is the sentence under its title."""

    page: str
    lead: str
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...]


def make_report(suite: Suite, runs: Sequence[RunView], *, plots: bool = True) -> Report:
    """Report what runs say.

    Raises:
        CoreBenchError: pictures are wanted and matplotlib is not there.
    """
    tables = report_tables(runs)
    pictures = _pictures(runs) if plots else []
    lead = headline_sentence(runs)
    names = ", ".join(dict.fromkeys(run.manifest.engine.model for run in runs))
    title = f"{names} on {suite.header.name} {_splits(runs)}"
    places = {
        "headline": [plot for plot in pictures if plot.key == "headline"],
        "exposure": [plot for plot in pictures if plot.key == "exposure"],
        "frontier": [plot for plot in pictures if plot.key.startswith("frontier")],
    }  # the table of styles is a heatmap itself
    page = report_page(suite, runs, tables, places, title=title, lead=lead)
    return Report(page, lead, tuple(tables), tuple(pictures))


def make_comparison(suite: Suite, base: RunView, others: Sequence[RunView], *, plots: bool = True) -> Report:
    """Compare runs with a base, item by item.

    Raises:
        CoreBenchError: the runs are not over the same items; or matplotlib is wanted and not there.
    """
    found: Compared = compared(suite, base, others)
    tables = comparison_tables(suite, base, others, found)
    pictures = _pictures([base, *others]) if plots else []
    lead = " ".join(
        difference_sentence(base.name, other.name, found[other.name], items_test(base, other))
        for other in others
    )
    names = ", ".join(other.name for other in others)
    title = f"{names} against {base.name}, {suite.header.name} {_splits([base])}"
    page = report_page(
        suite,
        [base, *others],
        tables,
        {
            "differences": [
                plot for plot in pictures if plot.key == "headline" or plot.key.startswith("frontier")
            ]
        },
        title=title,
        lead=lead,
        comparing=True,
    )
    return Report(page, lead, tuple(tables), tuple(pictures))


def _pictures(runs: Sequence[RunView]) -> list[Plot]:
    return [*report_plots(runs), *run_frontiers(runs)]


def _splits(runs: Sequence[RunView]) -> str:
    return ", ".join(dict.fromkeys(run.manifest.split for run in runs))
