"""`core-bench serve-and-run`: start vLLM's server, run, end it."""

from pathlib import Path
from typing import Annotated

import typer

from core_bench.cli.run import (
    Concurrency,
    DTypeName,
    Epochs,
    Limit,
    MaxTokens,
    MethodName,
    Out,
    Problems,
    Rounds,
    Score,
    Seed,
    ShapeName,
    Shard,
    Split,
    SuiteName,
    Temperature,
)


def serve_and_run(
    model: Annotated[Path, typer.Option("--model", "-m", help="A model folder that vLLM can load.")],
    suite: SuiteName = "core-mini",
    split: Split = "lite",
    method: MethodName = "io",
    shape: ShapeName = "auto",
    out: Out = None,
    limit: Limit = None,
    problems: Problems = None,
    shard: Shard = None,
    score: Score = "answers",
    temperature: Temperature = 0.0,
    epochs: Epochs = None,
    seed: Seed = 0,
    rounds: Rounds = None,
    max_tokens: MaxTokens = None,
    concurrency: Concurrency = 64,
    dtype: DTypeName = "bf16",
    vllm_python: Annotated[
        str | None, typer.Option(help="The Python that has vLLM. [default: this one, or make vllm-env's]")
    ] = None,
    server_log: Annotated[
        Path | None, typer.Option(help="Where the server's own words go. [default: thrown away]")
    ] = None,
    start_seconds: Annotated[float, typer.Option(min=1, help="How long the server may take to start.")] = 600,
    server_options: Annotated[
        list[str] | None,
        typer.Argument(help="After --: options of vllm serve, such as --max-model-len 4096."),
    ] = None,
) -> None:
    """Start `vllm serve` for a model, wait until it is healthy, run the suite on it, end it."""
    from core_bench.cli.running import Plan, execute
    from core_bench.engines import EngineOptions, default_shape
    from core_bench.engines.vllm_server import serving
    from core_bench.models import resolve

    folder = resolve(str(model))
    with serving(
        folder,
        python=vllm_python,
        dtype=dtype,
        options=server_options or [],
        log=server_log,
        start_seconds=start_seconds,
    ) as server:
        execute(
            Plan(
                model=f"openai:{server.model}",
                suite=suite,
                split=split,
                method=method,
                shape=default_shape(str(folder)) if shape == "auto" else shape,
                out=out,
                limit=limit,
                problems=tuple(problems.split(",")) if problems else (),
                shard=shard,
                score=score,
                temperature=temperature,
                epochs=epochs or (3 if temperature > 0 else 1),
                seed=seed,
                rounds=rounds,
                max_tokens=max_tokens,
            ),
            EngineOptions(
                base_url=server.address,
                api_key_env="CORE_BENCH_LOCAL_KEY",
                concurrency=concurrency,
                served_folder=folder,
            ),
        )
