"""The report of one or several runs as one page that needs no network."""

import base64
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core_bench.pages.document import document, printable
from core_bench.pages.highlight import coloured_lines
from core_bench.records import DIMENSIONS, RunManifest, VerdictKind
from core_bench.reports.plots import Plot
from core_bench.reports.table import Cell, Column, Table, cell_text, number_text
from core_bench.reports.view import RunView
from core_bench.statistics import Estimate
from core_bench.suites import Suite

_FOLDER = Path(__file__).resolve().parent / "page"
_KINDS = [kind.value for kind in VerdictKind]
_MARKS = "✓✗-…⊘?!"
"""One mark a verdict, in the order of `VerdictKind`."""
_MOST_CHARS = 6_000
"""Of a reply that is longer the page shows this much, and says so."""


def report_page(
    suite: Suite,
    runs: Sequence[RunView],
    tables: Sequence[Table],
    plots: Mapping[str, Sequence[Plot]],
    *,
    title: str,
    lead: str,
    comparing: bool = False,
) -> str:
    """Return the page as one HTML text.

    Args:
        suite: what was asked.
        runs: who answered; when `comparing`, the first is the base of the others.
        tables: what to show, in this order.
        plots: table key -> the pictures above that table.
        title: the headline.
        lead: the sentence under it.
        comparing: whether the items can be filtered by what the second run lost and gained.
    """
    header = suite.header
    return document(
        _FOLDER,
        "report.html",
        styles=("report.css",),
        scripts=("tables.js", "items.js"),
        data=_data(suite, runs, comparing),
        kind="comparison" if comparing else "report",
        title=printable(title),
        lead=printable(lead),
        facts=(
            f"Suite {header.name} version {header.version}, hash {suite.hash[:12]}; "
            f"{len(runs)} run{'s' if len(runs) > 1 else ''}; intervals by problem."
        ),
        base=printable(runs[0].name),
        tables=[shown(table) for table in tables],
        plots_of={key: [picture(plot) for plot in found] for key, found in plots.items()},
        manifests=[{"name": printable(run.name), "facts": manifest_facts(run.manifest)} for run in runs],
        made=(
            f"Made by core-bench {version('core-bench')} from raw replies; "
            "nothing that a model wrote was executed."
        ),
    )


def manifest_facts(manifest: RunManifest) -> list[tuple[str, str]]:
    """Return everything that decides a run's replies, and its surroundings, as (name, value)."""
    rows: dict[str, object] = {
        **manifest.identity,
        **{f"engine {name}": value for name, value in manifest.engine.environment.items()},
        "core-bench": manifest.core_bench,
        "python": manifest.python,
        "platform": manifest.platform,
        "started": manifest.started,
    }
    return [
        (name.replace("_", " "), printable(str(value))) for name, value in rows.items() if value is not None
    ]


def shown(table: Table) -> dict[str, Any]:
    """Return what a template shows of a table."""
    return {
        "key": table.key,
        "title": table.title,
        "note": printable(table.note),
        "columns": table.columns,
        "rows": [
            [_cell(cell, column, table) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ],
    }


def _cell(cell: Cell, column: Column, table: Table) -> dict[str, str]:
    if isinstance(cell, Estimate):
        interval = cell_text(cell, column.kind).partition(" ")[2]
        number, text = cell.value, number_text(cell.value, column.kind)
    else:
        interval, text = "", cell_text(cell, column.kind)
        number = cell if isinstance(cell, int | float) else None
    return {
        "kind": column.kind,
        "text": printable(text),
        "interval": interval,
        "value": "" if number is None else repr(number),
        "heat": _heat(cell, column, number, table),
    }


def _heat(cell: Cell, column: Column, value: float | None, table: Table) -> str:
    """Return the class that colours a cell: a heatmap's shares by height, sure differences by sign."""
    if value is None:
        return ""
    if (
        column.kind == "difference"
        and isinstance(cell, Estimate)
        and cell.low is not None
        and cell.high is not None
    ):
        worse = table.key == "transforms"  # a drop is a loss
        if cell.low > 0:
            return " worse" if worse else " better"
        return (" better" if worse else " worse") if cell.high < 0 else ""
    if table.key in ("styles", "dimensions") and column.kind == "share":
        return f" heat{min(8, int(value * 8.999))}"
    return ""


def picture(plot: Plot) -> dict[str, Any]:
    """Return what a template shows of a plot: its text, and its sources for light and dark pages."""

    def source(theme: str) -> str:
        return "data:image/svg+xml;base64," + base64.b64encode(plot.svg(theme).encode()).decode()

    width, height = plot.size
    return {
        "title": plot.title,
        "text": printable(plot.text),
        "light": source("light"),
        "dark": source("dark"),
        "width": round(96 * width),
        "height": round(96 * height),
    }


def _data(suite: Suite, runs: Sequence[RunView], comparing: bool) -> dict[str, Any]:
    items = {item.id: item for run in runs for item in run.items}
    dimensions = {probe.id: probe.dimensions for probe in suite.probes}
    asked = {item.implementation for item in items.values()}
    return {
        "comparing": comparing,
        "verdicts": _KINDS,
        "marks": list(_MARKS),
        "dimensions": DIMENSIONS,
        "programs": {
            program.id: {
                "family": program.family,
                "transforms": list(dict.fromkeys(link.transform for link in program.chain)),
                "lines": coloured_lines(program.code),
            }
            for program in suite.implementations
            if program.id in asked
        },
        "items": [
            {
                "id": item.id,
                "kind": item.kind,
                "program": item.implementation,
                "call": item.call,
                "question": item.question,
                "gold": suite.golds[item.id],
                "dimensions": dimensions.get(item.id, ()),
            }
            for item in items.values()
        ],
        "runs": [
            {"name": printable(run.name), "replies": [_replies(run, item) for item in items]} for run in runs
        ],
    }


def _replies(run: RunView, item: str) -> list[list[int | str | None]] | None:
    """Return for each epoch [verdict, text, begin and end of the parsed answer, full length if cut]."""
    rows: list[list[int | str | None]] = []
    for epoch in run.outcomes.epochs:
        reply = run.replies.get((item, epoch))
        if reply is None:
            return None
        verdict = run.verdicts[item, epoch]
        text = reply.error if reply.error and not reply.text else reply.text
        begin, end = verdict.span or (None, None)
        cut = len(text) if len(text) > _MOST_CHARS else 0
        rows.append([_KINDS.index(verdict.verdict.value), printable(text[:_MOST_CHARS]), begin, end, cut])
    return rows
