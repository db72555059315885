"""One run: ask what has not been answered yet, write every reply at once, judge, summarise."""

import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from core_bench.engines.base import Engine, Request, Shape
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import Method
from core_bench.records import EngineDescription, Reply, RunManifest
from core_bench.runs.folder import FORMAT, RunFolder
from core_bench.runs.surroundings import git_state, hardware, versions
from core_bench.scoring import ScoringRules, Summary, judge_all, rules_of, summarise
from core_bench.suites import Suite

Progress = Callable[[int, int], None]
"""Told (replies there are, replies there will be) after every group."""

OnGroup = Callable[[Sequence[Reply]], None]
"""Told every group of new replies, after it was written."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How often, and how freely.

    Attributes:
        epochs: How many times every item is asked.
        temperature: 0 is greedy.
        seed: With the key of a reply it decides the sampling, as far as the engine takes a seed.
        max_tokens: The longest reply; None for what the method says.
    """

    epochs: int = 1
    temperature: float = 0.0
    seed: int = 0
    max_tokens: int | None = None


def make_manifest(
    suite: Suite,
    split: str,
    limit: int | None,
    method: Method,
    shape: Shape,
    engine: EngineDescription,
    *,
    asking: Asking | None = None,
    problems: Sequence[str] = (),
    shard: str | None = None,
    method_path: str | None = None,
) -> RunManifest:
    """Describe a run that is about to start."""
    asking = asking or Asking()
    amendment = method.amendment
    return RunManifest(
        format=FORMAT,
        suite=suite.header.name,
        suite_hash=suite.hash,
        split=split,
        limit=limit,
        problems=tuple(problems),
        shard=shard,
        method=method.name,
        method_path=method_path,
        method_version=method.version,
        method_hash=method.hash,
        feedback="none" if amendment is None else amendment.feedback,
        rounds=0 if amendment is None else amendment.rounds,
        shape=shape,
        temperature=asking.temperature,
        max_tokens=asking.max_tokens or method.settings(shape).max_tokens,
        epochs=asking.epochs,
        seed=asking.seed,
        engine=engine,
        core_bench=version("core-bench"),
        python=sys.version.split()[0],
        platform=platform.platform(),
        versions=versions(),
        hardware=hardware(),
        git=git_state(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def requests_for(
    items: Sequence[Item], method: Method, shape: Shape, asking: Asking | None = None
) -> list[Request]:
    """Return the first request for each item, in their order, one epoch after the other."""
    asking = asking or Asking()
    return [
        request_for(item, method, shape, asking, epoch) for epoch in range(asking.epochs) for item in items
    ]


def request_for(
    item: Item, method: Method, shape: Shape, asking: Asking, epoch: int, earlier: Sequence[str] = ()
) -> Request:
    """Return the request for an item, after its `earlier` replies."""
    settings = method.settings(shape)
    return Request(
        item=item.id,
        method=method.name,
        epoch=epoch,
        prompt=method.render(item, shape, earlier),
        stop=settings.stop,
        max_tokens=asking.max_tokens or settings.max_tokens,
        temperature=asking.temperature,
        group=prompt_group(item),
        round=len(earlier),
        seed=asking.seed,
    )


def prompt_group(item: Item) -> tuple[str, str]:
    """Return what the prompt of an item has in common with others: the kind, then the program.

    Programs are told by their length first, so that programs of one length are computed together.
    """
    return item.kind, f"{len(item.code):07} {item.implementation}"


def ask(
    engine: Engine,
    requests: Sequence[Request],
    folder: RunFolder,
    on_progress: Progress,
    on_group: OnGroup = lambda group: None,
) -> None:
    """Get and write the replies that the folder lacks; a reply that is an engine's error is asked again."""
    answered = {key for key, reply in folder.every_reply().items() if reply.finish != "error"}
    pending = [request for request in requests if _key(request) not in answered]
    done = len(requests) - len(pending)
    on_progress(done, len(requests))
    if not pending:
        return
    for group in engine.generate(pending):
        folder.append(group)
        done += len(group)
        on_group(group)
        on_progress(done, len(requests))


def score(
    suite: Suite,
    items: Sequence[Item],
    method: Method,
    shape: Shape,
    folder: RunFolder,
    epochs: int = 1,
    rules: ScoringRules | None = None,
) -> Summary:
    """Judge and summarise the replies of a complete run, and write the results into its folder.

    Without `rules` the suite's own hold.

    Raises:
        CoreBenchError: an item has no reply yet.
    """
    replies = folder.replies()
    keys = [(item.id, method.name, epoch) for epoch in range(epochs) for item in items]
    missing = [key for key in keys if key not in replies]
    if missing:
        raise CoreBenchError(
            f"{folder.path} is not complete: {len(missing)} of {len(keys)} replies are missing",
            "Run the command that began it once more: it goes on where it stopped.",
        )
    asked = [replies[key] for key in keys]
    used = rules or rules_of(suite)
    verdicts = judge_all(asked, suite.golds, method.settings(shape).answer, used)
    summary = summarise(suite, items, verdicts, replies=asked, rules=used)
    folder.write_results(verdicts, summary)
    return summary


def _key(request: Request) -> tuple[str, str, int, int]:
    return (request.item, request.method, request.epoch, request.round)
