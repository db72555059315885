"""`core-bench compress`: smaller checkpoints, what they weigh, and what they lost."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from core_bench.cli import (
    compress_search,
    compress_search_pick,
    compress_search_report,
    compress_search_workers,
    compress_table,
)
from core_bench.cli.compress_making import CalibrationText, compress_errors, make, with_groups, without_blocks
from core_bench.errors import CoreBenchError

app = typer.Typer(help="Make a smaller checkpoint, and see what it weighs and lost.", no_args_is_help=True)

app.command("table")(compress_table.table)
app.command("search")(compress_search.search)
app.command("search-worker")(compress_search_workers.search_worker)
app.command("fronts")(compress_search_pick.fronts)
app.command("pick")(compress_search_pick.pick)
app.command("search-report")(compress_search_report.search_report)

_Model = Annotated[str, typer.Argument(help="An embedded model, or a model folder.", metavar="MODEL")]
_Out = Annotated[Path | None, typer.Option("--out", "-o", help="The new folder; it must not be there yet.")]
_PlanOnly = Annotated[bool, typer.Option("--plan-only", help="Print the predicted bytes and stop.")]
_Calibrate = Annotated[
    str,
    typer.Option(help="Text to calibrate on: stdlib, a corpus (.jsonl), a file, or a folder of .py files."),
]
_Form = Annotated[
    list[str] | None, typer.Option(help="Of a corpus, take only output, trace or source; repeatable.")
]
_Windows = Annotated[int, typer.Option(min=1, help="Calibration windows.")]
_Length = Annotated[int, typer.Option(min=16, help="Tokens of a calibration window.")]
_Seed = Annotated[int, typer.Option(help="Decides which windows.")]
_Rank = Annotated[
    Literal["cost", "taylor", "fisher", "wanda"],
    typer.Option(help="What ranks FFN channels: cost after reconstruction, or an importance measure."),
]


@app.command("uniform")
def uniform(
    model: _Model,
    out: _Out = None,
    bits: Annotated[int, typer.Option(help="2, 3, 4, 8 or 16, for every linear layer.")] = 4,
    attention_bits: Annotated[int | None, typer.Option(help="Other bits for q, k, v and o.")] = None,
    mlp_bits: Annotated[int | None, typer.Option(help="Other bits for gate, up and down.")] = None,
    group_size: Annotated[int, typer.Option(help="Weights of a row that share a scale.")] = 64,
    quantiser: Annotated[
        Literal["rtn", "clip", "gptq"], typer.Option(help="How weights are rounded.")
    ] = "gptq",
    target: Annotated[
        Literal["transformers", "vllm"], typer.Option(help="Which engines have to load it.")
    ] = "transformers",
    drop_blocks: Annotated[int, typer.Option(min=0, help="Blocks to drop, by greedy leave-one-out.")] = 0,
    ffn_width: Annotated[int | None, typer.Option(help="FFN channels to keep in every block.")] = None,
    kv_groups: Annotated[int | None, typer.Option(help="KV groups to keep in every block.")] = None,
    rank: Annotated[int, typer.Option(min=0, help="Rank of the compensating adapter.")] = 0,
    compensation: Annotated[
        Literal["none", "svd", "eora"], typer.Option(help="How the adapter is found from the error.")
    ] = "none",
    channels_by: _Rank = "cost",
    calibrate: _Calibrate = "stdlib",
    form: _Form = None,
    windows: _Windows = 64,
    length: _Length = 256,
    seed: _Seed = 0,
    plan_only: _PlanOnly = False,
    save_plan: Annotated[Path | None, typer.Option(help="Also write the plan to this file.")] = None,
) -> None:
    """Treat every block alike: so many bits, so wide, so deep."""
    from compress import check_plan, read_map, uniform_plan
    from core_bench.models import resolve

    folder = resolve(model)
    with compress_errors():
        found = read_map(folder)
        plan = uniform_plan(
            found,
            attention_bits=attention_bits or bits,
            mlp_bits=mlp_bits or bits,
            group_size=group_size,
            quantiser=quantiser,
            target=target,
            ffn_width=ffn_width,
            rank=rank,
            compensation=("eora" if compensation == "none" else compensation) if rank else "none",
            seeds={"calibration": seed},
        )
        check_plan(plan, found)
        text = CalibrationText(folder, calibrate, form, windows, length, seed)
        if drop_blocks:
            plan = without_blocks(plan, folder, found, drop_blocks, text, plan_only)
        if kv_groups is not None:
            plan = with_groups(plan, folder, found, kv_groups, text, plan_only)
        check_plan(plan, found)
    make(plan, folder, found, text, out, plan_only, save_plan, channels_by)


@app.command("apply")
def apply(
    model: _Model,
    plan_file: Annotated[Path, typer.Argument(help="The plan.", metavar="PLAN")],
    out: _Out = None,
    channels_by: _Rank = "cost",
    calibrate: _Calibrate = "stdlib",
    form: _Form = None,
    windows: _Windows = 64,
    length: _Length = 256,
    seed: _Seed = 0,
    plan_only: _PlanOnly = False,
) -> None:
    """Carry out a plan from a file."""
    from compress import check_plan, read_map, read_plan
    from core_bench.models import resolve

    folder = resolve(model)
    with compress_errors():
        found, plan = read_map(folder), read_plan(plan_file)
        check_plan(plan, found)
    text = CalibrationText(folder, calibrate, form, windows, length, seed)
    make(plan, folder, found, text, out, plan_only, None, channels_by)


@app.command("importance")
def importance(
    model: _Model,
    measure: Annotated[
        str,
        typer.Option(
            help="taylor, fisher, influence, leave-one-out, kl-bits, kl-width, information, "
            "weighted-error or wanda."
        ),
    ] = "leave-one-out",
    calibrate: _Calibrate = "stdlib",
    form: _Form = None,
    windows: _Windows = 16,
    length: _Length = 256,
    seed: _Seed = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole table as JSON.")] = False,
) -> None:
    """Measure how much every block, or every channel, matters. Known tables come from the cache."""
    from compress import measure_importance, read_map
    from core_bench.cli.compress_view import importance_table
    from core_bench.cli.progress import progress
    from core_bench.cli.tables import console
    from core_bench.models import resolve
    from core_bench.models.cache import cache_folder

    folder = resolve(model)
    with compress_errors(), progress(measure, "steps") as update:
        found = read_map(folder)
        tokens = CalibrationText(folder, calibrate, form, windows, length, seed).calibration()
        table = measure_importance(measure, folder, found, tokens, cache_folder() / "importance", update)
    if as_json:
        print(table.model_dump_json(indent=1))
    else:
        console().print(importance_table(table), markup=False, highlight=False)


@app.command("inspect")
def inspect(model: _Model) -> None:
    """Show what a folder holds and weighs, and, of a base, what can be changed in it."""
    from core_bench.cli.compress_view import inspection_table
    from core_bench.cli.tables import console
    from core_bench.models import resolve

    with compress_errors():
        console().print(inspection_table(resolve(model)), markup=False, highlight=False)


@app.command("verify")
def verify(
    checkpoint: Annotated[Path, typer.Argument(help="A folder that compress wrote.", metavar="FOLDER")],
    engine: Annotated[
        Literal["transformers", "vllm"], typer.Option(help="Which engine loads it.")
    ] = "transformers",
    python: Annotated[
        str | None, typer.Option(help="Interpreter that has the engine. [default: this one]")
    ] = None,
) -> None:
    """Load a checkpoint in a fresh process and compare its loss with that of the model in memory."""
    from compress import verify_folder

    with compress_errors():
        found = verify_folder(checkpoint, engine, python)
    print(
        f"{checkpoint}: {engine} computes {found.reloaded:.4f} nats per token, "
        f"memory computed {found.in_memory:.4f}; difference {found.gap:.1e}, allowed {found.tolerance:.0e}"
    )
    if not found.equal:
        raise CoreBenchError(f"{checkpoint} does not compute what was meant")


@app.command("recover")
def recover(
    checkpoint: Annotated[Path, typer.Argument(help="A model folder.", metavar="FOLDER")],
    corpus: Annotated[str, typer.Option(help="What to learn: a corpus (.jsonl), stdlib, a file or folder.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The new folder.")],
    form: _Form = None,
    base: Annotated[str | None, typer.Option(help="The base, for --initialise error.")] = None,
    rank: Annotated[int, typer.Option(min=0, help="Rank of every layer's adapter.")] = 16,
    ranks: Annotated[str | None, typer.Option(help="Other ranks by block, such as '0:32,5:4,7:0'.")] = None,
    initialise: Annotated[
        Literal["zero", "error", "adapter"],
        typer.Option(help="Start from nothing, from the quantisation error, or from the shipped adapter."),
    ] = "zero",
    learn: Annotated[
        Literal["answer", "text"], typer.Option(help="Loss on the answer, or on the whole text.")
    ] = "answer",
    tokens: Annotated[int, typer.Option(min=1, help="Tokens to train on.")] = 200_000,
    rate: Annotated[float, typer.Option(help="Highest learning rate.")] = 4e-4,
    batch: Annotated[int, typer.Option(min=1, help="Most sequences in a step.")] = 16,
    length: Annotated[int, typer.Option(min=8, help="Longest sequence in tokens.")] = 512,
    seed: Annotated[int, typer.Option(help="Decides the order of the text.")] = 0,
    merge: Annotated[bool, typer.Option("--merge", help="Add the adapter to 16-bit weights.")] = False,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
) -> None:
    """Train an adapter on a checkpoint. Run it again to go on after an interruption."""
    from compress import RecoverySettings, read_documents
    from compress import recover as recover_checkpoint
    from core_bench.cli.progress import progress
    from core_bench.models import resolve

    settings = RecoverySettings(
        rank=rank,
        ranks=_ranks(ranks),
        initialise=initialise,
        learn=learn,
        tokens=tokens,
        rate=rate,
        batch=batch,
        length=length,
        seed=seed,
    )
    folder = resolve(str(checkpoint))
    try:
        with compress_errors(), progress("training", "tokens") as update:
            found = recover_checkpoint(
                folder,
                read_documents(corpus, form),
                out,
                settings,
                base=None if base is None else resolve(base),
                merge=merge,
                device=device,
                on_progress=update,
            )
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on from the last saved step.", file=sys.stderr)
        raise typer.Exit(130) from None
    print(
        f"{out}: {found.tokens:,} tokens in {found.steps} steps, {found.tokens_per_s:.0f} tokens/s; "
        f"loss {found.first_loss:.3f} -> {found.last_loss:.3f} nats per learned token"
    )


def _ranks(text: str | None) -> dict[int, int]:
    try:
        return {
            int(block): int(rank)
            for block, rank in (pair.split(":") for pair in (text or "").split(",") if pair)
        }
    except ValueError:
        raise CoreBenchError(f"--ranks {text} cannot be read", "Write block:rank pairs: 0:32,5:4") from None
