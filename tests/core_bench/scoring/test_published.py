"""What others made: CRUXEval's published numbers to the last digit, LiveCodeBench's and plain files."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from core_bench.errors import CoreBenchError
from core_bench.scoring.published import read_published, score_published

DATA = Path(os.environ.get("CORE_BENCH_DATA", "../shared/data"))
RUNS = (
    "codellama-7b_temp0.2_output", "codellama-7b_temp0.8_output", "gpt-4-0613+cot_temp0.2_output",
    "phind_temp0.2_output", "codellama-7b_temp0.2_input",
)  # fmt: skip
ROW = {"id": "s", "code": "def f(n):\n    return [n, n]\n", "input": "1", "output": "[1, 1]"}


def public(name):
    if not (DATA / name).is_file():
        pytest.skip(f"no {name} in {DATA} (CORE_BENCH_DATA)")
    return DATA / name


def score(tmp_path, replies, row=ROW, kind="cruxeval", **more):
    (tmp_path / "data.jsonl").write_text(json.dumps(row) + "\n")
    (tmp_path / "generations.json").write_text(json.dumps({row["id"]: replies}))
    work = read_published(kind, tmp_path / "generations.json", tmp_path / "data.jsonl", **more)
    return score_published(work)


@pytest.mark.parametrize("run", RUNS)
def test_published_cruxeval_numbers(run):
    """All 800 samples; of the input run, whose replies are arguments, the program of every twentieth sample runs."""
    file = public(f"cruxeval_generations/{run}.json")
    work = read_published("cruxeval", file, public("cruxeval.jsonl"))
    stored = json.loads(file.read_text())["raw_scored_generations"]
    part = work.questions[::20] if work.direction == "input" else work.questions
    found = score_published(
        type(work)(**{**{name: getattr(work, name) for name in work.__slots__}, "questions": part})
    )
    for name, told in found.reported.items() if part == work.questions else ():
        assert 100 * found.published[name].value == pytest.approx(told, abs=1e-9)
        assert abs(100 * found.ours[name].value - told) <= 0.1
    for question in part:
        assert Counter(found.results[question.id]) == Counter(stored[question.id]), question.id
    assert all(row.reason for row in found.differences)
    assert len(found.differences) <= 3


@pytest.mark.parametrize(
    ("reply", "published", "ours"),
    [
        ("[1, 1]", True, "correct"),
        ("[1] * 2", True, "correct"),
        ("[True, 1.0]", True, "wrong"),
        ("[1, 1][::-1]", True, "not_literal"),
        ("[1, 1], 'a message'", True, "correct"),
        ("[1, 1]\nassert f(2)", True, "correct"),
        ("[1, 1]\nassert f(2) == 3", False, "correct"),
        ("f(1)", False, "not_literal"),
        ("[n, n]", False, "not_literal"),
        ("[1, 1] if True else 0", False, "not_literal"),
        ("[1, 1]\nimport os", False, "correct"),
        ("[1, 2", False, "not_literal"),
        ("[ANSWER]assert f(1) == [1, 1][/ANSWER]", True, "correct"),
        ("[1, 1]  # f(1)", False, "correct"),
    ],
)
def test_cruxeval_rules_and_ours(reply, published, ours, tmp_path):
    found = score(tmp_path, [reply])
    assert found.published["pass@1"].value == float(published)
    assert found.verdicts[ours] == 1
    assert len(found.differences) == (published != (ours == "correct"))
    assert all(row.reply == reply and row.reason for row in found.differences)


def test_a_reply_that_repeats_the_call_may_shrink_the_denominator(tmp_path):
    replies = ["[1, 1]", "f(1)", "2", "3"]
    assert score(tmp_path, replies).published["pass@1"].value == 0.25
    found = score(tmp_path, replies, echo="dropped")
    assert found.published["pass@1"].value == pytest.approx(1 / 3)
    assert found.left_out == 1
    assert score(tmp_path, ["f(1)", "2"], echo="dropped").left_out == 0
    assert score(tmp_path, ["f(1)", "2"], echo="dropped always").left_out == 1


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("f(1)", "correct"),
        ("f(n=1)", "correct"),
        ("f(0 + 1)", "correct"),
        ("f(2)", "wrong"),
        ("f(True)", "wrong"),
        ("g(1)", "not_literal"),
        ("[1, 1]", "no_answer"),
        ("f(__import__('os').getpid())", "not_literal"),
        ("f(lambda: 1)", "not_literal"),
        ("f(1, 2)", "wrong"),
    ],
)
def test_predicted_inputs_are_given_to_the_benchmarks_own_program(reply, verdict, tmp_path):
    assert score(tmp_path, [reply], direction="input").verdicts[verdict] == 1


def test_a_lambda_that_calls_a_method_is_read_as_its_name(tmp_path):
    row = {**ROW, "code": "def f(rows, act):\n    act(rows)\n    return rows\n", "output": "[2, 1]"}
    assert (
        score(tmp_path, ["f([1, 2], lambda x: x.reverse())"], row, direction="input").verdicts["correct"] == 1
    )
    assert (
        score(tmp_path, ["f([1, 2], lambda x: x.exit())"], row, direction="input").verdicts["not_literal"]
        == 1
    )


def test_livecodebench_golds_are_right_and_lists_of_rows_are_read(tmp_path):
    data = public("livecodebench_execution_part.jsonl")
    rows = [json.loads(line) for line in data.open()]
    file = tmp_path / "generations.json"
    file.write_text(
        json.dumps([{"id": row["id"], "pred_list": [row["output"], row["input"]]} for row in rows])
    )
    found = score_published(read_published("livecodebench", file, data))
    # The echo is left out of their denominator, and wrong by ours.
    assert found.published["pass@1"].value == 1.0
    assert found.ours["pass@1"].value == 0.5
    assert found.left_out == len(rows)


def test_plain_rows(tmp_path):
    (tmp_path / "data.jsonl").write_text(
        '{"id": "a", "gold": "1", "problem": "p"}\n{"id": "b", "gold": "[2]", "problem": "p"}\n'
    )
    (tmp_path / "r.jsonl").write_text(
        '{"id": "a", "reply": "It is\\n1"}\n{"id": "b", "reply": "{\\"answer\\": [3]}"}\n'
    )
    found = score_published(read_published("jsonl", tmp_path / "r.jsonl", tmp_path / "data.jsonl"))
    assert found.ours["pass@1"].value == 0.5
    assert (found.verdicts["correct"], found.verdicts["wrong"]) == (1, 1)


@pytest.mark.parametrize(
    ("replies", "data", "part"),
    [
        ("{", json.dumps(ROW), "no JSON"),
        ("[1]", json.dumps(ROW), "no replies"),
        ('{"s": 5}', json.dumps(ROW), "the replies to s"),
        ('{"t": ["1"]}', json.dumps(ROW), "replies to t, which"),
        ('{"s": ["1"]}', '{"id": "s"}', "no field 'output'"),
        ('{"s": ["1"]}', json.dumps({**ROW, "output": "open(1)"}), "no literal"),
        ('"text"', json.dumps(ROW), "no object of replies"),
    ],
)
def test_bad_files_are_named(replies, data, part, tmp_path):
    (tmp_path / "g.json").write_text(replies)
    (tmp_path / "d.jsonl").write_text(data + "\n")
    with pytest.raises(CoreBenchError, match=part):
        read_published("cruxeval", tmp_path / "g.json", tmp_path / "d.jsonl")
