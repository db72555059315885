"""`core-bench run`: ask a model everything, score it, show the table."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from core_bench.cli.asked import Asked, with_asked

DTypeName = Annotated[
    Literal["bf16", "fp16", "fp32"],
    typer.Option("--dtype", help="transformers, vllm: number type to compute in."),
]
Stream = Annotated[
    bool, typer.Option("--stream", help="openai: stream replies, which tells the time to the first token.")
]


@with_asked
def run(
    *,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="smollm2-135m, a model folder, vllm:FOLDER, ray-vllm:FOLDER, openai:NAME, replay:PATH, "
            "or baseline:oracle|majority|echo.",
        ),
    ] = "smollm2-135m",
    engine: Annotated[
        str | None,
        typer.Option(
            help="Who computes: transformers, vllm, ray-vllm, ray-transformers. [default: as --model says]"
        ),
    ] = None,
    asked: Asked,
    base_url: Annotated[str | None, typer.Option(help="openai: address of a compatible server.")] = None,
    api_key_env: Annotated[str, typer.Option(help="openai: variable that holds the key.")] = "OPENAI_API_KEY",
    concurrency: Annotated[int, typer.Option(min=1, help="openai: requests in flight.")] = 8,
    stream: Stream = False,
    rpm: Annotated[float | None, typer.Option(min=0.1, help="openai: requests a minute at most.")] = None,
    tpm: Annotated[float | None, typer.Option(min=1, help="openai: tokens a minute at most.")] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="openai: stop before more than this is spent; needs --prices.")
    ] = None,
    prices: Annotated[
        Path | None, typer.Option(help="openai: TOML file of prices (docs/engines.md tells its form).")
    ] = None,
    batch_api: Annotated[
        bool, typer.Option("--batch-api", help="openai: hand everything in as one batch, for half the price.")
    ] = False,
    batch_size: Annotated[
        int | None,
        typer.Option(
            min=1, help="transformers: prompts in a batch. [default: 64 below a billion parameters, else 16]"
        ),
    ] = None,
    batch_tokens: Annotated[
        int, typer.Option(min=1, help="transformers: tokens in a batch, replies included.")
    ] = 65_536,
    dtype: DTypeName = "bf16",
    device: Annotated[
        str | None, typer.Option(help="transformers: cpu, cuda, cuda:1. [default: the GPU if there is one]")
    ] = None,
    vllm_python: Annotated[
        str | None,
        typer.Option(help="vllm: the Python that has vLLM. [default: this one, or make vllm-env's]"),
    ] = None,
    tensor_parallel: Annotated[int, typer.Option(min=1, help="vllm: GPUs that share one copy.")] = 1,
    data_parallel: Annotated[int, typer.Option(min=1, help="vllm, ray: copies of the model.")] = 1,
    context_window: Annotated[
        int | None,
        typer.Option(
            "--context-window",
            "--context",
            min=16,
            help="vllm, openai: tokens of prompt and reply together. [default: the model's, if it is told]",
        ),
    ] = None,
) -> None:
    """Run a suite on a model. Run the same command again to go on after an interruption."""
    from core_bench.cli.running import execute
    from core_bench.engines import EngineOptions, named_by

    execute(
        asked.plan(named_by(engine, model)),
        EngineOptions(
            batch_size=batch_size,
            batch_tokens=batch_tokens,
            dtype=dtype,
            device=device,
            base_url=base_url,
            api_key_env=api_key_env,
            concurrency=concurrency,
            stream=stream,
            requests_per_minute=rpm,
            tokens_per_minute=tpm,
            max_cost=max_cost,
            prices=prices,
            batch_api=batch_api,
            vllm_python=vllm_python,
            tensor_parallel=tensor_parallel,
            data_parallel=data_parallel,
            context_window=context_window,
        ),
    )
