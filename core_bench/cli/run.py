"""`core-bench run`: ask a model everything, score it, show the table."""

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from core_bench.engines import Engine, Request
    from core_bench.runs import RunFolder


def run(
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="smollm2-135m, a model folder, openai:NAME, replay:PATH, or baseline:oracle|majority|echo.",
        ),
    ] = "smollm2-135m",
    suite: Annotated[str, typer.Option(help="Name of a shipped suite, or the path of one.")] = "core-mini",
    split: Annotated[str, typer.Option(help="lite, full, dev or test.")] = "lite",
    method: Annotated[str, typer.Option(help="How to ask: io (answer alone) or cot (thought first).")] = "io",
    shape: Annotated[
        Literal["auto", "chat", "completion"], typer.Option(help="Kind of prompts; auto suits the model.")
    ] = "auto",
    out: Annotated[
        Path | None, typer.Option(help="The run's folder. [default: runs/SUITE/SPLIT/MODEL-METHOD-SHAPE]")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only the first N items.")] = None,
    base_url: Annotated[str | None, typer.Option(help="openai: address of a compatible server.")] = None,
    api_key_env: Annotated[str, typer.Option(help="openai: variable that holds the key.")] = "OPENAI_API_KEY",
    concurrency: Annotated[int, typer.Option(min=1, help="openai: requests in flight.")] = 8,
    batch_size: Annotated[int, typer.Option(min=1, help="transformers: prompts in a batch.")] = 16,
    dtype: Annotated[
        Literal["bf16", "fp16", "fp32"], typer.Option(help="transformers: number type to compute in.")
    ] = "bf16",
) -> None:
    """Run a suite on a model. Run the same command again to go on after an interruption."""
    from core_bench.cli.tables import console, metrics_table
    from core_bench.engines import EngineOptions, default_shape, open_engine
    from core_bench.errors import CoreBenchError
    from core_bench.methods import load_method
    from core_bench.runs import RunFolder, make_manifest, requests_for, score
    from core_bench.runs.baselines import baseline_items, baseline_summaries
    from core_bench.suites import load_suite

    loaded = load_suite(suite)
    items = loaded.split(split)[:limit]
    if not items:
        raise CoreBenchError(f"the split {split} of {loaded.header.name} is empty", "Use --split full.")
    asked = load_method(method)
    options = EngineOptions(
        batch_size=batch_size,
        dtype=dtype,
        base_url=base_url,
        api_key_env=api_key_env,
        concurrency=concurrency,
    )
    chosen = default_shape(model) if shape == "auto" else shape
    folder = RunFolder(
        out
        or _default_folder(
            loaded.header.name, split if limit is None else f"{split}-{limit}", model, method, chosen
        )
    )
    engine = open_engine(model, options, baseline_items(loaded, items))
    try:
        manifest = make_manifest(loaded, split, limit, asked, chosen, engine.describe())
        with folder.open(manifest):
            _ask(engine, requests_for(items, asked, chosen), folder)
            summary = score(loaded, items, asked, chosen, folder)
    finally:
        engine.close()
    rows = {**baseline_summaries(loaded, items, asked, chosen), model: summary}
    print(f"\n{loaded.header.name} {split}, method {method}, {chosen} prompts: {len(items)} items")
    console().print(metrics_table(rows))
    print(f"By dimension, family and verdict:  core-bench score {shlex.quote(str(folder.path))}")


def _ask(engine: "Engine", requests: "list[Request]", folder: "RunFolder") -> None:
    from core_bench.cli.progress import progress
    from core_bench.runs import ask

    try:
        with progress("asking", "items") as update:
            ask(engine, requests, folder, update)
    except KeyboardInterrupt:
        print(
            f"\nStopped. {len(folder.replies())} of {len(requests)} replies are in {folder.path}; "
            "run the same command again to go on.",
            file=sys.stderr,
        )
        raise typer.Exit(130) from None


def _default_folder(suite: str, split: str, model: str, method: str, shape: str) -> Path:
    name = re.sub(r"[^\w.-]+", "-", model).strip("-.")
    return Path("runs", suite, split, f"{name}-{method}-{shape}")
