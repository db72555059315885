"""What runs say: tables with intervals, pictures, one page that needs no network."""

from core_bench.reports.formats import FORMATS
from core_bench.reports.frontier import Point, pareto_front
from core_bench.reports.making import Report, make_comparison, make_report
from core_bench.reports.plots import Plot, frontier_plot, require_matplotlib
from core_bench.reports.table import Column, Table, cell_text
from core_bench.reports.view import RunView, read_runs

__all__ = [
    "FORMATS",
    "Column",
    "Plot",
    "Point",
    "Report",
    "RunView",
    "Table",
    "cell_text",
    "frontier_plot",
    "make_comparison",
    "make_report",
    "pareto_front",
    "read_runs",
    "require_matplotlib",
]
