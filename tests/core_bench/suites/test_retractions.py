"""Retracted items are asked and counted by nobody; the suite's bytes stay, and old runs stay scorable."""

import json
import shutil
import subprocess
import sys

import pytest

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.records import Reply
from core_bench.runs import items_of, select_items
from core_bench.scoring.published.ours import score_replies
from core_bench.suites import load_suite
from core_bench.suites.retractions import (
    FILE,
    Retraction,
    read_retractions,
    retractions_of,
    write_retractions,
)

CLI = (sys.executable, "-m", "core_bench.cli")


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(data_folder() / "suites" / "core-mini", tmp_path / "mini")
    return tmp_path / "mini"


def retract(folder, *items):
    suite = load_suite(str(folder))
    rows = [Retraction(item=item, reason="probe gold: execution gives 5") for item in items]
    write_retractions(folder, retractions_of(suite.header.name, suite.hash, rows))
    return load_suite(str(folder))


def test_a_retracted_item_is_in_no_split_and_the_suite_stays_the_same(folder):
    old = load_suite(str(folder))
    gone = old.split("lite")[0].id
    new = retract(folder, gone)
    assert new.hash == old.hash
    assert new.golds == old.golds
    for split in ("lite", "full", "dev", "test"):
        assert [item.id for item in new.split(split)] == [
            item.id for item in old.split(split) if item.id != gone
        ]
        assert new.whole_split(split) == old.split(split)


def test_a_part_of_a_suite_is_chosen_as_before(folder):
    old = load_suite(str(folder))
    gone = old.split("full")[2].id
    new = retract(folder, gone)
    for choice in ({"limit": 5}, {"shard": "1/2"}, {"shard": "2/2"}):
        before = select_items(old, "full", **choice)
        assert [item.id for item in select_items(new, "full", **choice)] == [
            item.id for item in before if item.id != gone
        ]
    assert items_of is not None


def test_replies_to_it_are_ignored(folder, tmp_path):
    old = load_suite(str(folder))
    gone = old.split("lite")[0].id
    rows = [
        Reply(
            item=item.id,
            method="io",
            text="x" if item.id == gone else f"[ANSWER]{old.golds[item.id]}[/ANSWER]",
            finish="stop",
        )
        for item in old.split("lite")
    ]
    file = tmp_path / "replies.jsonl"
    file.write_text("".join(row.model_dump_json() + "\n" for row in rows))
    new = retract(folder, gone)
    before = score_replies(old, old.split("lite"), file)
    after = score_replies(new, new.split("lite"), file)
    assert sum(before.verdicts.values()) == len(rows)
    assert sum(after.verdicts.values()) == after.verdicts["correct"] == len(rows) - 1


def test_a_tampered_list_is_refused(folder):
    suite = load_suite(str(folder))
    gone = suite.items[0].id
    retract(folder, gone)
    text = (folder / FILE).read_text()
    for broken, message in (
        (text.replace(gone, suite.items[1].id), "was changed by hand"),
        (text.replace(suite.hash, "0" * 64), "is of another build of the suite"),
        (text.replace('"items"', '"things"'), "things: Extra inputs|items: Field required"),
        ("{", "EOF|Invalid JSON"),
    ):
        (folder / FILE).write_text(broken)
        with pytest.raises(CoreBenchError, match=message) as refused:
            load_suite(str(folder))
        assert "\n" not in str(refused.value)


def test_an_empty_list_is_no_file(folder):
    retract(folder, load_suite(str(folder)).items[0].id)
    assert (folder / FILE).is_file()
    assert retract(folder).retracted == {}
    assert not (folder / FILE).exists()
    assert read_retractions(folder, "any") == {}


def test_a_suite_is_saved_with_its_list(folder, tmp_path):
    suite = retract(folder, load_suite(str(folder)).items[0].id)
    suite.save(tmp_path / "copy")
    assert load_suite(str(tmp_path / "copy")).retracted == suite.retracted


def test_the_shipped_suites_have_sound_lists():
    for name in ("core-mini", "core-bench-v1"):
        suite = load_suite(name)
        assert set(suite.retracted) <= set(suite.golds)


def test_the_command_derives_the_list_from_an_audit(tmp_path):
    from core_bench.suites.build import build_suite
    from core_bench.suites.problems import read_problems
    from core_bench.suites.recipe import Recipe
    from core_bench.suites.suite import Suite, file_texts, sha256

    problems = tmp_path / "problems"
    shutil.copytree(data_folder() / "problems" / "moor_boats", problems / "moor_boats")
    small = Recipe(
        "one", "1", "", tests=2, drawn=6, reference_variants=0, alternate_variants=0, probes=2, mutants=5
    )
    sound = build_suite(read_problems(problems, origin="test", licence="MIT"), small, workers=1)
    wrong = sound.probes[0].model_copy(update={"gold": "12345"})
    probes = (wrong, *sound.probes[1:])
    texts = file_texts(sound.problems, sound.implementations, sound.samples, probes)
    header = sound.header.model_copy(update={"files": {name: sha256(text) for name, text in texts.items()}})
    Suite(header, sound.problems, sound.implementations, sound.samples, probes).save(tmp_path / "suite")

    def run(*options):
        return subprocess.run(
            [*CLI, "suite", *options], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert run("audit", "suite").returncode == 1
    done = run("retract", "suite")
    assert done.returncode == 0, done.stderr
    assert f"retracted: {wrong.id}: probe gold: execution gives {sound.probes[0].gold}" in done.stdout
    listed = json.loads((tmp_path / "suite" / FILE).read_text())
    assert [row["item"] for row in listed["items"]] == [wrong.id]
    audited = run("audit", "suite")
    assert audited.returncode == 0, audited.stdout
    assert "1 items retracted" in audited.stdout
    assert run("retract", "suite").stdout.splitlines()[0] == done.stdout.splitlines()[0]
