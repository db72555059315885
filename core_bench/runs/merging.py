"""Several folders of one run become one: shards of a cluster, or what a second machine has asked."""

from collections.abc import Sequence
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.records import Likelihood, Reply, RunManifest
from core_bench.runs.folder import RunFolder

_MACHINE = ("engine device",)


def merge_runs(parts: Sequence[Path], out: Path) -> RunFolder:
    """Put the replies of all parts into one folder; the first good reply to each question counts.

    Nothing is asked. `out` may be one of the parts, or hold what was merged before.

    Raises:
        CoreBenchError: A part is no run, or its replies were decided by something else.
    """
    folders = [RunFolder(path) for path in parts]
    manifests = [folder.manifest() for folder in folders]
    for folder, manifest in zip(folders[1:], manifests[1:], strict=True):
        _refuse_other(folders[0], manifests[0], folder, manifest)
    merged = RunFolder(out)
    first = manifests[0].model_copy(update={"shard": None, "epochs": max(one.epochs for one in manifests)})
    known: dict[tuple[str, str, int, int], Reply] = {}
    likely: dict[tuple[str, str, int], Likelihood] = {}
    for folder in folders:
        for key, reply in folder.every_reply().items():
            if key not in known or (known[key].finish == "error" and reply.finish != "error"):
                known[key] = reply
        for name, row in folder.likelihoods().items():
            if name not in likely or likely[name].error is not None:
                likely[name] = row
    with merged.open(first):
        have = merged.every_reply()
        merged.append([reply for key, reply in known.items() if have.get(key) != reply])
        there = merged.likelihoods()
        merged.append_likelihoods([row for name, row in likely.items() if there.get(name) != row])
    return merged


def _refuse_other(first: RunFolder, mine: RunManifest, other: RunFolder, theirs: RunManifest) -> None:
    old, new = mine.identity, theirs.identity
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name) and name not in _MACHINE]
    if changed:
        told = "; ".join(
            f"{name}: {str(old.get(name))[:32]} and {str(new.get(name))[:32]}" for name in changed[:3]
        )
        raise CoreBenchError(
            f"{first.path} and {other.path} are not parts of one run ({told})",
            "Runs can be merged when suite, method, model and decoding are the same.",
        )
