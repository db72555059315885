"""`core-bench compress search`, `fronts` and `pick`: plans that were found by measuring."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core_bench.cli.compress_making import CalibrationText, compress_errors, make
from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from compress import ModelMap
    from compress.search.plan_model import PlanLoss
    from compress.search.sensitivity import Sensitivity
    from compress.search.space import Space

_Model = Annotated[str, typer.Argument(help="An embedded model, or a model folder.", metavar="MODEL")]


def search(
    model: _Model,
    budget: Annotated[str, typer.Option(help="4.0bpw, 80MB or 60%, adapters included.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the search; the same one goes on.")],
    strategy: Annotated[
        str, typer.Option(help="uniform, greedy, random, exhaustive, local, automixq or qradaptor.")
    ] = "qradaptor",
    evals: Annotated[int, typer.Option(min=1, help="Plans to measure.")] = 100,
    seed: Annotated[int, typer.Option(help="Decides everything that is left to chance.")] = 0,
    objective: Annotated[Literal["nll"], typer.Option(help="What is measured: loss on --dev-text.")] = "nll",
    bits: Annotated[str, typer.Option(help="Widths to choose from.")] = "2,3,4,8",
    ranks: Annotated[str, typer.Option(help="Ranks of the SVD adapter to choose from.")] = "0",
    tied: Annotated[bool, typer.Option("--tied", help="One width for attention and MLP.")] = False,
    blocks: Annotated[str | None, typer.Option(help="Search these blocks only; others keep 16 bits.")] = None,
    droppable: Annotated[str | None, typer.Option(help="Blocks that may be left out.")] = None,
    group_size: Annotated[int, typer.Option(help="Weights of a row that share a scale.")] = 64,
    target: Annotated[
        Literal["transformers", "vllm"], typer.Option(help="Which engines have to load it.")
    ] = "transformers",
    dev_text: Annotated[
        str, typer.Option(help="Text that the search sees: stdlib, a file, a folder.")
    ] = "stdlib",
    windows: Annotated[int, typer.Option(min=1, help="Texts that are measured.")] = 8,
    length: Annotated[int, typer.Option(min=32, help="Tokens of each.")] = 256,
) -> None:
    """Search which part keeps how many bits, by measuring plans. Run it again to go on."""
    from compress import calibrate_on, read_documents, read_map, uniform_plan
    from compress.calibration import Passage
    from compress.loading import load_tokenizer
    from compress.search.budget import budget_bytes
    from compress.search.plan_model import PlanLoss
    from compress.search.repair import require_budget
    from compress.search.search import Search
    from compress.search.space import SpaceOptions, make_space
    from compress.search.study import Study, run_study
    from core_bench.cli.progress import progress
    from core_bench.models import resolve

    folder = resolve(model)
    last: list[Search] = []
    options = SpaceOptions(
        bits=_numbers("--bits", bits),
        ranks=_numbers("--ranks", ranks),
        tied=tied,
        blocks=None if blocks is None else _numbers("--blocks", blocks),
        droppable=_numbers("--droppable", droppable or ""),
    )
    with compress_errors():
        found = read_map(folder)
        plan = uniform_plan(
            found, quantiser="clip", target=target, group_size=group_size,
            compensation="svd" if max(options.ranks, default=0) else "none",
        )  # fmt: skip
        space = make_space(found, plan, options)
        limit = budget_bytes(budget, space)
        require_budget(space, limit)
        text = calibrate_on(read_documents(dev_text), load_tokenizer(folder), windows, length, 0)
        passages = [Passage(str(n), tokens[None]) for n, tokens in enumerate(text.tokens)]
        study = Study(
            base=found.base, strategy=strategy, seed=seed, budget=limit, evaluations=evals, options=options,
            plan=plan, objective={"name": objective, "text": dev_text, "tokens": text.hash},
        )  # fmt: skip
        losses = PlanLoss(folder, found, passages)
        try:
            with progress(strategy, "plans", lambda: _state(last)) as update:

                def watch(search: Search) -> None:
                    last[:] = [search]
                    update(len(search.rows), evals)

                done = run_study(
                    out,
                    study,
                    found,
                    losses,
                    lambda s: _sensitivities(s, folder, found, losses, text.tokens),
                    watch,
                )
        except KeyboardInterrupt:
            print("\nStopped. Run the same command again to go on.", file=sys.stderr)
            raise typer.Exit(130) from None
    failed = len(done.rows) - len(done.known())
    print(
        f"{out}: {len(done.rows)} plans in {done.seconds:.1f} s, {done.hits} proposals already known, "
        f"{failed} failed; budget {limit / 1e6:.3f} MB"
    )
    for row in done.front():
        print(
            f"  {row.bytes / 1e6:9.3f} MB  {row.loss:.4f} nats per token  plan {row.plan[:12]}  {row.stage}"
        )


def fronts(
    folders: Annotated[list[Path], typer.Argument(help="Folders of compress search.", metavar="DIR...")],
) -> None:
    """Compare searches: best loss, front, hypervolume by evaluations and by seconds."""
    from compress.search.evaluations import measured, read_evaluations
    from compress.search.front import front_of, hypervolume
    from compress.search.study import read_study

    with compress_errors():
        studies = [read_study(folder) for folder in folders]
        rows = [measured(read_evaluations(folder / "evaluations.jsonl"), 1) for folder in folders]
    for name in ("base", "objective"):
        if any(getattr(study, name) != getattr(studies[0], name) for study in studies):
            raise CoreBenchError(f"the searches cannot be compared: their {name} differs")
    points = [row.point for search in rows for row in search]
    if not points:
        raise CoreBenchError("nothing was measured in these folders")
    joint = [points[index] for index in front_of(points)]
    ends = [(max(p[i] for p in joint), min(p[i] for p in joint)) for i in (0, 1)]
    loss, size = ((high + 0.1 * ((high - low) or abs(high))) for high, low in ends)
    area = (loss - ends[0][1]) * (size - ends[1][1])
    print(
        f"reference point: {loss:.4f} nats per token, {size / 1e6:.3f} MB; hypervolumes are shares of the box"
    )
    print("strategy    seed  plans  front  best loss        MB  hypervolume at 1/4, 1/2, all      seconds")
    for study, search in zip(studies, rows, strict=True):
        if not search:
            print(f"{study.strategy:<11} {study.seed:>4}      0")
            continue
        best = min(search, key=lambda row: row.point)
        shares = [search[: max(1, round(len(search) * part))] for part in (0.25, 0.5, 1)]
        volumes = [hypervolume([r.point for r in part], (loss, size)) / area for part in shares]
        took = [sum(r.seconds + r.thought for r in part) for part in shares]
        print(
            f"{study.strategy:<11} {study.seed:>4} {len(search):>6} "
            f"{len(front_of([r.point for r in search])):>6}"
            f" {best.loss:>10.4f} {best.bytes / 1e6:>9.3f}  {'  '.join(f'{v:7.4f}' for v in volumes)}"
            f"   {'  '.join(f'{t:8.1f}' for t in took)}"
        )


def pick(
    folder: Annotated[Path, typer.Argument(help="Folder of compress search.", metavar="DIR")],
    model: Annotated[str, typer.Option(help="The base: an embedded model, or its folder.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The new model folder.")],
    plan: Annotated[
        str | None, typer.Option(help="First letters of a plan's hash. [default: least loss]")
    ] = None,
) -> None:
    """Write the checkpoint of the best plan of a search, or of another one."""
    from compress import PlanError, read_map
    from compress.search.evaluations import measured, read_evaluations
    from compress.search.space import make_space
    from compress.search.study import read_study
    from core_bench.models import resolve

    base = resolve(model)
    with compress_errors():
        study, found = read_study(folder), read_map(base)
        if study.base != found.base:
            raise PlanError(
                f"{folder} searched another base: {study.base[:12]}, {model} is {found.base[:12]}"
            )
        rows = measured(read_evaluations(folder / "evaluations.jsonl"), 1)
        chosen = [row for row in rows if row.plan.startswith(plan or "")]
        if not chosen:
            raise PlanError(f"{folder} has no measured plan{f' {plan}' if plan else ''}")
        best = min(chosen, key=lambda row: row.point)
        picked = make_space(found, study.plan, study.options).plan(best.code)
    make(picked, base, found, CalibrationText(base, "stdlib", None, 64, 256, 0), out, False, None, "cost")


def _sensitivities(
    space: "Space", folder: Path, found: "ModelMap", losses: "PlanLoss", tokens: object
) -> "Sensitivity":
    from typing import Any, cast

    from compress import measure_importance
    from compress.calibration import of_tokens
    from compress.search.sensitivity import from_tables

    text = of_tokens(cast(Any, tokens))
    widths = {bit for knob in space.knobs if knob.field.endswith("bits") for bit in knob.choices}
    widths |= {space.base.blocks[b].mlp_bits for knob in space.knobs for b in knob.blocks}
    grid: dict[str, Any] = {
        "bits": sorted(b for b in widths if b < 16),
        "group_size": space.base.blocks[0].group_size,
    }
    by_bits = measure_importance("kl-bits", folder, found, text, **grid)
    drops = any(knob.field == "dropped" for knob in space.knobs)
    by_block = measure_importance("leave-one-out", folder, found, text) if drops else None
    lowest = space.plan(space.smallest())
    lowest = lowest.model_copy(
        update={"blocks": tuple(b.model_copy(update={"dropped": False}) for b in lowest.blocks)}
    )
    return from_tables(
        space, by_bits, by_block, left_by_rank=lambda block, rank: losses.left_by_rank(lowest, block, rank)
    )


def _state(last: Sequence[object]) -> str:
    from typing import Any

    if not last:
        return ""
    search: Any = last[0]
    best = search.best()
    if best is None:
        return "no plan measured"
    from compress.search.front import hypervolume

    points = [row.point for row in search.known()]
    ceiling = max(point[0] for point in points)
    share = hypervolume(points, (ceiling, search.budget)) / (ceiling * search.budget)
    return f"best {best.loss:.4f}; front {len(search.front())}; hypervolume {share:.4f}"


def _numbers(option: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise CoreBenchError(f"{option} {text} cannot be read", "Write whole numbers: 2,3,4,8") from None
