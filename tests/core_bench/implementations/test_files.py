import json

import pytest

from core_bench.errors import CoreBenchError
from core_bench.implementations import read_implementations
from core_bench.implementations.admitting import admit_all
from core_bench.implementations.asking import code_in, prompt
from core_bench.suites.sources import Skipped, read_benchmark
from variants import Demands

ROW = {
    "task_id": "HumanEval/7",
    "prompt": "def twice(n):\n    ",
    "canonical_solution": "return n * 2\n",
    "entry_point": "twice",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n",
}


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "humaneval.jsonl").write_text(json.dumps(ROW))
    return read_benchmark("humaneval", tmp_path / "humaneval.jsonl", Skipped())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (
            {"problem": "HumanEval-7", "family": "bo", "code": "def twice(n): return n + n"},
            "def twice(n): return n + n\n",
        ),
        ({"task_id": "HumanEval/7", "completion": "return n + n"}, "def twice(n):\n    return n + n\n"),
        (
            {"task_id": "HumanEval/7", "solution": "def twice(n): return n + n"},
            "def twice(n): return n + n\n",
        ),
        ({"task_id": 7, "model": "bo", "code": "def twice(n): return n + n"}, "def twice(n): return n + n\n"),
        ({"question_id": "7", "code_list": ["def twice(n): return n + n"]}, "def twice(n): return n + n\n"),
        (ROW, "def twice(n):\n    return n * 2\n"),
    ],
)
def test_reads_every_form(row, code, sources, tmp_path):
    file = tmp_path / "them.jsonl"
    file.write_text(json.dumps(row) + "\n")
    [written] = read_implementations(file, sources, None)
    assert (written.problem, written.code) == ("HumanEval-7", code)
    assert written.family == ("bo" if "bo" in row.values() else "them")
    [again] = read_implementations(file, sources, "ann")
    assert again.family == ("bo" if "bo" in row.values() else "ann")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"code": "x"}, "row 1: it names no problem"),
        ({"problem": "HumanEval-8", "code": "x"}, "row 1: there is no problem HumanEval-8"),
        ({"problem": "HumanEval-7"}, "row 1: it holds no program"),
    ],
)
def test_names_what_is_wrong_with_a_row(row, message, sources, tmp_path):
    file = tmp_path / "them.jsonl"
    file.write_text(json.dumps(row))
    with pytest.raises(CoreBenchError, match=message):
        read_implementations(file, sources, None)


def test_gives_ids_by_family_and_leaves_out_what_fails(sources, tmp_path):
    file = tmp_path / "them.jsonl"
    codes = ["def twice(n): return n + n", "def twice(n): return n << 1", "def twice(n): return n"]
    rows = [{"problem": "HumanEval-7", "family": "a b", "code": code} for code in codes]
    file.write_text("\n".join(map(json.dumps, rows)))
    decided, failing = admit_all(read_implementations(file, sources, None), sources, None, Demands())
    assert failing == []
    assert [row.implementation.id for row in decided] == [f"HumanEval-7/a-b-{n}" for n in (1, 2, 3)]
    assert [row.admission.decision for row in decided] == ["accepted", "accepted", "different"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("Sure:\n```python\ndef f():\n    pass\n```\nor\n```\nx\n```", "def f():\n    pass\n"),
        ("def f():\n    pass", "def f():\n    pass\n"),
        ("```python\ndef f():\n    pass", "def f():\n    pass\n"),
    ],
)
def test_finds_the_program_in_a_reply(reply, code):
    assert code_in(reply) == code


def test_the_prompt_shows_results_and_asks_for_another_way_the_second_time(sources):
    text = prompt(sources[0].problem, [("twice(2)", "4")], turn=0)
    assert "twice(2)  ->  4" in text
    assert "another way" not in text
    assert "another way" in prompt(sources[0].problem, [], turn=1)
