"""`core-bench merge`: put the parts of a run together."""

from pathlib import Path
from typing import Annotated

import typer


def merge(
    parts: Annotated[list[Path], typer.Argument(help="Folders of the parts.", metavar="RUN...")],
    out: Annotated[Path, typer.Option(help="Folder of the whole.")],
) -> None:
    """Merge folders of one run, such as the shards of a cluster. Nothing is asked; then score the whole."""
    import shlex

    from core_bench.runs import merge_runs

    merged = merge_runs(parts, out)
    print(f"{len(merged.replies())} replies and {len(merged.likelihoods())} likelihoods are in {out}.")
    print(f"Now:  core-bench score {shlex.quote(str(out))}")
