"""`core-bench compress search`: a plan that was found by measuring."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core_bench.cli.compress_making import compress_errors
from core_bench.cli.compress_search_objectives import ObjectiveName
from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from compress.search.plan_model import PlanLoss
    from compress.search.search import Search

_Model = Annotated[str, typer.Argument(help="An embedded model, or a model folder.", metavar="MODEL")]
_NAMES = "uniform, greedy, random, exhaustive, local, qpruner, automixq, rankadaptor, qradaptor or autoqra."


def search(
    model: _Model,
    budget: Annotated[str, typer.Option(help="4.0bpw, 80MB or 60%, adapters included.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the search; the same one goes on.")],
    strategy: Annotated[str, typer.Option(help=_NAMES)] = "qradaptor",
    evals: Annotated[int, typer.Option(min=1, help="Plans to measure.")] = 100,
    seed: Annotated[int, typer.Option(help="Decides everything that is left to chance.")] = 0,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Setting of the strategy: promote=4; repeatable."),
    ] = None,
    no_prior: Annotated[
        bool, typer.Option("--no-prior", help="Ablation: search without measured importance.")
    ] = False,
    objective: Annotated[
        ObjectiveName,
        typer.Option(help="nll of --dev-text; gold: nats of gold answers; or a score of answers. dev only."),
    ] = "nll",
    fidelity: Annotated[
        int | None,
        typer.Option(help="1 after rounding, 2 after --recover-tokens, 3 scores. [default: by objective]"),
    ] = None,
    suite: Annotated[str, typer.Option(help="Where gold answers come from.")] = "core-mini",
    items: Annotated[int, typer.Option(min=1, help="Dev items that are asked.")] = 8,
    recover_tokens: Annotated[int, typer.Option(min=0, help="Train each plan on so many tokens.")] = 0,
    recover_text: Annotated[str, typer.Option(help="What is learned: a corpus (.jsonl), stdlib.")] = "stdlib",
    workers: Annotated[
        int, typer.Option(min=0, help="Processes on this machine that help; other machines may join then.")
    ] = 0,
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
    from compress import read_map, uniform_plan
    from compress.search.budget import budget_bytes
    from compress.search.making import make_space
    from compress.search.repair import require_budget
    from compress.search.space import SpaceOptions
    from compress.search.study import Study, run_study
    from core_bench.cli.compress_search_measures import measured_information, measured_sensitivity
    from core_bench.cli.compress_search_objectives import ObjectiveSpec, make_objective
    from core_bench.cli.compress_search_workers import local_helpers
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
    spec = ObjectiveSpec(
        name=objective, text=dev_text, windows=windows, length=length,
        suite="" if objective == "nll" else suite, items=0 if objective == "nll" else items,
        recovery_tokens=recover_tokens, recovery_text=recover_text,
    )  # fmt: skip
    main, below = spec.fidelities(fidelity)
    with compress_errors():
        found = read_map(folder)
        plan = uniform_plan(
            found, quantiser="clip", target=target, group_size=group_size,
            compensation="svd" if max(options.ranks, default=0) else "none",
        )  # fmt: skip
        space = make_space(found, plan, options)
        limit = budget_bytes(budget, space)
        require_budget(space, limit)
        asked = make_objective(folder, found, spec)
        study = Study(
            base=found.base, strategy=strategy, settings=_settings(settings or []), seed=seed, budget=limit,
            evaluations=evals, options=options, plan=plan, objective=asked.spec.model_dump(),
            fidelity=main, below=below, prior=not no_prior,
        )  # fmt: skip
        try:
            with progress(strategy, "plans", lambda: _state(last)) as update:

                def watch(search: "Search") -> None:
                    last[:] = [search]
                    update(sum(row.fidelity == main for row in search.rows), evals)

                done = run_study(
                    out,
                    study,
                    found,
                    asked.losses,
                    lambda s: measured_sensitivity(s, folder, found, asked.losses, asked.calibration),
                    watch,
                    lambda s: measured_information(s, folder, found, asked.calibration),
                    local_helpers(workers, out, str(folder)) if workers else None,
                )
        except KeyboardInterrupt:
            print("\nStopped. Run the same command again to go on.", file=sys.stderr)
            raise typer.Exit(130) from None
    _say(out, done, asked.losses, limit)


def _say(out: Path, done: "Search", losses: "PlanLoss", limit: int) -> None:
    rows = [row for row in done.rows if row.fidelity == done.fidelity]
    failed = len(rows) - len(done.known())
    proposed = len(done.rows) + done.hits
    seconds = sorted(row.seconds for row in rows)
    thought = sum(row.thought for row in done.rows)
    print(
        f"{out}: {len(rows)} plans in {done.seconds:.1f} s ({thought:.1f} s of them for choosing and "
        f"sensitivities); a plan took {seconds[len(seconds) // 2]:.2f} s (median), at most "
        f"{seconds[-1]:.2f} s; {failed} failed; budget {limit / 1e6:.3f} MB"
    )
    if len(rows) < done.evaluations:
        print(f"{done.evaluations} plans were allowed: this strategy found nothing new any more")
    share = f"{1 - losses.made / losses.asked:.1%}" if losses.asked else "none asked"
    print(
        f"cache: {done.hits} of {proposed} proposals were known ({done.hits / max(proposed, 1):.1%}); "
        f"layers taken from the cache by this process: {share}"
    )
    for row in done.front():
        print(f"  {row.bytes / 1e6:9.3f} MB  {row.loss:.4f}  plan {row.plan[:12]}  {row.stage}")


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


def _settings(pairs: Sequence[str]) -> dict[str, float]:
    try:
        return {name: float(value) for name, value in (pair.split("=") for pair in pairs)}
    except ValueError:
        raise CoreBenchError(
            f"--set {' '.join(pairs)} cannot be read", "Write name=number: promote=4"
        ) from None
