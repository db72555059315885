"""`core-bench suite build` as a person uses it: one's own files, public files, and what goes wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core_bench.suites import load_suite

CLI = (sys.executable, "-m", "core_bench.cli")
EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "own-files"


def command(*arguments):
    return subprocess.run(
        [*CLI, *map(str, arguments)], capture_output=True, text=True, timeout=250, check=False
    )


def test_three_files_of_ones_own_become_a_suite_and_are_run(tmp_path):
    built = command("suite", "build", "--source", "folder", "--path", EXAMPLE, "--out", tmp_path / "mine")
    assert built.returncode == 0, built.stderr
    assert "3 problems" in built.stdout
    assert "no cover has fewer than" in built.stdout
    suite = load_suite(str(tmp_path / "mine"))
    assert [problem.id for problem in suite.problems] == ["labels", "shelf", "tickets"]
    assert {problem.split for problem in suite.problems} == {"dev", "test"}
    assert all(problem.origin == "own-files" for problem in suite.problems)
    assert suite.probes

    ran = command(
        "run",
        "--suite",
        tmp_path / "mine",
        "--split",
        "full",
        "--model",
        "baseline:oracle",
        "--out",
        tmp_path / "run",
    )
    assert ran.returncode == 0, ran.stderr
    assert "100.0 %" in ran.stdout


def test_a_doctest_that_is_wrong_is_named(tmp_path):
    for name in ("labels", "shelf"):
        (tmp_path / f"{name}.py").write_text((EXAMPLE / f"{name}.py").read_text())
    shelf = tmp_path / "shelf.py"
    shelf.write_text(shelf.read_text().replace("(3, 7)", "(3, 6)"))
    built = command(
        "suite", "build", "--source", "folder", "--path", tmp_path, "--variants", 0, "--out", tmp_path / "s"
    )
    assert built.returncode == 0, built.stderr
    assert (
        "left out: 1 problems, tests disagree with the reference (shelf: ([8, 1, 8], 8) gives (3, 7)"
        in built.stdout
    )
    assert [row.id for row in load_suite(str(tmp_path / "s")).header.left_out] == ["shelf"]


@pytest.mark.parametrize(
    ("source", "file", "ids"),
    [
        ("humaneval", "humaneval.jsonl", "HumanEval-10,HumanEval-126"),
        ("cruxeval", "cruxeval.jsonl", "CRUXEval-3,CRUXEval-7"),
        ("livecodebench", "livecodebench_execution_part.jsonl", "LiveCodeBench-3190"),
        ("reval", "reval_data_part.jsonl", "REval-0,REval-1"),
    ],
)
def test_public_benchmarks_become_suites(source, file, ids, bench_data, tmp_path):
    built = command(
        "suite", "build", "--source", source, "--path", bench_data / file, "--out", tmp_path / "s",
        "--variants", 1, "--min-complexity", 2, "--only", ids,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    suite = load_suite(str(tmp_path / "s"))
    assert suite.samples
    assert suite.probes
    assert suite.header.name == source
    assert "differs from the reference" not in {
        row.reason for row in suite.header.left_out if row.what == "problem"
    }
    assert {row.reason for row in suite.header.left_out} <= {
        "too similar", "too simple", "differs from the reference", "duplicate", "not read", "no literal", "too long",
    }  # fmt: skip


def test_mbpp_becomes_a_suite_and_rows_without_literals_are_counted(tmp_path):
    code = "def twice(n, m):\n  if n > m:\n    return n * 2 - m\n  if n == m:\n    return m + 1\n  return m * n\n"
    rows = [
        {"task_id": 900, "text": "?", "code": code, "test_list": ["assert twice(2, 1) == 3", "assert twice(2, 2) == 3"]},
        {"task_id": 901, "text": "?", "code": code, "test_list": ["assert twice(2, 1) == 4"]},
        {"task_id": 902, "text": "?", "code": code, "test_list": ["assert twice(open, 1)"]},
    ]  # fmt: skip
    path = tmp_path / "mbpp.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    built = command(
        "suite", "build", "--source", "mbpp", "--path", path, "--variants", 0, "--out", tmp_path / "s"
    )
    assert built.returncode == 0, built.stderr
    assert "left out: 1 problems, not read" in built.stdout
    left_out = [(row.id, row.reason) for row in load_suite(str(tmp_path / "s")).header.left_out]
    assert left_out == [("902", "not read"), ("MBPP-901", "tests disagree with the reference")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--source", "humanevil"], "there is no source 'humanevil'"),
        (["--source", "folder"], "Say where your Python files are"),
        (["--source", "folder", "--path", "nowhere"], "holds no Python files"),
        (["--source", "folder", "--path", str(EXAMPLE), "--only", "jars"], "has no problem jars"),
        (["--name", "a/b"], "cannot name a suite"),
    ],
)
def test_what_cannot_be_built_is_said(arguments, message, tmp_path):
    built = command("suite", "build", *arguments, "--out", tmp_path / "s")
    assert built.returncode == 2
    assert message in built.stderr
    assert "Traceback" not in built.stderr
