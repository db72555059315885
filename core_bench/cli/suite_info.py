"""`core-bench suite info`: the card of a suite."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from core_bench.suites import Suite
    from core_bench.suites.card import Card, RunFigures


def info(
    suite: Annotated[str, typer.Argument(help="Name or path of a suite.")] = "core-mini",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print it as Markdown.")] = False,
    plots: Annotated[Path | None, typer.Option(help="Draw the distributions into this folder, too.")] = None,
    runs: Annotated[
        bool,
        typer.Option("--runs/--no-runs", help="Run the samples, for coverage and trace lengths (cached)."),
    ] = True,
) -> None:
    """Show the card of a suite: what it holds, next to the published figures."""
    from core_bench.suites import load_suite
    from core_bench.suites.card import card_of, markdown

    if as_json and as_markdown:
        raise CoreBenchError("the card is printed either as JSON or as Markdown", "Leave one of them away.")
    loaded = load_suite(suite)
    card = card_of(loaded, _run_figures(loaded) if runs else None)
    if plots is not None:
        from core_bench.suites.card.plots import plot_card

        for file in plot_card(loaded, card, plots):
            print(file, file=sys.stderr)
    if as_json:
        print(card.model_dump_json(indent=1))
    elif as_markdown:
        print(markdown(card), end="")
    else:
        _show(card)
        if loaded.retracted:
            print(f"{len(loaded.retracted)} of its items are retracted: nobody is asked them.")


def _run_figures(suite: "Suite") -> "RunFigures | None":
    from core_bench.cli.progress import progress
    from core_bench.suites.card import run_figures

    try:
        suite.require_python()
    except CoreBenchError as error:
        print(f"{error.problem}: coverage and trace lengths are left out", file=sys.stderr)
        return None
    try:
        with progress("running", "implementations") as update:
            return run_figures(suite, update)
    except KeyboardInterrupt:
        print("\nStopped. The card without these figures: --no-runs.", file=sys.stderr)
        raise typer.Exit(130) from None


def _show(card: "Card") -> None:
    from rich import box
    from rich.table import Table

    from core_bench.cli.tables import console, counts_table
    from core_bench.suites.card import beside_published, card_rows

    console().print(counts_table(list(card_rows(card))), highlight=False, markup=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("", card.suite, "published CoRE"):
        table.add_column(name)
    for row in beside_published(card):
        table.add_row(*row)
    console().print(table, highlight=False, markup=False)
