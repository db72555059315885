"""`core-bench score` as a person meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(os.environ.get("CORE_BENCH_DATA", "../shared/data")).resolve()
ROW = {"id": "s", "code": "def f(n):\n    return [n, n]\n", "input": "1", "output": "[1, 1]"}


def core_bench(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "core_bench.cli", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, check=False
    )  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    for name in ("echo", "majority"):
        done = core_bench("run", "--model", f"baseline:{name}", "--split", "lite", "--out", name, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


def test_several_runs_stand_side_by_side_with_intervals(runs):
    done = core_bench("score", "echo", "majority", cwd=runs)
    assert done.returncode == 0, done.stderr
    rows = [line.split()[0] for line in done.stdout.splitlines() if line.strip()]
    assert rows.count("echo") == rows.count("majority") == 5
    majority = json.loads((runs / "majority" / "summary.json").read_text())["probes"]
    assert f"{100 * majority['value']:.1f} %" in done.stdout
    assert f"{100 * majority['low']:.0f}..{100 * majority['high']:.0f}" in done.stdout
    assert "resamples of whole problems" in done.stdout
    summary = json.loads((runs / "majority" / "summary.json").read_text())
    assert summary["I"]["low"] <= summary["I"]["value"] <= summary["I"]["high"]
    assert summary["intervals"]["resamples"] == 5_000
    assert summary["rules"] == {"strict_literals": False, "float_tolerance": 0.0, "unquoted_strings": False}


def test_the_rules_are_recorded(runs):
    done = core_bench("score", "echo", "--strict-literals", "--float-tolerance", "1e-6", cwd=runs)
    assert done.returncode == 0, done.stderr
    rules = json.loads((runs / "echo" / "summary.json").read_text())["rules"]
    assert rules == {"strict_literals": True, "float_tolerance": 1e-6, "unquoted_strings": False}


def test_replies_to_our_items_from_elsewhere(runs):
    done = core_bench(
        "score",
        "--format",
        "core",
        "majority/replies.jsonl",
        "--data",
        "core-mini",
        "--split",
        "lite",
        cwd=runs,
    )
    assert done.returncode == 0, done.stderr
    share = json.loads((runs / "majority" / "summary.json").read_text())["probes"]["value"]
    assert f"{100 * share:.1f} %" in done.stdout


def test_what_others_made(tmp_path):
    (tmp_path / "data.jsonl").write_text(json.dumps(ROW) + "\n")
    (tmp_path / "generations.json").write_text(
        json.dumps({"s": ["[1, 1]", "[True, 1]", "[1, 1][::-1]", "2"]})
    )
    done = core_bench("score", "--format", "cruxeval", "generations.json", "--data", "data.jsonl", "--differences", "d.jsonl", cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "75.0000" in done.stdout
    assert "25.0000" in done.stdout
    rows = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text().splitlines()]
    assert [row["reply"] for row in rows] == ["[True, 1]", "[1, 1][::-1]"]
    assert [row["ours"] for row in rows] == ["wrong", "not_literal"]
    assert "of another type" in rows[0]["reason"]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["score", "echo", "nowhere"], ["nowhere is no run folder"]),
        (["score"], ["Missing argument"]),
        (["score", "--format", "cruxeval", "x.json"], ["--data"]),
        (["score", "--format", "cruxeval", "x.json", "--data", "y.jsonl"], ["y.jsonl"]),
        (["score", "--format", "magic", "x.json"], ["magic"]),
        (
            ["score", "--format", "core", "echo/replies.jsonl", "--data", "core-mini"],
            ["no reply to 990 of 1110", "--split"],
        ),
        (
            ["score", "--format", "jsonl", "echo/replies.jsonl", "--data", "echo/manifest.json"],
            ["echo/manifest.json"],
        ),
        (
            ["score", "--format", "core", "echo/verdicts.jsonl", "--data", "core-mini"],
            ["verdicts.jsonl, line 1"],
        ),
    ],
)
def test_bad_input_is_a_message(arguments, parts, runs):
    done = core_bench(*arguments, cwd=runs)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr


def test_runs_over_other_items_are_not_put_into_one_table(runs):
    core_bench(
        "run", "--model", "baseline:echo", "--split", "lite", "--limit", "5", "--out", "five", cwd=runs
    )
    done = core_bench("score", "echo", "five", cwd=runs)
    assert done.returncode == 2
    assert "asked other items" in done.stderr
