"""What `run` and `serve-and-run` do once they know what is wanted."""

import hashlib
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typer

from core_bench.cli.progress import progress
from core_bench.cli.tables import console, likelihood_table, metrics_table
from core_bench.cli.tally import Tally
from core_bench.engines import Engine, EngineOptions, Shape, default_shape, open_engine
from core_bench.items import Item
from core_bench.methods import Method, load_method
from core_bench.records import Reply
from core_bench.runs import (
    Asking,
    Meter,
    RunFolder,
    ask_all,
    check_sampling,
    likelihood_requests,
    make_manifest,
    measure_likelihoods,
    score,
    select_items,
    summarise_likelihoods,
    together,
)
from core_bench.runs.baselines import baseline_items, baseline_summaries
from core_bench.scoring import Summary
from core_bench.suites import Suite, load_suite


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked; the fields are the options of `core-bench run`."""

    model: str
    suite: str
    split: str
    method: str
    shape: Literal["auto", "chat", "completion"]
    out: Path | None
    limit: int | None
    problems: tuple[str, ...]
    shard: str | None
    score: Literal["answers", "loglik", "both"]
    temperature: float
    epochs: int
    seed: int
    rounds: int | None
    max_tokens: int | None

    @property
    def asking(self) -> Asking:
        """How often and how freely."""
        return Asking(self.epochs, self.temperature, self.seed, self.max_tokens)


def execute(plan: Plan, options: EngineOptions) -> None:
    """Ask, score and show; errors for people are `CoreBenchError`."""
    suite = load_suite(plan.suite)
    items = select_items(suite, plan.split, problems=plan.problems, shard=plan.shard, limit=plan.limit)
    method = load_method(plan.method)
    if plan.rounds is not None:
        method = method.with_rounds(plan.rounds)
    check_sampling(method, plan.asking)
    shape = default_shape(plan.model) if plan.shape == "auto" else plan.shape
    folder = RunFolder(plan.out or _default_folder(suite, plan, method, shape))
    meter = Meter()
    engine = open_engine(plan.model, options, baseline_items(suite, _known_to_baselines(suite, plan, items)))
    try:
        _run(plan, suite, items, method, shape, folder, engine, meter)
    finally:
        engine.close()
    _show(plan, suite, items, method, shape, folder)


def _run(
    plan: Plan,
    suite: Suite,
    items: tuple[Item, ...],
    method: Method,
    shape: Shape,
    folder: RunFolder,
    engine: Engine,
    meter: Meter,
) -> None:
    wanted = None if plan.score == "answers" else likelihood_requests(items, method, shape, suite.golds)
    manifest = make_manifest(
        suite,
        plan.split,
        plan.limit,
        method,
        shape,
        engine.describe(),
        asking=plan.asking,
        problems=plan.problems,
        shard=plan.shard,
        method_path=None if plan.method == method.name else str(Path(plan.method).resolve()),
    )
    tally = Tally(suite.golds, method.settings(shape).answer, lambda: _cost(engine))

    def on_group(group: Sequence[Reply]) -> None:
        tally.take(group)
        meter.count(group)

    with folder.open(manifest):
        before = folder.efficiency()
        try:
            if plan.score != "loglik":
                with progress("asking", "items", tally.text) as update:
                    ask_all(
                        engine,
                        items,
                        method,
                        shape,
                        folder,
                        update,
                        asking=plan.asking,
                        golds=suite.golds,
                        on_group=on_group,
                    )
            if wanted is not None:
                with progress("likelihoods", "items") as update:
                    measure_likelihoods(engine, wanted, folder, update)
        except KeyboardInterrupt:
            _say_how_to_go_on(folder, len(items) * plan.epochs, plan)
            raise typer.Exit(130) from None
        finally:
            folder.write_efficiency(together(before, meter.read(engine)))
        if tally.misfits:
            _name_misfits(tally.misfits)
        if plan.score != "loglik":
            score(suite, items, method, shape, folder, plan.epochs)


def _show(
    plan: Plan, suite: Suite, items: tuple[Item, ...], method: Method, shape: Shape, folder: RunFolder
) -> None:
    asked = f"{len(items)} items" + (f", {plan.epochs} epochs" if plan.epochs > 1 else "")
    print(f"\n{suite.header.name} {plan.split}, method {method.name}, {shape} prompts: {asked}")
    if method.amendment is not None and method.amendment.feedback == "oracle":
        print("An oracle told the model which answers were wrong: not comparable with other methods.")
    summary = folder.summary()
    if summary is not None:
        rows: Mapping[str, Summary] = {
            **baseline_summaries(suite, items, method, shape),
            plan.model: summary,
        }
        console().print(metrics_table(rows))
    likelihoods = folder.likelihoods()
    if likelihoods:
        console().print(likelihood_table(plan.model, summarise_likelihoods(items, likelihoods, method)))
    print(f"By dimension, family and verdict:  core-bench score {shlex.quote(str(folder.path))}")


def _known_to_baselines(suite: Suite, plan: Plan, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items that a baseline counts over: those of all shards, so that their parts make one run."""
    if plan.shard is None:
        return items
    return select_items(suite, plan.split, problems=plan.problems)


def _cost(engine: Engine) -> tuple[float | None, str | None]:
    told = engine.measured()
    return told.cost, told.currency


def _say_how_to_go_on(folder: RunFolder, wanted: int, plan: Plan) -> None:
    there = len(folder.likelihoods()) if plan.score == "loglik" else len(folder.replies())
    what = "likelihoods" if plan.score == "loglik" else "replies"
    print(
        f"\nStopped. {there} of {wanted} {what} are in {folder.path}; run the same command again to go on.",
        file=sys.stderr,
    )


def _name_misfits(items: list[str]) -> None:
    first = ", ".join(items[:5])
    more = f" and {len(items) - 5} more" if len(items) > 5 else ""
    print(
        f"{len(items)} prompts do not fit the context window and count as engine_error: {first}{more}",
        file=sys.stderr,
    )


def _default_folder(suite: Suite, plan: Plan, method: Method, shape: str) -> Path:
    part = plan.split
    if plan.problems:
        part += f"-{hashlib.sha256(','.join(sorted(plan.problems)).encode()).hexdigest()[:8]}"
    if plan.shard:
        part += f"-shard-{plan.shard.replace('/', '-of-')}"
    if plan.limit is not None:
        part += f"-{plan.limit}"
    name = re.sub(r"[^\w.-]+", "-", plan.model).strip("-.")
    sampled = f"-t{plan.temperature:g}" if plan.temperature > 0 else ""
    return Path("runs", suite.header.name, part, f"{name}-{method.name}-{shape}{sampled}")
