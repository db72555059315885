"""One run as a report sees it: the folder, read and judged anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.records import Efficiency, Likelihood, Reply, RunManifest, Verdict
from core_bench.runs import RunFolder, items_of, method_of
from core_bench.scoring import Outcomes, Summary, judge_all, outcomes, rules_of, summarise
from core_bench.suites import Suite, load_suite

Key = tuple[str, int]
"""(item id, epoch)"""


@dataclass(frozen=True, eq=False)
class RunView:
    """A complete run.

    Attributes:
        name: What the report calls it; no two runs of a report have the same.
        folder: Where it was read from.
        manifest: What decided its replies.
        suite: What was asked from.
        items: What was asked, in the suite's order.
        replies: The raw replies.
        verdicts: The judgement on each reply, made anew from the reply.
        outcomes: The same as a table of right and wrong.
        summary: All numbers, with intervals.
        efficiency: What the run took; None if nobody measured.
        likelihoods: How likely the golds were found; empty if nobody measured.
    """

    name: str
    folder: Path
    manifest: RunManifest
    suite: Suite
    items: tuple[Item, ...]
    replies: Mapping[Key, Reply]
    verdicts: Mapping[Key, Verdict]
    outcomes: Outcomes
    summary: Summary
    efficiency: Efficiency | None
    likelihoods: Mapping[Key, Likelihood]


def read_runs(folders: Sequence[Path], suite: str | None = None) -> tuple[Suite, list[RunView]]:
    """Read runs of one suite, with the suite that they were asked.

    Args:
        folders: run folders.
        suite: name or path of the suite, where it is none of the shipped ones.

    Raises:
        CoreBenchError: a folder is no run, is incomplete, or is about another suite than the first.
    """
    manifests = [RunFolder(folder).manifest() for folder in folders]
    loaded = load_suite(suite or manifests[0].suite)
    for folder, manifest in zip(folders, manifests, strict=True):
        if manifest.suite_hash != loaded.hash:
            raise CoreBenchError(
                f"{folder} was run on {manifest.suite} with hash {manifest.suite_hash[:12]}; "
                f"this {loaded.header.name} has {loaded.hash[:12]}",
                "A report is about one build of one suite: leave that run out, or name its suite: --suite.",
            )
    names = _names(manifests)
    return loaded, [
        _view(name, folder, manifest, loaded)
        for name, folder, manifest in zip(names, folders, manifests, strict=True)
    ]


def _view(name: str, folder: Path, manifest: RunManifest, suite: Suite) -> RunView:
    method = method_of(manifest)
    items = items_of(suite, manifest)
    place = method.settings(manifest.shape).answer
    found = {
        (reply.item, reply.epoch): reply
        for (_, name_of_method, _), reply in RunFolder(folder).replies().items()
        if name_of_method == manifest.method
    }
    keys = [(item.id, epoch) for epoch in range(manifest.epochs) for item in items]
    missing = [key for key in keys if key not in found]
    if missing:
        raise CoreBenchError(
            f"{folder} is not complete: {len(missing)} of {len(keys)} replies are missing",
            "Run the command that began it once more: it goes on where it stopped.",
        )
    replies = {key: found[key] for key in keys}
    rules = rules_of(suite)
    verdicts = judge_all(replies.values(), suite.golds, place, rules)
    return RunView(
        name=name,
        folder=folder,
        manifest=manifest,
        suite=suite,
        items=items,
        replies=replies,
        verdicts={(verdict.item, verdict.epoch): verdict for verdict in verdicts},
        outcomes=outcomes(items, verdicts),
        summary=summarise(suite, items, verdicts, replies=replies.values(), rules=rules),
        efficiency=RunFolder(folder).efficiency(),
        likelihoods={(row.item, row.epoch): row for row in RunFolder(folder).likelihoods().values()},
    )


def _names(manifests: Sequence[RunManifest]) -> list[str]:
    """Name runs by what tells them apart: the model; then the method and the shape; then a number."""
    parts = [
        (manifest.engine.model, manifest.method, manifest.shape, manifest.split) for manifest in manifests
    ]
    wanted = [place for place in range(4) if place == 0 or len({row[place] for row in parts}) > 1]
    names: list[str] = []
    for row in parts:
        name = " ".join(row[place] for place in wanted)
        count = sum(other == name or other.startswith(f"{name} #") for other in names)
        names.append(f"{name} #{count + 1}" if count else name)
    return names
