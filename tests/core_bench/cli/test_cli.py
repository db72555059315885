"""The command line as a person meets it: in a process of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core_bench import methods
from core_bench.data_folder import data_folder
from core_bench.suites import load_suite

CLI = (sys.executable, "-m", "core_bench.cli")


def core_bench(*arguments, cwd, **environment):
    kept = {key: value for key, value in os.environ.items() if key != "OPENAI_API_KEY"}
    return subprocess.run(
        [*CLI, *map(str, arguments)], cwd=cwd, env={**kept, **environment}, capture_output=True, text=True, check=False
    )  # fmt: skip


def test_help_loads_nothing_heavy(tmp_path):
    code = (
        "import sys; sys.argv = ['core-bench', '--help']\n"
        "from core_bench.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'datasets', 'vllm', 'openai', 'libcst', 'numpy', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    for command in ("run", "score", "trace", "suite", "model"):
        assert command in done.stdout


def test_the_oracle_gets_everything_right(tmp_path):
    done = core_bench("run", "--model", "baseline:oracle", "--split", "full", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if "baseline:oracle" in line)
    assert row.count("100.0 %") == 8
    summary = json.loads((tmp_path / "runs/core-mini/full/baseline-oracle-io-chat/summary.json").read_text())
    assert (summary["RCS"]["value"], summary["RCS"]["n"]) == (1.0, 20)
    assert "core-bench score runs/core-mini/full/baseline-oracle-io-chat" in done.stdout


@pytest.mark.parametrize("baseline", ["oracle", "majority"])
def test_shards_of_a_baseline_merge_into_the_whole_run(tmp_path, baseline):
    asked = ("run", "--model", f"baseline:{baseline}", "--split", "full")
    whole = core_bench(*asked, "--out", "whole", cwd=tmp_path)
    assert whole.returncode == 0, whole.stderr
    for number in (1, 2):
        part = core_bench(*asked, "--shard", f"{number}/2", "--out", f"part-{number}", cwd=tmp_path)
        assert part.returncode == 0, part.stderr
    merged = core_bench("merge", "part-1", "part-2", "--out", "merged", cwd=tmp_path)
    assert merged.returncode == 0, merged.stderr
    rows = [
        sorted((tmp_path / run / "replies.jsonl").read_text().splitlines()) for run in ("whole", "merged")
    ]
    assert rows[0] == rows[1]


def test_score_shows_the_same_numbers_again(tmp_path):
    core_bench("run", "--model", "baseline:majority", "--out", "here", cwd=tmp_path)
    before = (tmp_path / "here" / "summary.json").read_bytes()
    done = core_bench("score", "here", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Probes by dimension" in done.stdout
    assert (tmp_path / "here" / "summary.json").read_bytes() == before


def test_a_saved_run_is_replayed(tmp_path):
    core_bench("run", "--model", "baseline:majority", "--out", "saved", cwd=tmp_path)
    done = core_bench("run", "--model", "replay:saved", "--out", "again", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    verdicts = [(tmp_path / name / "summary.json").read_bytes() for name in ("saved", "again")]
    assert verdicts[0] == verdicts[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["run", "--model", "smollm3"], ["unknown model", "smollm2-135m", "baseline:oracle"]),
        (["run", "--model", "openai:"], ["names no model"]),
        (["run", "--model", "baseline:orakel"], ["unknown model", "baseline:oracle"]),
        (["run", "--suite", "core-maxi"], ["no suite core-maxi", "Known suites: core-bench-v1, core-mini"]),
        (["run", "--suite", "empty"], ["holds no suite.json"]),
        (["run", "--method", "magic"], ["no method magic", "Known methods: coc, cot, io"]),
        (["run", "--shard", "3/2"], ["no shard: 3/2", "i/n"]),
        (["run", "--problems", "knit_rows"], ["no problem knit_rows"]),
        (["run", "--score", "loglik"], ["a baseline cannot tell the log-probability"]),
        (["run", "--rounds", "2"], ["io does not ask again"]),
        (
            ["run", "--model", "openai:x", "--base-url", "http://127.0.0.1:1", "--max-cost", "1"],
            ["--prices FILE"],
        ),
        (["run", "--model", "vllm:./empty"], ["config.json is missing"]),
        (["serve-and-run", "--model", "./empty"], ["config.json is missing"]),
        (["merge", "empty", "--out", "x"], ["no run folder"]),
        (["run", "--split", "light"], ["no split light", "Known splits: lite, full, dev, test"]),
        (["run", "--model", "./empty"], ["config.json is missing"]),
        (["run", "--model", "openai:gpt-4o"], ["OPENAI_API_KEY"]),
        (["score", "empty"], ["no run folder", "manifest.json"]),
        (["score", "nowhere"], ["no run folder", "manifest.json"]),
        (["suite", "show", "knit_rows"], ["nothing called knit_rows", "knit_row"]),
        (["suite", "build", "--problems", "empty", "--out", "x"], ["holds no problems"]),
        (["suite", "build", "--out", "/proc/x"], ["cannot be made"]),
        (["suite", "build", "--name", "../x", "--out", "x"], ["cannot name a suite"]),
        (["model", "fetch", "gpt-5"], ["smollm2-135m"]),
        (["run", "--out", "file"], ["cannot be made"]),
    ],
)
def test_bad_input_is_a_message_and_exit_code_2(arguments, parts, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    model = [] if "--model" in arguments or arguments[0] != "run" else ["--model", "baseline:echo"]
    done = core_bench(*arguments, *model, cwd=tmp_path)
    assert done.returncode == 2, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr
    assert len(done.stderr.splitlines()) <= 3


def test_debug_shows_the_traceback(tmp_path):
    done = core_bench("run", "--suite", "core-maxi", "--debug", cwd=tmp_path)
    assert "Traceback" in done.stderr


def test_a_server_that_refuses_is_named(tmp_path):
    url = f"http://127.0.0.1:{free_port()}/v1"
    done = core_bench("run", "--model", "openai:x", "--base-url", url, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert url in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["problems", "implementations", "samples", "probes"])
def test_a_broken_suite_line_is_named(name, tmp_path):
    shutil.copytree(data_folder() / "suites" / "core-mini", tmp_path / "mine")
    path = tmp_path / "mine" / f"{name}.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:4], lines[4][:-20] + "\n", *lines[5:]]))
    done = core_bench("suite", "info", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert f"{name}.jsonl, line 5: " in done.stderr


def test_a_gold_that_was_edited_by_hand_is_refused(tmp_path):
    shutil.copytree(data_folder() / "suites" / "core-mini", tmp_path / "mine")
    path = tmp_path / "mine" / "samples.jsonl"
    path.write_text(path.read_text().replace('"gold":"0"', '"gold":"1"', 1))
    done = core_bench("run", "--model", "baseline:oracle", "--suite", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert "changed after the suite was built" in done.stderr


@pytest.mark.parametrize("name", ["knit_row", "knit_row/reference~1", "a sample", "knit_row/reference/q1"])
def test_show(name, tmp_path):
    if name == "a sample":  # which inputs become samples is up to the reduction of the tests
        name = next(row.id for row in load_suite("core-mini").samples if row.problem == "knit_row")
    done = core_bench("suite", "show", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{name}: ")


def test_a_run_tells_what_decided_it_and_what_it_cost(tmp_path):
    done = core_bench("run", "--model", "baseline:oracle", "--limit", "4", "--temperature", "0.5", "--out", "here", cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "4 items, 3 epochs" in done.stdout
    manifest = json.loads((tmp_path / "here" / "manifest.json").read_text())
    assert (manifest["epochs"], manifest["temperature"], manifest["feedback"]) == (3, 0.5, "none")
    assert manifest["hardware"]["cpus"] >= 1
    assert "transformers" in manifest["versions"]
    cost = json.loads((tmp_path / "here" / "efficiency.json").read_text())
    assert cost["replies"] == 12
    assert cost["peak_rss_bytes"] > 0
    assert "12/12" in done.stderr
    assert "100 % right" in done.stderr


def test_a_method_of_ones_own_is_run_and_scored_again(tmp_path):
    mine = tmp_path / "mine"
    shutil.copytree(Path(methods.__file__).parent / "templates" / "io", mine)
    done = core_bench("run", "--model", "baseline:oracle", "--limit", "4", "--method", "./mine", "--out", "here", cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "method mine" in done.stdout
    again = core_bench("score", "here", cwd=tmp_path)
    assert again.returncode == 0, again.stderr


@pytest.mark.model
def test_kill_9_loses_no_reply_and_changes_no_number(smollm2, tmp_path):
    command = [*CLI, "run", "--limit", "20", "--batch-size", "4"]
    whole = subprocess.run(
        [*command, "--out", "whole"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert whole.returncode == 0, whole.stderr
    broken = subprocess.Popen([*command, "--out", "broken"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    replies = tmp_path / "broken" / "replies.jsonl"
    while not replies.exists() or replies.read_bytes().count(b"\n") < 8:
        assert broken.poll() is None
        time.sleep(0.02)
    broken.send_signal(signal.SIGKILL)
    broken.wait()
    kept = replies.read_bytes()
    assert kept.count(b"\n") < 20
    again = subprocess.run(
        [*command, "--out", "broken"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert replies.read_bytes().startswith(kept)
    rows = [json.loads(line) for line in replies.read_text().splitlines()]
    assert len({row["item"] for row in rows}) == len(rows) == 20
    texts = [
        {row["item"]: row["text"] for row in map(json.loads, (tmp_path / name / "replies.jsonl").open())}
        for name in ("whole", "broken")
    ]
    assert texts[0] == texts[1]
    summaries = [json.loads((tmp_path / name / "summary.json").read_text()) for name in ("whole", "broken")]
    for summary in summaries:
        del summary["lengths"]["seconds"]  # the one thing that no two runs share
    assert summaries[0] == summaries[1]


@pytest.mark.model
def test_ctrl_c_says_how_to_go_on(smollm2, tmp_path):
    command = [*CLI, "run", "--limit", "20", "--batch-size", "4", "--out", "broken"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    replies = tmp_path / "broken" / "replies.jsonl"
    while not replies.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "run the same command again to go on" in errors
    assert "Traceback" not in errors
