"""`core-bench report` and `core-bench compare`: what runs say, and how they differ, as pages and tables."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core_bench.reports import Report

_SUITE = typer.Option(help="Name or path of the suite, if it is none of the shipped ones.")
_OUT = typer.Option(help="The page to write; tables and plots go beside it.")
_TABLES = typer.Option(help="Also write the tables, split by commas: markdown, csv, latex, json.")
_PLOTS = typer.Option("--plots/--no-plots", help="Draw pictures (needs matplotlib).")
_FILES = typer.Option("--plot-files", help="Also write the pictures as PNG and SVG.")


def report(
    runs: Annotated[list[Path], typer.Argument(help="Run folders.", metavar="RUN...")],
    out: Annotated[Path, _OUT] = Path("report.html"),
    suite: Annotated[str | None, _SUITE] = None,
    tables: Annotated[str, _TABLES] = "",
    plots: Annotated[bool, _PLOTS] = True,
    plot_files: Annotated[bool, _FILES] = False,
) -> None:
    """Write one self-contained page: results with intervals, pictures, every item."""
    from core_bench.reports import make_report, read_runs

    loaded, views = read_runs(runs, suite)
    _write(make_report(loaded, views, plots=plots), out, tables, plot_files)


def compare(
    base: Annotated[Path, typer.Argument(help="The run to compare with.", metavar="BASE")],
    others: Annotated[list[Path], typer.Argument(help="Runs over the same items.", metavar="OTHER...")],
    out: Annotated[Path, _OUT] = Path("compare.html"),
    suite: Annotated[str | None, _SUITE] = None,
    tables: Annotated[str, _TABLES] = "",
    plots: Annotated[bool, _PLOTS] = True,
    plot_files: Annotated[bool, _FILES] = False,
) -> None:
    """Compare runs item by item: what was lost, what was gained, where, and how sure that is."""
    from core_bench.reports import make_comparison, read_runs

    loaded, views = read_runs([base, *others], suite)
    _write(make_comparison(loaded, views[0], views[1:], plots=plots), out, tables, plot_files)


def _write(made: "Report", out: Path, tables: str, plot_files: bool) -> None:
    from core_bench.cli.tables import console, report_table
    from core_bench.errors import CoreBenchError
    from core_bench.jsonl import make_folder, write_text
    from core_bench.reports import FORMATS, require_matplotlib

    wanted = [name for part in tables.split(",") if (name := part.strip())]
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown:
        raise CoreBenchError(
            f"there is no format {', '.join(unknown)}", f"Known formats: {', '.join(FORMATS)}."
        )
    if out.is_dir():
        raise CoreBenchError(f"{out} is a folder", f"Name the page: --out {out / 'report.html'}")
    if plot_files:
        require_matplotlib()
    make_folder(out.parent)
    write_text(out, made.page)
    written = [out]
    for name in wanted:
        ending, writer = FORMATS[name]
        written.append(out.with_suffix(ending))
        write_text(written[-1], writer(made.tables))
    for plot in made.plots if plot_files else ():
        stem = out.with_name(f"{out.stem}-{plot.key}")
        for path, content in (
            (stem.with_suffix(".svg"), plot.svg("light").encode()),
            (stem.with_suffix(".png"), plot.png()),
        ):
            path.write_bytes(content)
            written.append(path)
    console().print(report_table(made.tables[0]))
    print(made.lead)
    print("Written: " + ", ".join(map(str, written)))
