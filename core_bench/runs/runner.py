"""One run: ask what has not been answered yet, write every reply at once, judge, summarise."""

import platform
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from core_bench.engines.base import Engine, Request, Shape
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import Method
from core_bench.records import EngineDescription, RunManifest
from core_bench.runs.folder import FORMAT, RunFolder
from core_bench.scoring import ScoringRules, Summary, judge_all, rules_of, summarise
from core_bench.suites import Suite

Progress = Callable[[int, int], None]
"""Told (replies there are, replies there will be) after every group."""


def make_manifest(
    suite: Suite,
    split: str,
    limit: int | None,
    method: Method,
    shape: Shape,
    engine: EngineDescription,
) -> RunManifest:
    """Describe a run that is about to start."""
    return RunManifest(
        format=FORMAT,
        suite=suite.header.name,
        suite_hash=suite.hash,
        split=split,
        limit=limit,
        method=method.name,
        method_version=method.version,
        method_hash=method.hash,
        shape=shape,
        temperature=0.0,
        max_tokens=method.settings(shape).max_tokens,
        engine=engine,
        core_bench=version("core-bench"),
        python=sys.version.split()[0],
        platform=platform.platform(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def requests_for(items: Sequence[Item], method: Method, shape: Shape) -> list[Request]:
    """Return the request for each item, in their order."""
    settings = method.settings(shape)
    return [
        Request(
            item=item.id,
            method=method.name,
            epoch=0,
            prompt=method.render(item, shape),
            stop=settings.stop,
            max_tokens=settings.max_tokens,
            group=item.kind,
        )
        for item in items
    ]


def ask(engine: Engine, requests: Sequence[Request], folder: RunFolder, on_progress: Progress) -> None:
    """Get and write the replies that the folder lacks; a reply that is an engine's error is asked again."""
    answered = {key for key, reply in folder.replies().items() if reply.finish != "error"}
    pending = [request for request in requests if _key(request) not in answered]
    done = len(requests) - len(pending)
    on_progress(done, len(requests))
    if not pending:
        return
    for group in engine.generate(pending):
        folder.append(group)
        done += len(group)
        on_progress(done, len(requests))


def score(
    suite: Suite,
    items: Sequence[Item],
    method: Method,
    shape: Shape,
    folder: RunFolder,
    rules: ScoringRules | None = None,
) -> Summary:
    """Judge and summarise the replies of a complete run, and write the results into its folder.

    Without `rules` the suite's own hold.

    Raises:
        CoreBenchError: an item has no reply yet.
    """
    replies = folder.replies()
    missing = [item for item in items if (item.id, method.name, 0) not in replies]
    if missing:
        raise CoreBenchError(
            f"{folder.path} is not complete: {len(missing)} of {len(items)} replies are missing",
            "Run the command that began it once more: it goes on where it stopped.",
        )
    asked = [replies[item.id, method.name, 0] for item in items]
    used = rules or rules_of(suite)
    verdicts = judge_all(asked, suite.golds, method.settings(shape).answer, used)
    summary = summarise(suite, items, verdicts, replies=asked, rules=used)
    folder.write_results(verdicts, summary)
    return summary


def _key(request: Request) -> tuple[str, str, int]:
    return (request.item, request.method, request.epoch)
