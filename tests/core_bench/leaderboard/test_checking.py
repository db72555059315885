"""Honest bundles pass; each way of tampering is refused with its own reason, and nothing is written anywhere."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from core_bench.jsonl import dump_row
from core_bench.leaderboard import bundle, review
from core_bench.leaderboard.bundle import pack
from core_bench.leaderboard.checking import fingerprint, metrics_of
from core_bench.records import Reply
from core_bench.scoring import judge_all, outcomes
from core_bench.scoring.metrics import board_clusters

RUN = "runs/0"


def codes(checked):
    return {finding.code for finding in checked.findings if finding.level == "fault"}


def rows(files, name):
    return [json.loads(line) for line in files[f"{RUN}/{name}"].split("\n") if line]


def with_rows(files, name, changed):
    made = {**files, f"{RUN}/{name}": "".join(json.dumps(row) + "\n" for row in changed)}
    return resealed(made) if name == "replies.jsonl" else made


def resealed(files):
    """Write the hash of the replies anew, as a forger would."""
    digest = hashlib.sha256(files[f"{RUN}/replies.jsonl"].encode()).hexdigest()
    return with_submission(files, lambda told: told["runs"][0].update(replies_sha256=digest))


def with_json(files, name, change):
    told = json.loads(files[name])
    change(told)
    return {**files, name: json.dumps(told)}


def with_submission(files, change):
    return with_json(files, "submission.json", change)


def with_metric(files, **values):
    return with_submission(files, lambda told: told["runs"][0]["metrics"].update(values))


def with_manifest(files, **fields):
    return with_json(files, f"{RUN}/manifest.json", lambda told: told.update(fields))


def with_efficiency(files, **fields):
    return {**files, f"{RUN}/efficiency.json": json.dumps(fields)}


def without(files, name):
    return {other: text for other, text in files.items() if other != name}


def with_replies(files, change, suite):
    """Change replies, and judge and count them anew: all that is wrong is the replies themselves."""
    changed = rows(files, "replies.jsonl")
    change(changed)
    made = with_rows(files, "replies.jsonl", changed)
    replies = [Reply.model_validate(row) for row in changed]
    verdicts = judge_all(replies, suite.golds, "start")
    made[f"{RUN}/verdicts.jsonl"] = "".join(map(dump_row, verdicts))
    return with_metric(made, **metrics_of(board_clusters(suite, outcomes(suite.split("test"), verdicts))))


def first(**fields):
    return lambda changed: changed[0].update(fields)


def archive(files, *extra):
    """An archive with members that `pack` would not write: (name or ZipInfo, data)."""
    out = io.BytesIO(pack(files))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as made:
        for name, data in extra:
            made.writestr(name, data)
    return out.getvalue()


def link(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return info


def edited_verdict(files):
    changed = rows(files, "verdicts.jsonl")
    next(row for row in changed if row["verdict"] == "wrong")["verdict"] = "correct"
    return with_rows(files, "verdicts.jsonl", changed)


def bomb(files):
    name = f"{RUN}/summary.json"
    return archive(without(files, name), (name, b"0" * (bundle.MOST_MEMBER_BYTES + 1)))


def lying_bomb(files):
    """An archive whose directory says that the bomb is small."""
    size = (bundle.MOST_MEMBER_BYTES + 1).to_bytes(4, "little")
    return bomb(files).replace(size, (10).to_bytes(4, "little"))


def repeated(files, name):
    return with_rows(files, name, rows(files, name) + rows(files, name)[:1])


def second_thoughts(files):
    told = rows(files, "replies.jsonl")
    return with_rows(files, "replies.jsonl", [{**told[0], "text": " 1"}, *told])


NAN = float("nan")
TAMPERED = {
    "edited verdict": (edited_verdict, "verdicts"),
    "dropped verdict": (lambda f: with_rows(f, "verdicts.jsonl", rows(f, "verdicts.jsonl")[1:]), "verdicts"),
    "a verdict twice": (lambda f: repeated(f, "verdicts.jsonl"), "verdicts"),
    "dropped items": (lambda f: with_rows(f, "replies.jsonl", rows(f, "replies.jsonl")[5:]), "missing_items"),
    "duplicate items": (lambda f: repeated(f, "replies.jsonl"), "duplicate_items"),
    "an item twice, the better reply last": (second_thoughts, "duplicate_items"),
    "edited reply under the old hash": (
        lambda f: {**f, f"{RUN}/replies.jsonl": f[f"{RUN}/replies.jsonl"].replace("no idea", "an idea", 1)},
        "replies_hash",
    ),
    "other suite": (lambda f: with_manifest(f, suite_hash="0" * 64), "suite"),
    "only a part of the items": (lambda f: with_manifest(f, limit=5), "settings"),
    "chosen problems": (lambda f: with_manifest(f, problems=["x"]), "settings"),
    "the split that may be looked at": (lambda f: with_manifest(f, split="dev"), "settings"),
    "more tokens than allowed": (lambda f: with_manifest(f, max_tokens=100_000), "settings"),
    "sampled once": (lambda f: with_manifest(f, temperature=0.8), "settings"),
    "an unknown method": (lambda f: with_manifest(f, method="/etc"), "settings"),
    "a method of their own": (lambda f: with_manifest(f, method_path="/tmp/x"), "settings"),
    "other prompts": (lambda f: with_manifest(f, method_hash="0" * 64), "prompts"),
    "forged metrics": (lambda f: with_metric(f, RCS=0.99), "metrics"),
    "a metric that is none": (lambda f: with_metric(f, IQ=0.99), "metrics"),
    "NaN score": (lambda f: with_metric(f, RCS=NAN), "schema"),
    "a score above one": (lambda f: with_metric(f, RCS=1.5), "schema"),
    "script in the model's name": (
        lambda f: with_submission(f, lambda told: told["model"].update(name="<script>alert(1)</script>")),
        "schema",
    ),
    "a field that nobody knows": (lambda f: with_submission(f, lambda told: told.update(rank=1)), "schema"),
    "a broken line": (
        lambda f: resealed({**f, f"{RUN}/replies.jsonl": f[f"{RUN}/replies.jsonl"] + "{\n"}),
        "schema",
    ),
    "a run claimed twice": (
        lambda f: with_submission(f, lambda told: told.update(runs=told["runs"] * 2)),
        "duplicate_items",
    ),
    "a run that is not claimed": (lambda f: {**f, "runs/7/manifest.json": "{}"}, "unknown_file"),
    "no submission.json": (lambda f: without(f, "submission.json"), "missing_file"),
    "zip slip": (lambda f: archive(f, ("../../escaped.json", "x")), "unsafe_path"),
    "an absolute path": (lambda f: archive(f, ("/tmp/escaped.json", "x")), "unsafe_path"),
    "a drive": (lambda f: archive(f, ("C:\\escaped.json", "x")), "unsafe_path"),
    "symlink": (lambda f: archive(f, (link("runs/0/efficiency.json"), "/etc/passwd")), "link"),
    "a program": (lambda f: archive(f, ("runs/0/setup.py", "import os")), "unknown_file"),
    "a name twice": (lambda f: archive(f, ("submission.json", f["submission.json"])), "duplicate_file"),
    "decompression bomb": (bomb, "too_large"),
    "a bomb that lies about its size": (lying_bomb, "not_a_bundle"),
    "no archive": (lambda f: b"PK not really", "not_a_bundle"),
    "cut off": (lambda f: pack(f)[:-40], "not_a_bundle"),
    "bytes that are no text": (
        lambda f: archive(without(f, f"{RUN}/summary.json"), (f"{RUN}/summary.json", b"\xff\xfe")),
        "not_a_bundle",
    ),
    "bytes that hold no such model": (
        lambda f: with_efficiency(f, checkpoint_bytes=1_000, parameters=100_000_000),
        "efficiency",
    ),
    "a million tokens a second": (lambda f: with_efficiency(f, decode_tokens_per_second=1e9), "efficiency"),
    "less than no seconds": (lambda f: with_efficiency(f, wall_seconds=-1.0), "efficiency"),
}
FORGED_REPLIES = {
    "an item that was not asked": (first(item="other/reference/t1"), "unknown_items"),
    "a reply of another method": (first(method="cot"), "unknown_items"),
    "gigantic reply": (first(text="9" * 300_000), "reply_too_large"),
    "a quote of the gold file": (first(text=' {"gold":"1"}'), "leak_quote"),
    "the name of the item": (lambda changed: changed[0].update(text=" " + changed[0]["item"]), "leak_quote"),
    "a reply from the past": (first(seconds=-1.0), "efficiency"),
    "text without tokens": (first(text="x" * 5_000, completion_tokens=1), "efficiency"),
    "more tokens than were allowed": (first(completion_tokens=100_000), "efficiency"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_refused_with_its_reason(name, files, check, tmp_path):
    tamper, code = TAMPERED[name]
    checked = check(tamper(files))
    assert not checked.accepted
    assert codes(checked) == {code}, checked.findings
    assert f"`{code}`" in review(checked)
    assert [path.name for path in tmp_path.iterdir()] == ["bundle.zip"], "nothing is unpacked"
    assert not Path("/tmp/escaped.json").exists()


@pytest.mark.parametrize("name", FORGED_REPLIES)
def test_forged_replies_are_refused_with_their_reason(name, files, check, small_suite):
    change, code = FORGED_REPLIES[name]
    if code == "unknown_items":  # these cannot even be judged
        changed = rows(files, "replies.jsonl")
        change(changed)
        made = with_rows(files, "replies.jsonl", changed)
    else:
        made = with_replies(files, change, small_suite)
    assert codes(check(made)) == {code}


def test_an_honest_bundle_passes(files, check):
    checked = check(files)
    assert checked.findings == []
    assert checked.accepted
    assert "what was claimed is the same" in review(checked)


def test_a_forger_who_does_everything_right_changes_nothing(files, check, small_suite):
    """Judged and counted anew, other replies are simply another honest submission."""
    assert check(with_replies(files, first(text=" 0"), small_suite)).accepted


def test_the_same_files_give_the_same_bundle(files):
    assert pack(files) == pack(dict(reversed(files.items())))


def test_replies_of_another_entry_are_refused_in_any_order(files, check):
    told = rows(files, "replies.jsonl")
    known = {fingerprint(Reply.model_validate(row) for row in told): "older.zip"}
    assert codes(check(files, known)) == {"duplicate_entry"}
    assert codes(check(with_rows(files, "replies.jsonl", told[::-1]), known)) == {"duplicate_entry"}


def test_nobody_asks_again_in_secret(files, check):
    """A second round, with the gold in it, of a method that asks once."""
    told = rows(files, "replies.jsonl")
    again = [{**row, "round": 1} for row in told]
    assert codes(check(with_rows(files, "replies.jsonl", told + again))) == {"settings"}
    declared = with_manifest(with_rows(files, "replies.jsonl", told + again), rounds=1)
    assert codes(check(declared)) == {"settings"}


def test_gold_letter_for_letter_is_for_a_person_to_look_at(files, check, small_suite):
    def copied(changed):
        for row in changed:
            row["text"] = small_suite.golds[row["item"]]

    checked = check(with_replies(files, copied, small_suite))
    assert checked.accepted
    assert [finding.code for finding in checked.findings] == ["leak_gold"]
    assert "please look" in review(checked)


def test_a_review_shows_names_as_text(files, check):
    checked = check(without(files, "submission.json"))
    checked.name = "<b>*x*</b>.zip"
    assert "<b>" not in review(checked)
