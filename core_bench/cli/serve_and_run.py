"""`core-bench serve-and-run`: start vLLM's server, run, end it."""

from pathlib import Path
from typing import Annotated

import typer

from core_bench.cli.asked import Asked, with_asked
from core_bench.cli.run import DTypeName, Stream


@with_asked
def serve_and_run(
    *,
    model: Annotated[Path, typer.Option("--model", "-m", help="A model folder that vLLM can load.")],
    asked: Asked,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests in flight.")] = 64,
    stream: Stream = False,
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
    from core_bench.cli.running import execute
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
            asked.plan(f"openai:{server.model}", default_shape(str(folder))),
            EngineOptions(
                base_url=server.address,
                api_key_env="CORE_BENCH_LOCAL_KEY",
                concurrency=concurrency,
                stream=stream,
                served_folder=folder,
            ),
        )
