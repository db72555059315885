"""`core-bench compress search-report`: what searches found, as a page and as tables."""

from pathlib import Path
from typing import Annotated

import typer

from core_bench.cli.compress_making import compress_errors

# The page has one table with all columns, too wide for a terminal.
_SHOWN = {
    "One plan at the budget": ("kind", "seeds", "plans", "loss", "loss_random", "loss_p"),
    "Hypervolumes of fronts": ("kind", "volume", "volume_random", "volume_p", "seconds"),
}


def search_report(
    folders: Annotated[list[Path], typer.Argument(help="Folders of compress search.", metavar="DIR...")],
    out: Annotated[Path, typer.Option(help="The page to write; tables go beside it as Markdown.")] = Path(
        "searches.html"
    ),
) -> None:
    """Compare searches: fronts, hypervolumes, allocations, predictors, ablations, and which one to use."""
    from core_bench.cli.tables import console, report_table
    from core_bench.jsonl import make_folder, write_text
    from core_bench.reports import FORMATS
    from core_bench.reports.search_page import make_search_report
    from core_bench.reports.searches import read_searches

    with compress_errors():
        made = make_search_report(read_searches(folders))
    make_folder(out.parent)
    ending, writer = FORMATS["markdown"]
    write_text(out, made.page)
    write_text(out.with_suffix(ending), f"{made.lead}\n\n{writer(made.tables)}")
    for title, keys in _SHOWN.items():
        console().print(report_table(made.tables[0].only(title, keys)))
    print(made.lead)
    print(f"Written: {out}, {out.with_suffix(ending)}")
