"""The report of compression searches: one page that needs no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from core_bench.pages.document import document, printable
from core_bench.reports.plots import Plot
from core_bench.reports.report import picture, shown
from core_bench.reports.search_plots import allocation_plot, search_plots
from core_bench.reports.search_predictors import predictors_table
from core_bench.reports.search_sentence import which_strategy
from core_bench.reports.search_tables import ablations_table, front_table, strategies_table
from core_bench.reports.searches import SearchView, by_kind
from core_bench.reports.table import Table

_FOLDER = Path(__file__).resolve().parent / "page"


@dataclass(frozen=True)
class SearchReport:
    """A page with what it shows."""

    page: str
    lead: str
    tables: tuple[Table, ...]
    plots: tuple[Plot, ...]


def make_search_report(views: Sequence[SearchView]) -> SearchReport:
    """Report what searches found.

    Raises:
        CoreBenchError: matplotlib is not there.
    """
    tables = [
        table
        for table in (
            strategies_table(views), predictors_table(views), ablations_table(views), front_table(views)
        )
        if table is not None
    ]  # fmt: skip
    curves = search_plots(views)
    best = [min(members, key=lambda view: view.best.point) for members in by_kind(views).values()]
    maps = [allocation_plot(view) for view in best]
    study = views[0].study
    lead = which_strategy(views)
    page = document(
        _FOLDER,
        "search.html",
        styles=("report.css",),
        scripts=("tables.js",),
        data={},
        title=f"{len(views)} searches for plans of at most {study.budget / 1e6:.2f} MB",
        lead=printable(lead),
        facts=printable(
            f"Base {study.base[:12]}; objective {study.objective.get('name', '?')} at fidelity "
            f"{study.fidelity}; intervals over seeds."
        ),
        tables=[shown(table) for table in tables],
        plots_of={"strategies": [picture(plot) for plot in curves]},
        allocations=[picture(plot) for plot in maps],
        made=f"Made by core-bench {version('core-bench')}.",
    )
    return SearchReport(page, lead, tuple(tables), (*curves, *maps))
