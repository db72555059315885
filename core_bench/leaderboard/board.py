"""From checked submissions to the rows of a board: intervals, places, tracks."""

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from core_bench.errors import CoreBenchError
from core_bench.jsonl import parse_rows
from core_bench.leaderboard.bundle import read_bundle
from core_bench.leaderboard.checking import CLAIMED, Checked, CheckedRun, Suites, check_file, fingerprint
from core_bench.leaderboard.refusal import Finding, RefusedError
from core_bench.leaderboard.submission import Submission, Track, track
from core_bench.records import DIMENSIONS, Reply, RunManifest, VerdictKind
from core_bench.statistics import Estimate, estimate
from core_bench.suites import Suite, load_suite

_EXAMPLES = 8


@dataclass(frozen=True)
class Example:
    """An item with what came of it, for an entry's page."""

    item: str
    asked: str
    gold: str
    reply: str
    verdict: str


@dataclass(frozen=True)
class Entry:
    """One run on the board.

    Attributes:
        id: Names its page; the same submission always gets the same one.
        estimates: Metric (and `dimension/...`, `family/...`) -> value with interval, from raw replies.
        verdicts: Verdict -> number of replies.
        place: Least and greatest place in its track that its interval allows; None for baselines.
    """

    id: str
    file: str
    submission: Submission
    manifest: RunManifest
    track: Track
    suite_version: str
    estimates: Mapping[str, Estimate]
    verdicts: Mapping[str, int]
    examples: tuple[Example, ...]
    warnings: tuple[Finding, ...]
    checkpoint_bytes: int | None
    tokens_per_second: float | None
    cost: float | None
    baseline: bool
    place: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """What the board calls it."""
        return self.submission.model.name


@dataclass(frozen=True)
class Board:
    """Accepted entries, the best first, and what was refused with its reasons."""

    entries: tuple[Entry, ...]
    refused: tuple[Checked, ...]


