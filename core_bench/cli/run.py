"""`core-bench run`: ask a model everything, score it, show the table."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Model = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help="smollm2-135m, a model folder, vllm:FOLDER, openai:NAME, replay:PATH, "
        "or baseline:oracle|majority|echo.",
    ),
]
SuiteName = Annotated[str, typer.Option("--suite", help="Name of a shipped suite, or the path of one.")]
Split = Annotated[str, typer.Option(help="lite, full, dev or test.")]
MethodName = Annotated[
    str,
    typer.Option(
        "--method",
        help="How to ask: io (answer alone), cot (thought first), coc (trace first), rhda (checks itself), "
        "rhda-majority (until most sampled attempts agree), "
        "rhda-oracle (wrong answers are asked again), or the path of a folder of your own.",
    ),
]
ShapeName = Annotated[
    Literal["auto", "chat", "completion"],
    typer.Option("--shape", help="Kind of prompts; auto suits the model."),
]
Out = Annotated[
    Path | None, typer.Option(help="The run's folder. [default: runs/SUITE/SPLIT/MODEL-METHOD-SHAPE]")
]
Limit = Annotated[int | None, typer.Option(min=1, help="Ask only the first N items.")]
Problems = Annotated[str | None, typer.Option(help="Ask only about these problems, separated by commas.")]
Shard = Annotated[
    str | None, typer.Option(help="i/n: ask only the i-th of n parts; core-bench merge puts them together.")
]
Score = Annotated[
    Literal["answers", "loglik", "both"],
    typer.Option(help="answers: what the model writes; loglik: how likely it finds the gold answers."),
]
Temperature = Annotated[float, typer.Option(min=0.0, help="0 takes the likeliest token, more samples.")]
Epochs = Annotated[
    int | None, typer.Option(min=1, help="Ask everything so often. [default: 1, or 3 where it is sampled]")
]
Seed = Annotated[int, typer.Option(help="Of the sampling, for engines that take one.")]
Rounds = Annotated[int | None, typer.Option(min=1, help="rhda: how often to ask again at most.")]
MaxTokens = Annotated[int | None, typer.Option(min=1, help="The longest reply. [default: the method's]")]
Concurrency = Annotated[int, typer.Option(min=1, help="openai: requests in flight.")]
BatchSize = Annotated[int, typer.Option(min=1, help="transformers: prompts in a batch.")]
DTypeName = Annotated[
    Literal["bf16", "fp16", "fp32"],
    typer.Option("--dtype", help="transformers, vllm: number type to compute in."),
]


def run(
    model: Model = "smollm2-135m",
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
    base_url: Annotated[str | None, typer.Option(help="openai: address of a compatible server.")] = None,
    api_key_env: Annotated[str, typer.Option(help="openai: variable that holds the key.")] = "OPENAI_API_KEY",
    concurrency: Concurrency = 8,
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
    batch_size: BatchSize = 16,
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
    data_parallel: Annotated[int, typer.Option(min=1, help="vllm: copies of the model.")] = 1,
    context_window: Annotated[
        int | None,
        typer.Option(min=16, help="vllm: tokens of prompt and reply together. [default: the model's]"),
    ] = None,
) -> None:
    """Run a suite on a model. Run the same command again to go on after an interruption."""
    from core_bench.cli.running import Plan, execute
    from core_bench.engines import EngineOptions

    execute(
        Plan(
            model=model,
            suite=suite,
            split=split,
            method=method,
            shape=shape,
            out=out,
            limit=limit,
            problems=tuple(part.strip() for part in problems.split(",") if part.strip()) if problems else (),
            shard=shard,
            score=score,
            temperature=temperature,
            epochs=epochs or (3 if temperature > 0 else 1),
            seed=seed,
            rounds=rounds,
            max_tokens=max_tokens,
        ),
        EngineOptions(
            batch_size=batch_size,
            batch_tokens=batch_tokens,
            dtype=dtype,
            device=device,
            base_url=base_url,
            api_key_env=api_key_env,
            concurrency=concurrency,
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
