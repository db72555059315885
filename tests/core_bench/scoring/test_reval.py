"""REval's tasks on a program small enough to be traced by hand, and on its own programs."""

import json
import os
from pathlib import Path

import pytest

from core_bench.errors import CoreBenchError
from core_bench.scoring import ScoringRules
from core_bench.scoring.published.reval import score_reval

CODE = "def half(n):\n    total = 0.0\n    for i in range(n):\n        total += 0.5\n    if n > 9:\n        total = -1\n    return total\n"


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def data(tmp_path):
    row = {"task_id": "DREval/0", "entry_point": "half", "code": CODE, "inputs": ["(2,)"], "outputs": ["1.0"], "test": None}  # fmt: skip
    return write(tmp_path / "data.jsonl", [row])


def row(task, line, generation, var="total", **more):
    return {
        "task": task,
        "idx": 0,
        "input_idx": 0,
        "lineno": line,
        "var": var,
        "generation": generation,
        **more,
    }


def score(tmp_path, data, *rows):
    return score_reval(write(tmp_path / "replies.jsonl", rows), data, ScoringRules())


@pytest.mark.parametrize(
    ("task", "line", "generation", "right"),
    [
        ("coverage", 4, "[ANSWER]YES[/ANSWER]", True),
        ("coverage", 6, "[THOUGHT] YES? [/THOUGHT] [ANSWER]NO[/ANSWER]", True),
        ("coverage", 4, "[ANSWER]YES or NO[/ANSWER]", False),
        ("state", 4, "[ANSWER]0.5; float[/ANSWER]", True),
        ("state", 4, "[ANSWER]1.0000001; float[/ANSWER]", True),
        ("state", 4, "[ANSWER]1; int[/ANSWER]", False),
        ("state", 4, "[ANSWER]1.0; int[/ANSWER]", False),
        ("state", 4, "[ANSWER]1.1; float[/ANSWER]", False),
        ("state", 6, "[ANSWER]Nil[/ANSWER]", True),
        ("path", 4, "[ANSWER]for i in range(n):[/ANSWER]", True),
        ("path", 3, "[ANSWER]total += 0.5[/ANSWER]", True),
        ("path", 3, "[ANSWER]if n > 9:[/ANSWER]", True),
        ("path", 7, "[ANSWER]-1[/ANSWER]", True),
        ("path", 6, "[ANSWER]return total[/ANSWER]", False),
        ("output", 0, "[ANSWER]assert half(2) == 1.0[/ANSWER]", True),
        ("output", 0, "[ANSWER]assert half(2) == 1.00000001[/ANSWER]", True),
        ("output", 0, "[ANSWER]assert True[/ANSWER]", False),
        ("output", 0, "[ANSWER]assert half(2) == 1.0 or True[/ANSWER]", False),
        ("output", 0, "[ANSWER]assert half(2) == half(2)[/ANSWER]", False),
        ("output", 0, "[ANSWER]assert half(2) == 1.0\nassert True[/ANSWER]", False),
    ],
)
def test_one_answer(task, line, generation, right, tmp_path, data):
    found = score(tmp_path, data, row(task, line, generation))
    assert getattr(found, task).value == float(right)


@pytest.mark.parametrize(("wrong", "credit"), [("", 1.0), ("output", 0.5), ("path", 0.0), ("path output", 0.25), ("state path output", 0.125), ("coverage", 0.0)])  # fmt: skip
def test_incremental_consistency(wrong, credit, tmp_path, data):
    answers = {
        "coverage": "YES", "state": "0.5; float", "path": "for i in range(n):", "output": "assert half(2) == 1.0",
    }  # fmt: skip
    rows = [row(task, 4, "?" if task in wrong.split() else text) for task, text in answers.items()]
    assert score(tmp_path, data, *rows).consistency.value == credit


def test_f1_of_coverage(tmp_path, data):
    rows = [row("coverage", line, said) for line, said in ((2, "YES"), (3, "NO"), (4, "YES"), (6, "YES"))]
    found = score(tmp_path, data, *rows)
    assert (found.precision, found.recall, found.f1) == (
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
    )
    assert found.coverage.value == 0.5


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"task": "guess"}, "no task guess"),
        ({"lineno": "x"}, "row 1"),
        ({"idx": 7}, "program 7"),
    ],
)
def test_bad_rows_are_named(change, part, tmp_path, data):
    with pytest.raises(CoreBenchError, match=part):
        score(tmp_path, data, {**row("coverage", 4, "YES"), **change})


def test_revals_own_programs(tmp_path):
    """An oracle of ours that answers from the published outputs gets every output of the functions right."""
    folder = Path(os.environ.get("CORE_BENCH_DATA", "../shared/data"))
    if not (folder / "reval_data_part.jsonl").is_file():
        pytest.skip(f"no reval_data_part.jsonl in {folder} (CORE_BENCH_DATA)")
    programs = [json.loads(line) for line in (folder / "reval_data_part.jsonl").open()]
    rows = [
        {"task": "output", "idx": int(program["task_id"].split("/")[1]), "input_idx": number,
         "generation": f"[ANSWER]assert {program['entry_point']}(1) == {output}[/ANSWER]"}
        for program in programs if program["test"] is None for number, output in enumerate(program["outputs"])
    ]  # fmt: skip
    found = score_reval(write(tmp_path / "r.jsonl", rows), folder / "reval_data_part.jsonl", ScoringRules())
    assert found.output.value == 1.0
    assert found.output.n == len(rows) > 100