def build_board(
    folder: Path,
    suite_path: str | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Board:
    """Check every bundle in a folder and rank what is accepted. The same bundles give the same board.

    Raises:
        CoreBenchError: the folder is not there or holds no bundle.
    """
    files = sorted(folder.glob("*.zip"))
    if not files:
        raise CoreBenchError(
            f"{folder} holds no submissions", "core-bench submit RUN... --out FILE.zip makes one."
        )
    judged: list[tuple[Checked, list[Entry]]] = []
    on_progress(0, len(files))
    workers = min(os.cpu_count() or 1, len(files))
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(partial(_judged, suite_path=suite_path), files, chunksize=4):
            judged.append(found)
            on_progress(len(judged), len(files))
    refused = [checked for checked, _ in judged if not checked.accepted]
    accepted, again = _first_ones(entry for _, entries in judged for entry in entries)
    return Board(tuple(ranked(accepted)), (*refused, *again))


def known_replies(folder: Path, leave_out: Path) -> dict[str, str]:
    """Return fingerprint of the replies of each other bundle in a folder -> the bundle's name."""
    known: dict[str, str] = {}
    for path in sorted(folder.glob("*.zip")):
        if path.resolve() == leave_out.resolve():
            continue
        try:
            bundle = read_bundle(path)
            submission = Submission.model_validate_json(bundle.text("submission.json"))
            for claim in submission.runs:
                name = f"{claim.folder}/replies.jsonl"
                known[fingerprint(parse_rows(bundle.text(name), Reply, Path(name)))] = path.name
        except (RefusedError, ValidationError, CoreBenchError):
            continue
    return known


def find_suite(name: str, digest: str, path: str | None) -> Suite:
    """Return the suite that a run names; raises `RefusedError` if it is another one or unknown."""
    try:
        suite = load_suite(path or name)
    except CoreBenchError:
        raise RefusedError("suite", f"there is no suite {name!r} here") from None
    if suite.hash != digest:
        raise RefusedError(
            "suite", f"the run is about another build of {name}: {digest[:12]}, not {suite.hash[:12]}"
        )
    return suite


def ranked(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries by RCS, then I_s, then W_s, each with the places that its interval allows.

    Two entries whose RCS intervals overlap are not told apart: a place is a range, from one more than the
    entries that are surely better to as many as are not surely worse. Only entries of one track and one
    suite are held against each other; baselines have no place.
    """
    listed = sorted(
        entries, key=lambda entry: (*(-_value(entry, name) for name in ("RCS", "I_s", "W_s")), entry.id)
    )
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in listed:
        if not entry.baseline:
            groups.setdefault((entry.track.title, entry.manifest.suite_hash), []).append(entry)
    places = {}
    for rivals in groups.values():
        for entry in rivals:
            low, high = _ends(entry)
            better = sum(_ends(rival)[0] > high for rival in rivals)
            worse = sum(_ends(rival)[1] < low for rival in rivals)
            places[entry.id] = (better + 1, len(rivals) - worse)
    return [replace(entry, place=places.get(entry.id)) for entry in listed]


def _judged(path: Path, suite_path: str | None) -> tuple[Checked, list[Entry]]:
    suites: Suites = lambda name, digest: _suite(name, digest, suite_path)  # noqa: E731 - one line says it
    checked = check_file(path, suites)
    entries = (
        [_entry(path, checked, number) for number in range(len(checked.runs))] if checked.accepted else []
    )
    # What goes back through the pool is small: the runs themselves stay in the worker.
    return Checked(checked.name, checked.submission, [], checked.findings), entries


_LOADED: dict[tuple[str, str, str | None], Suite] = {}


def _suite(name: str, digest: str, path: str | None) -> Suite:
    key = (name, digest, path)
    if key not in _LOADED:
        _LOADED[key] = find_suite(name, digest, path)
    return _LOADED[key]


def _entry(path: Path, checked: Checked, number: int) -> Entry:
    submission, run = checked.submission, checked.runs[number]
    assert submission is not None
    clusters = run.clusters
    wanted = [*CLAIMED, *(f"dimension/{name}" for name in DIMENSIONS)]
    wanted += [name for name in clusters if name.startswith("family/")]
    spent = run.efficiency
    environment = run.manifest.engine.environment
    size = spent.checkpoint_bytes if spent else environment.get("checkpoint_bytes")
    stem = re.sub(r"[^a-z0-9]+", "-", submission.model.name.lower()).strip("-")
    return Entry(
        id=f"{stem}-{run.manifest.method}-{run.fingerprint[:8]}",
        file=path.name,
        submission=submission,
        manifest=run.manifest,
        track=track(submission.model, run.manifest),
        suite_version=run.suite.header.version,
        estimates={name: estimate(clusters[name]) for name in wanted if name in clusters},
        verdicts=run.outcomes.counts,
        examples=_examples(run),
        warnings=tuple(finding for finding in checked.findings if finding.level == "warning"),
        checkpoint_bytes=int(size) if isinstance(size, int | float) else None,
        tokens_per_second=spent.decode_tokens_per_second if spent else None,
        cost=spent.cost if spent else None,
        baseline=run.manifest.engine.engine == "baseline",
    )


def _examples(run: CheckedRun) -> tuple[Example, ...]:
    """Return the first items of different problems, right and wrong by turns."""
    texts = {(reply.item, reply.epoch): reply.text for reply in run.replies}
    by_right: dict[bool, dict[str, Example]] = {True: {}, False: {}}
    for item, kinds in zip(run.items, run.outcomes.kinds, strict=True):
        found = by_right[kinds[0] is VerdictKind.CORRECT]
        if item.problem not in found:
            found[item.problem] = Example(
                item=item.id,
                asked=item.question or f"What does {item.call} return?",
                gold=run.suite.golds[item.id],
                reply=texts[item.id, run.outcomes.epochs[0]][:1_500],
                verdict=kinds[0].value,
            )
    right, wrong = list(by_right[True].values()), list(by_right[False].values())
    turns = [example for pair in zip(right, wrong, strict=False) for example in pair]
    rest = [example for example in (*right, *wrong) if example not in turns]
    return tuple([*turns, *rest][:_EXAMPLES])


def _first_ones(entries: Iterable[Entry]) -> tuple[list[Entry], list[Checked]]:
    """Keep the first of entries with the same replies; the others are refused as duplicates."""
    kept: dict[str, Entry] = {}
    again = []
    for entry in entries:
        if entry.id in kept:
            text = f"these replies are those of {kept[entry.id].file}"
            again.append(
                Checked(entry.file, entry.submission, [], [Finding("fault", "duplicate_entry", text)])
            )
        else:
            kept[entry.id] = entry
    return list(kept.values()), again


def _value(entry: Entry, name: str) -> float:
    return entry.estimates[name].value or 0.0


def _ends(entry: Entry) -> tuple[float, float]:
    rcs = entry.estimates["RCS"]
    value = rcs.value or 0.0
    return (value if rcs.low is None else rcs.low), (value if rcs.high is None else rcs.high)


def heat(entries: Sequence[Entry]) -> dict[str, dict[str, Estimate]]:
    """Return family -> entry id -> I_s: who wrote the programs against who reads them."""
    families = sorted(
        {
            name.removeprefix("family/")
            for entry in entries
            for name in entry.estimates
            if name.startswith("family/")
        }
    )
    return {
        family: {
            entry.id: entry.estimates[f"family/{family}"]
            for entry in entries
            if f"family/{family}" in entry.estimates
        }
        for family in families
    }
