"""Checks a submission from its raw replies alone; nothing of it is executed, fetched or written anywhere."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.jsonl import Row, parse_rows
from core_bench.leaderboard.bundle import Bundle, read_bundle
from core_bench.leaderboard.plausibility import implausible
from core_bench.leaderboard.refusal import Finding, RefusedError
from core_bench.leaderboard.submission import RunClaim, Submission
from core_bench.leaderboard.suspicion import suspicions
from core_bench.methods import Method, known_methods, load_method
from core_bench.records import Efficiency, Reply, RunManifest, Verdict
from core_bench.scoring import Outcomes, judge_all, outcomes, rules_of
from core_bench.scoring.metrics import HEADLINES, board_clusters
from core_bench.statistics import Clusters
from core_bench.suites import Suite

CLAIMED = (*HEADLINES, "samples", "probes")
MOST_REPLY_CHARS = 200_000
_TOLERANCE = 1e-9
Suites = Callable[[str, str], Suite]
"""Finds a suite by name and hash; raises `RefusedError` if there is none."""


@dataclass(frozen=True)
class CheckedRun:
    """A run of a submission, judged anew."""

    manifest: RunManifest
    suite: Suite
    items: tuple[Item, ...]
    replies: tuple[Reply, ...]
    verdicts: tuple[Verdict, ...]
    outcomes: Outcomes
    clusters: Mapping[str, Clusters]
    efficiency: Efficiency | None
    fingerprint: str


@dataclass
class Checked:
    """What a check found. `runs` is complete only where `findings` holds no fault."""

    name: str
    submission: Submission | None = None
    runs: list[CheckedRun] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """Whether nothing was found that refuses the submission."""
        return not any(finding.level == "fault" for finding in self.findings)


def check_file(path: Path, suites: Suites, known: Mapping[str, str] | None = None) -> Checked:
    """Check the submission in a file.

    Args:
        path: the bundle.
        suites: finds the suite that a run names.
        known: fingerprints of the replies of entries that are there already -> their names.

    Raises:
        CoreBenchError: the file cannot be read.
    """
    checked = Checked(path.name)
    try:
        bundle = read_bundle(path)
        checked.submission = _parsed(Submission, bundle.text("submission.json"), "submission.json")
        for claim in checked.submission.runs:
            run = _checked_run(bundle, claim, suites)
            checked.runs.append(run)
            checked.findings += _questions(run, checked.submission, known or {})
        checked.findings += _strangers(bundle, checked.submission)
    except RefusedError as refused:
        checked.findings.append(Finding("fault", refused.code, refused.text))
    return checked


def metrics_of(clusters: Mapping[str, Clusters]) -> dict[str, float | None]:
    """Return the metrics that a submission claims, without intervals."""
    return {name: clusters[name].value for name in CLAIMED}


def fingerprint(replies: Iterable[Reply]) -> str:
    """Return a hash of what was replied, whatever the order of the lines and the figures around the text."""
    told = sorted((reply.item, reply.epoch, reply.round, reply.text) for reply in replies)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _checked_run(bundle: Bundle, claim: RunClaim, suites: Suites) -> CheckedRun:
    place = claim.folder
    manifest = _parsed(RunManifest, bundle.text(f"{place}/manifest.json"), f"{place}/manifest.json")
    suite = suites(manifest.suite, manifest.suite_hash)
    method = _method(manifest)
    text = bundle.text(f"{place}/replies.jsonl")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if digest != claim.replies_sha256:
        raise RefusedError(
            "replies_hash", f"{place}/replies.jsonl is not the file that the submission names by its hash"
        )
    rows = _rows(text, Reply, f"{place}/replies.jsonl")
    # A claim is held against what was asked when it was made; the board counts what still stands.
    told = {row.item for row in rows}
    items = tuple(
        item
        for item in suite.whole_split(manifest.split)
        if item.id in told or item.id not in suite.retracted
    )
    replies = _answered_once(rows, items, manifest)
    verdicts = judge_all(replies, suite.golds, method.settings(manifest.shape).answer, rules_of(suite))
    _same_verdicts(
        _rows(bundle.text(f"{place}/verdicts.jsonl"), Verdict, f"{place}/verdicts.jsonl"), verdicts
    )
    run = outcomes(items, verdicts)
    clusters = board_clusters(suite, run)
    _same_metrics(claim, metrics_of(clusters))
    if any(item.id in suite.retracted for item in items):
        items = suite.split(manifest.split)
        replies = [row for row in replies if row.item not in suite.retracted]
        verdicts = [row for row in verdicts if row.item not in suite.retracted]
        run = outcomes(items, verdicts)
        clusters = board_clusters(suite, run)
    name = f"{place}/efficiency.json"
    efficiency = _parsed(Efficiency, bundle.files[name], name) if name in bundle.files else None
    return CheckedRun(
        manifest,
        suite,
        items,
        tuple(replies),
        tuple(verdicts),
        run,
        clusters,
        efficiency,
        fingerprint(replies),
    )


def _method(manifest: RunManifest) -> Method:
    # Only methods that ship: a path for a name would have the checker read a folder of their choice.
    if manifest.method not in known_methods() or manifest.method_path is not None:
        raise RefusedError("settings", f"the board has no track for the method {manifest.method[:40]!r}")
    method = load_method(manifest.method)
    if method.hash != manifest.method_hash:
        raise RefusedError(
            "prompts", f"the prompts of {manifest.method} are not those of this version of core-bench"
        )
    allowed = method.settings(manifest.shape).max_tokens
    if manifest.max_tokens > allowed:
        raise RefusedError("settings", f"{manifest.max_tokens} tokens a reply; the track allows {allowed}")
    if manifest.limit is not None or manifest.problems or manifest.shard:
        raise RefusedError("settings", "only a part of the split was asked (--limit, --problems or --shard)")
    rounds, feedback = (
        (method.amendment.rounds, method.amendment.feedback) if method.amendment else (0, "none")
    )
    if manifest.rounds > rounds or manifest.feedback != feedback:
        told = f"{manifest.rounds} further rounds with feedback {manifest.feedback}"
        raise RefusedError("settings", f"{told}; {manifest.method} has at most {rounds} with {feedback}")
    if manifest.temperature > 0 and manifest.epochs < 3:
        raise RefusedError("settings", f"sampled decoding needs 3 epochs, not {manifest.epochs}")
    if manifest.split not in ("test", "full"):
        raise RefusedError("settings", f"the board is about the split test or full, not {manifest.split}")
    return method


def _answered_once(replies: Sequence[Reply], items: Sequence[Item], manifest: RunManifest) -> list[Reply]:
    """Return the judged reply of every item and epoch: that of the last round."""
    asked = {item.id for item in items}
    unknown = sorted({reply.item for reply in replies} - asked)
    if unknown:
        raise RefusedError(
            "unknown_items", f"{len(unknown)} replies are to items that were not asked: {unknown[0][:80]}"
        )
    if any(reply.method != manifest.method for reply in replies):
        raise RefusedError("unknown_items", f"replies of another method than {manifest.method}")
    if any(not 0 <= reply.round <= manifest.rounds for reply in replies):
        raise RefusedError("settings", f"an item was asked more often than {manifest.method} asks")
    for reply in replies:
        if len(reply.text) > MOST_REPLY_CHARS:
            raise RefusedError(
                "reply_too_large", f"the reply to {reply.item} has {len(reply.text):,} characters"
            )
    # An engine's error is asked again by the next run, and both replies are kept.
    told = [reply for reply in replies if reply.finish != "error"]
    counts = Counter((reply.item, reply.epoch, reply.round) for reply in told)
    twice = [key for key, count in counts.items() if count > 1]
    if twice:
        raise RefusedError(
            "duplicate_items", f"{len(twice)} items were answered twice, {twice[0][0]} among them"
        )
    last: dict[tuple[str, int], Reply] = {}
    for reply in sorted(replies, key=lambda reply: reply.round):  # stable: of one round, the last that came
        last[reply.item, reply.epoch] = reply
    epochs = sorted({epoch for _, epoch in last})
    if epochs != list(range(manifest.epochs)):
        raise RefusedError("missing_items", f"the epochs are {epochs}, {manifest.epochs} were run")
    missing = [item.id for item in items for epoch in epochs if (item.id, epoch) not in last]
    if missing:
        raise RefusedError(
            "missing_items", f"{len(missing)} of {len(items)} items have no reply: {missing[0]}"
        )
    return [last[item.id, epoch] for epoch in epochs for item in items]


def _same_verdicts(claimed: Sequence[Verdict], found: Sequence[Verdict]) -> None:
    told = {(row.item, row.epoch): row.verdict for row in claimed}
    wrong = [row for row in found if told.get((row.item, row.epoch)) != row.verdict]
    if wrong or len(told) != len(found) or len(claimed) != len(found):
        first = wrong[0] if wrong else None
        example = (
            f": {first.item} is {first.verdict.value}, not {told.get((first.item, first.epoch))}"
            if first
            else ""
        )
        raise RefusedError("verdicts", f"{len(wrong)} verdicts are not those that the replies give{example}")


def _same_metrics(claim: RunClaim, found: Mapping[str, float | None]) -> None:
    for name, value in found.items():
        told = claim.metrics.get(name)
        same = (
            told is None
            if value is None
            else told is not None and math.isclose(told, value, abs_tol=_TOLERANCE)
        )
        if not same:
            raise RefusedError("metrics", f"{claim.folder} claims {name} = {told}; its replies give {value}")
    extra = sorted(set(claim.metrics) - set(found))
    if extra:
        raise RefusedError(
            "metrics", f"{claim.folder} claims {extra[0][:40]!r}, which is no metric of the board"
        )


def _questions(run: CheckedRun, submission: Submission, known: Mapping[str, str]) -> Iterator[Finding]:
    if run.fingerprint in known:
        yield Finding("fault", "duplicate_entry", f"these replies are those of {known[run.fingerprint]}")
    yield from suspicions(run.suite, run.manifest, run.replies, run.verdicts)
    yield from implausible(run.manifest, run.efficiency, run.replies, submission.model)


def _strangers(bundle: Bundle, submission: Submission) -> Iterator[Finding]:
    folders = [claim.folder for claim in submission.runs]
    if len(set(folders)) < len(folders):
        yield Finding("fault", "duplicate_items", "one run is claimed twice")
    for name in sorted(bundle.files):
        if name != "submission.json" and name.rsplit("/", 1)[0] not in folders:
            yield Finding("fault", "unknown_file", f"{name} belongs to no claimed run")


def _rows(text: str, kind: type[Row], name: str) -> list[Row]:
    try:
        return parse_rows(text, kind, Path(name))
    except CoreBenchError as error:
        raise RefusedError("schema", str(error).splitlines()[0]) from None


def _parsed(kind: type[Row], text: str, name: str) -> Row:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise RefusedError("schema", f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
