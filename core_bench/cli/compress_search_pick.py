"""`core-bench compress fronts` and `pick`: compare searches, write the checkpoint of a plan."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core_bench.cli.compress_making import CalibrationText, compress_errors, make
from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from core_bench.cli.compress_search_objectives import ObjectiveSpec


def fronts(
    folders: Annotated[list[Path], typer.Argument(help="Folders of compress search.", metavar="DIR...")],
) -> None:
    """Compare searches: best loss, front, hypervolume by evaluations and by seconds."""
    from compress.search.evaluations import measured, read_evaluations
    from compress.search.front import front_of, hypervolume
    from compress.search.study import read_study

    with compress_errors():
        studies = [read_study(folder) for folder in folders]
        rows = [
            measured(read_evaluations(folder / "evaluations.jsonl"), study.fidelity)
            for folder, study in zip(folders, studies, strict=True)
        ]
    for name in ("base", "objective", "fidelity"):
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
    quantiser: Annotated[
        Literal["searched", "gptq"],
        typer.Option(help="gptq rounds the same widths better, but is not what was measured."),
    ] = "searched",
) -> None:
    """Write the checkpoint of the best plan of a search, or of another one, and measure it again."""
    from compress import PlanError, read_map
    from compress.search.evaluations import measured, read_evaluations
    from compress.search.making import make_space
    from compress.search.rank_pattern import rank_pattern
    from compress.search.study import read_study_of
    from core_bench.cli.compress_search_objectives import ObjectiveSpec
    from core_bench.jsonl import write_text
    from core_bench.models import resolve

    base = resolve(model)
    with compress_errors():
        found = read_map(base)
        study = read_study_of(folder, found.base)
        rows = measured(read_evaluations(folder / "evaluations.jsonl"), study.fidelity)
        chosen = [row for row in rows if row.plan.startswith(plan or "")]
        if not chosen:
            raise PlanError(f"{folder} has no measured plan{f' {plan}' if plan else ''}")
        best = min(chosen, key=lambda row: row.point)
        picked = make_space(found, study.plan, study.options).plan(best.code)
    if quantiser == "gptq":
        picked = picked.model_copy(update={"quantiser": "gptq"})
    spec = ObjectiveSpec.model_validate(study.objective)
    make(picked, base, found, CalibrationText(base, spec.text, None, 64, 256, 0), out, False, None, "cost")
    pattern = rank_pattern(picked)
    if pattern is not None:
        write_text(out / "rank_pattern.json", json.dumps(pattern, indent=1) + "\n")
    if spec.name == "nll" and study.fidelity == 1:
        with compress_errors():
            again = _loss_again(base, out, spec)
        told = "not what was measured: rounded again by gptq" if quantiser == "gptq" else "the same plan"
        print(f"on the search's text: {again:.4f} nats per token, {best.loss:.4f} in the search ({told})")


def _loss_again(base: Path, out: Path, spec: "ObjectiveSpec") -> float:
    """Return the loss of a written checkpoint on the text of its search."""
    from compress import calibrate_on, read_documents
    from compress.calibration import Passage
    from compress.likelihood import measure
    from compress.loading import load_tokenizer
    from compress.opening import open_with_adapter

    text = calibrate_on(read_documents(spec.text), load_tokenizer(base), spec.windows, spec.length, 0)
    passages = [Passage(str(number), tokens[None]) for number, tokens in enumerate(text.tokens)]
    return measure(open_with_adapter(out), passages).nll
