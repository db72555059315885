"""A suite in other forms: `datasets` reads the folder without our code, CRUXEval's fields hold what they say."""

import json
import subprocess
import sys

import pytest

from core_bench.errors import CoreBenchError
from core_bench.suites import load_suite
from core_bench.suites.export import export_suite
from core_bench.suites.sources import Skipped, read_benchmark

CLI = (sys.executable, "-m", "core_bench.cli")


@pytest.fixture(scope="module")
def mini():
    return load_suite("core-mini")


@pytest.fixture(scope="module")
def hf(mini, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "hf"
    export_suite(mini, folder, "hf")
    return folder


READ = """
import json, sys
import datasets
found = {}
for name in ("samples", "probes", "implementations", "problems"):
    loaded = datasets.load_dataset(sys.argv[1], name)
    found[name] = {split: [dict(row) for row in rows] for split, rows in loaded.items()}
default = datasets.load_dataset(sys.argv[1], split="test")
assert len(default) == len(found["samples"]["test"])
print(json.dumps(found))
"""


def test_datasets_reads_every_configuration_offline_and_finds_all_rows(mini, hf, tmp_path):
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", READ, str(hf)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    for name in ("samples", "probes", "implementations", "problems"):
        ours = {row.id for row in getattr(mini, name)}
        theirs = [row["id"] for rows in found[name].values() for row in rows]
        assert set(theirs) == ours
        assert len(theirs) == len(ours)
        assert set(found[name]) == {"dev", "test"}
    probe = mini.probes[0]
    [row] = [row for rows in found["probes"].values() for row in rows if row["id"] == probe.id]
    assert (row["question"], row["gold"]) == (probe.question, probe.gold)
    assert json.loads(row["query"])["kind"] == row["kind"] == probe.query.kind
    assert tuple(row["dimensions"]) == probe.dimensions
    lite = {row["id"] for name in ("samples", "probes") for row in found[name]["test"] if row["lite"]}
    assert lite == set(mini.header.lite)


def test_cruxeval_lines_are_what_execution_gives_and_our_own_reader_reads_them(mini, tmp_path):
    export_suite(mini, tmp_path / "crux", "cruxeval")
    rows = [json.loads(line) for line in (tmp_path / "crux" / "test.jsonl").read_text().splitlines()]
    assert len(rows) == sum(item.kind == "sample" for item in mini.split("test"))
    for row in rows[::40]:
        scope = {}
        exec(row["code"], scope)
        assert repr(eval(f"{row['entry_point']}({row['input']})", scope)) == row["output"]
    few = tmp_path / "few.jsonl"
    few.write_text(json.dumps({**rows[0], "id": "sample_0"}))
    [source] = read_benchmark("cruxeval", few, Skipped())
    assert source.problem.inputs[0]


def test_what_cannot_be_written_is_named(mini, hf, tmp_path):
    with pytest.raises(CoreBenchError, match="no format 'csv'"):
        export_suite(mini, tmp_path, "csv")
    with pytest.raises(CoreBenchError, match="is not empty"):
        export_suite(mini, hf, "hf")
    (tmp_path / "file").touch()
    with pytest.raises(CoreBenchError, match="is a file"):
        export_suite(mini, tmp_path / "file", "hf")


def test_the_command(tmp_path):
    command = [*CLI, "suite", "export", "core-mini", "--out", "new", "--format", "cruxeval"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "new: dev.jsonl, test.jsonl\n")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "new is not empty" in done.stderr
