"""The board as a static site: works from a file, fetches nothing, needs no build tool."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core_bench.jsonl import make_folder, write_text
from core_bench.leaderboard.board import Board, Entry, heat
from core_bench.leaderboard.submission import schema_text
from core_bench.pages.document import document, printable
from core_bench.records import DIMENSIONS
from core_bench.reports import Plot, Point, cell_text, frontier_plot
from core_bench.reports.report import manifest_facts, picture
from core_bench.reports.table import number_text
from core_bench.scoring.metrics import HEADLINES
from core_bench.statistics import Estimate

_FOLDER = Path(__file__).resolve().parent / "page"
_STYLES = ("../../reports/page/report.css", "board.css")
_SCRIPTS = ("../../reports/page/tables.js", "board.js")
_METRICS = ("RCS", "I", "I_s", "W", "W_s", "Cons")
_HEAT_ROWS = 40
_NOTE = (
    "Percent, with 95 % intervals by problem. RCS = I x W_s, the primary metric. A place is a range: entries "
    "whose RCS intervals overlap are not told apart. Only entries of one track (access, method, feedback, "
    "compressed) on one build of one suite are held against each other. Baselines, in grey, have no place."
)


def write_site(board: Board, out: Path, *, plots: bool = True) -> list[Path]:
    """Write the site; the same board gives the same bytes. Returns the files, the front page first.

    Raises:
        CoreBenchError: the folder cannot be written; or pictures are wanted and matplotlib is not there.
    """
    make_folder(out / "entries")
    pages = {
        out / "index.html": _index(board.entries, plots),
        out / "submit.html": _page("submit.html", "How to submit", suite=_suites(board.entries)[0]),
        out / "submission.schema.json": schema_text(),
    }
    for entry in board.entries:
        pages[out / "entries" / f"{entry.id}.html"] = _entry(entry)
    for path, text in pages.items():
        write_text(path, text)
    for stale in set((out / "entries").glob("*.html")) - set(pages):
        stale.unlink()
    return list(pages)


def _page(template: str, title: str, root: str = "", **fields: Any) -> str:
    return document(
        _FOLDER,
        template,
        styles=_STYLES,
        scripts=_SCRIPTS,
        data={},
        title=printable(title),
        root=root,
        **fields,
    )


def _index(entries: Sequence[Entry], plots: bool) -> str:
    pictures = [picture(plot) for plot in _frontiers(entries)] if plots else []
    families = heat(entries[:_HEAT_ROWS])
    versions, history = _history(entries)
    return _page(
        "index.html",
        "core-bench: who executes code, and who guesses",
        lead=_lead(entries),
        note=_NOTE,
        columns=_columns(),
        rows=[_row(entry) for entry in entries],
        filters=[
            {
                "key": key,
                "title": title,
                "choices": sorted({getattr(row, key) for row in map(_Facts, entries)}),
            }
            for key, title in (
                ("suite", "Suite"),
                ("access", "Access"),
                ("method", "Method"),
                ("feedback", "Feedback"),
                ("compressed", "Compressed"),
            )
        ],
        plots=pictures,
        families=list(families),
        heat=[
            {
                "name": _title(entry),
                "cells": [_cell(row.get(entry.id), "share", True) for row in families.values()],
            }
            for entry in entries[:_HEAT_ROWS]
        ],
        versions=versions,
        history=history,
    )


class _Facts:
    """What the filters of the board are about, as words."""

    def __init__(self, entry: Entry) -> None:
        self.suite = f"{entry.manifest.suite} {entry.suite_version} {entry.manifest.split}"
        self.access = entry.track.access
        self.method = entry.track.method
        self.feedback = entry.track.feedback
        self.compressed = "compressed" if entry.track.compressed else "whole"


def _columns() -> list[dict[str, str]]:
    def column(title: str, kind: str = "share", hint: str = "") -> dict[str, str]:
        return {"title": title, "kind": kind, "hint": hint}

    return [
        column("place", "count"),
        column("model", "text"),
        *(column(name) for name in _METRICS),
        *(column(name, hint=f"share of right probes that touch {name}") for name in DIMENSIONS),
        column("size", "bytes", "bytes of the checkpoint"),
        column("tokens/s", "number", "decoded tokens a second, as measured by the submitter"),
        column("cost", "number", "money, as booked by the submitter"),
    ]


def _row(entry: Entry) -> dict[str, Any]:
    facts = _Facts(entry)
    low, high = entry.place or (None, None)
    place = "-" if low is None else str(low) if low == high else f"{low}-{high}"
    metrics = [*_METRICS, *(f"dimension/{name}" for name in DIMENSIONS)]
    return {
        **vars(facts),
        "id": entry.id,
        "name": printable(entry.name),
        "about": f"{entry.submission.model.organisation}; {entry.track.title}",
        "place": place,
        "place_value": "" if low is None else low,
        "style": "baseline" if entry.baseline else "",
        "cells": [
            *(_cell(entry.estimates.get(name), "share") for name in metrics),
            _cell(entry.checkpoint_bytes, "bytes"),
            _cell(entry.tokens_per_second, "number"),
            _cell(entry.cost, "number"),
        ],
    }


def _cell(value: Estimate | float | None, kind: str, coloured: bool = False) -> dict[str, str]:
    number = value.value if isinstance(value, Estimate) else value
    return {
        "kind": kind,
        "text": number_text(number, kind),
        "interval": cell_text(value, kind).partition(" ")[2] if isinstance(value, Estimate) else "",
        "value": "" if number is None else repr(number),
        "heat": f" heat{min(8, int(number * 8.999))}" if coloured and number is not None else "",
    }


def _entry(entry: Entry) -> str:
    model = entry.submission.model
    total = sum(entry.verdicts.values())
    facts: dict[str, object] = {
        "organisation": model.organisation,
        "access": model.access,
        "licence": model.licence,
        "parameters": model.parameters,
        "base model": model.base_model,
        "compression plan": model.compression_plan,
        "notes": model.notes or None,
        "submitted": entry.submission.created,
        "bundle": entry.file,
        "checkpoint bytes": entry.checkpoint_bytes,
        "tokens per second": entry.tokens_per_second,
        "cost": entry.cost,
    }
    told = [(name, printable(f"{value}")) for name, value in facts.items() if value is not None]
    return _page(
        "entry.html",
        _title(entry),
        root="../",
        lead=_entry_lead(entry),
        about=f"Suite {entry.manifest.suite} version {entry.suite_version}, split {entry.manifest.split}.",
        numbers=[
            {
                "name": name.replace("/", ": "),
                "value": number_text(found.value, "share"),
                "interval": cell_text(found, "share").partition(" ")[2],
                "over": f"{found.n} {found.unit}",
            }
            for name, found in entry.estimates.items()
        ],
        verdicts=[
            {"name": name.replace("_", " "), "count": count, "share": f"{100 * count / max(total, 1):.1f}"}
            for name, count in entry.verdicts.items()
        ],
        warnings=[printable(finding.text) for finding in entry.warnings],
        examples=[
            {
                "item": example.item,
                "asked": printable(example.asked),
                "gold": printable(example.gold),
                "reply": printable(example.reply),
                "verdict": example.verdict.replace("_", " "),
                "style": example.verdict if example.verdict in ("correct", "wrong") else "other",
            }
            for example in entry.examples
        ],
        facts=[*told, *manifest_facts(entry.manifest)],
    )


def _lead(entries: Sequence[Entry]) -> str:
    placed = [entry for entry in entries if entry.place]
    models = len({entry.name for entry in placed})
    if not placed:
        return "No entries yet, only baselines."
    first = [entry for entry in placed if entry.place and entry.place[0] == 1]
    tracks = len({entry.track.title for entry in placed})
    return (
        f"{len(placed)} entries of {models} model{'s' if models > 1 else ''} in "
        f"{tracks} track{'s' if tracks > 1 else ''}; {len(first)} of them may be first in theirs."
    )


def _entry_lead(entry: Entry) -> str:
    rcs = cell_text(entry.estimates["RCS"], "share")
    if entry.place is None:
        return f"RCS {rcs}. A baseline: it has no place."
    low, high = entry.place
    place = f"place {low}" if low == high else f"a place between {low} and {high}"
    return f"RCS {rcs}: {place} in the track {entry.track.title}."


def _frontiers(entries: Sequence[Entry]) -> list[Plot]:
    """Draw RCS and W_s against bytes for each suite in which two entries have a size."""
    plots = []
    for suite in _suites(entries):
        sized = [entry for entry in entries if entry.checkpoint_bytes and entry.manifest.suite == suite]
        for name in ("RCS", "W_s"):
            if len(sized) > 1:
                points = [
                    Point(
                        _title(entry), (entry.checkpoint_bytes or 0) / 1e6, entry.estimates[name].value or 0.0
                    )
                    for entry in sized
                ]
                plots.append(
                    frontier_plot(
                        points, [entry.estimates[name] for entry in sized], name, f"size, MB ({suite})"
                    )
                )
    return plots


def _history(entries: Sequence[Entry]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return versions and rows, where there is more than one version of a suite."""
    versions = sorted({f"{entry.manifest.suite} {entry.suite_version}" for entry in entries})
    if len(versions) < 2:
        return versions, []
    rows: dict[str, dict[str, Estimate]] = {}
    for entry in entries:
        name = f"{entry.name}, {entry.track.title}"
        rows.setdefault(name, {})[f"{entry.manifest.suite} {entry.suite_version}"] = entry.estimates["RCS"]
    return versions, [
        {"name": printable(name), "cells": [_cell(found.get(version), "share") for version in versions]}
        for name, found in rows.items()
    ]


def _suites(entries: Sequence[Entry]) -> list[str]:
    return sorted({entry.manifest.suite for entry in entries}) or ["core-bench-v1"]


def _title(entry: Entry) -> str:
    return f"{entry.name} ({entry.track.method})"


def headline(estimates: Mapping[str, Estimate]) -> str:
    """Return the headline metrics in one line, for a terminal."""
    return ", ".join(f"{name} {cell_text(estimates[name], 'share')}" for name in HEADLINES)
