"""`core-bench suite export`: a suite in forms that others read."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def export(
    out: Annotated[Path, typer.Option(help="New folder to write to.")],
    suite: Annotated[str, typer.Argument(help="Name or path of a suite.")] = "core-mini",
    form: Annotated[
        Literal["hf", "cruxeval", "lm-eval"],
        typer.Option(
            "--format",
            help="hf: a Hugging Face dataset folder; cruxeval: JSON Lines; lm-eval: a folder of tasks for "
            "lm-evaluation-harness.",
        ),
    ] = "hf",
) -> None:
    """Write a suite for other tools, golds included."""
    from core_bench.suites import load_suite
    from core_bench.suites.export import export_suite

    files = export_suite(load_suite(suite), out, form)
    print(f"{out}: {', '.join(str(file.relative_to(out)) for file in files)}")
    if form == "hf":
        print(f'Read it with: datasets.load_dataset("{out}", "samples"), or "probes"')
    if form == "lm-eval":
        print(f"Run one with: lm_eval --include_path {out} --tasks {files[-1].stem} --model ...")
