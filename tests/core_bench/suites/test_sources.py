"""Problems from elsewhere: every reader on real or published-form rows, and its bad input."""

import json
import subprocess
import sys

import pytest

from core_bench.errors import CoreBenchError
from core_bench.suites.sources import BENCHMARKS, Skipped, read_benchmark, read_files
from core_bench.suites.sources.missing_imports import with_imports
from tracer import run_calls

FILES = {
    "humaneval": ("humaneval.jsonl", 164, 164, 1_400),
    "cruxeval": ("cruxeval.jsonl", 798, 798, 798),
    "livecodebench": ("livecodebench_execution_part.jsonl", 9, 30, 14),
    "reval": ("reval_data_part.jsonl", 30, 30, 180),
}


@pytest.mark.parametrize("name", FILES)
def test_reads_the_published_files(name, bench_data):
    file, problems, programs, inputs = FILES[name]
    skipped = Skipped()
    sources = read_benchmark(name, bench_data / file, skipped)
    assert len(sources) == problems
    assert sum(len(source.implementations) for source in sources) >= programs
    assert sum(len(source.problem.inputs) for source in sources) >= inputs
    assert {source.problem.origin for source in sources} == {BENCHMARKS[name].title}
    splits = [source.problem.split for source in sources]
    assert splits.count("dev") == -(-len(sources) // 4)


def test_every_livecodebench_program_runs_with_the_imports_that_its_runner_has(bench_data):
    file = bench_data / "livecodebench_execution_part.jsonl"
    expected = {}
    for line in file.read_text().splitlines():
        row = json.loads(line)
        expected[row["question_id"], row["input"]] = row["output"]
    for source in read_benchmark("livecodebench", file, Skipped()):
        problem = source.problem
        question = int(problem.id.rpartition("-")[2])
        for program in source.implementations:
            outcomes = run_calls(program.code, problem.entry_point, problem.inputs)
            assert {outcome.status for outcome in outcomes} <= {"returned", "raised"}, program.code
        assert any(key[0] == question for key in expected)


def test_humaneval_inputs_are_those_of_its_check(bench_data):
    first = read_benchmark("humaneval", bench_data / "humaneval.jsonl", Skipped())[0]
    assert first.problem.id == "HumanEval-0"
    assert first.problem.inputs[:2] == (
        "[1.0, 2.0, 3.9, 4.0, 5.0, 2.2], 0.3",
        "[1.0, 2.0, 3.9, 4.0, 5.0, 2.2], 0.05",
    )


MBPP = [
    {
        "task_id": 900,
        "text": "Write a function to double a number.",
        "code": "def twice(n):\r\n  return n * 2",
        "test_list": ["assert twice(2) == 4", "assert twice(n=3) == 6", "assert twice(2) == 4"],
    },
    {"task_id": 901, "prompt": "No.", "code": "def g(x): return x", "test_list": ["assert g(open) is open"]},
]


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".parquet"])
def test_mbpp_in_its_published_form_from_every_kind_of_file(suffix, tmp_path):
    path = tmp_path / f"mbpp{suffix}"
    if suffix == ".parquet":
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(MBPP), path)
    else:
        rows = map(json.dumps, MBPP)
        path.write_text("\n".join(rows) if suffix == ".jsonl" else json.dumps(MBPP))
    skipped = Skipped()
    [source] = read_benchmark("mbpp", tmp_path, skipped)
    assert source.problem.id == "MBPP-900"
    assert source.problem.inputs == ("2", "n=3")
    assert source.implementations[0].code == "def twice(n):\n  return n * 2"
    assert str(skipped) == "1 whose tests call it with no literals (901)"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", "{]", "a.jsonl, line 1: this is no JSON"),
        ("a.jsonl", "[1]", "a.jsonl, line 1: this is no JSON object"),
        ("a.json", "{}", "holds no list of rows"),
        ("a.jsonl", '{"task_id": 1}', "has no field 'test_list'"),
        ("a.txt", "", "is none of .jsonl, .json, .parquet"),
        ("a.parquet", "no", "cannot be read"),
        ("a.jsonl", "", "gave no problem"),
        ("a.jsonl", "\n".join([json.dumps(MBPP[0])] * 2), "two problems of the id MBPP-900"),
    ],
)
def test_names_what_is_wrong_with_a_file(name, text, message, tmp_path):
    (tmp_path / name).write_text(text)
    with pytest.raises(CoreBenchError, match=message):
        read_benchmark("mbpp", tmp_path / name, Skipped())


def test_names_what_is_wrong_with_a_source(tmp_path):
    with pytest.raises(CoreBenchError, match="no source 'humanevil'"):
        read_benchmark("humanevil", tmp_path, Skipped())
    with pytest.raises(CoreBenchError, match="no file or folder"):
        read_benchmark("mbpp", tmp_path / "absent", Skipped())
    with pytest.raises(CoreBenchError, match=r"holds no \.jsonl"):
        read_benchmark("mbpp", tmp_path, Skipped())
    with pytest.raises(CoreBenchError, match="REval is not on the Hub"):
        read_benchmark("reval", None, Skipped())


def test_says_so_when_the_hub_cannot_be_reached(tmp_path):
    script = (
        "from core_bench.suites.sources import Skipped, read_benchmark\n"
        "from core_bench.errors import CoreBenchError\n"
        "try: read_benchmark('cruxeval', None, Skipped())\n"
        "except CoreBenchError as error: print(error)\n"
    )
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert "cruxeval-org/cruxeval cannot be loaded from the Hub" in done.stdout
    assert "--path" in done.stdout


def test_a_persons_own_files(tmp_path):
    (tmp_path / "greet.py").write_text(
        'def greet(name, loud=False):\n    """Greet.\n\n    >>> greet("Bo")\n    \'hi Bo\'\n'
        '    >>> print(greet("Al", loud=True))\n    HI AL\n    """\n'
        '    text = "hi " + name\n    return text.upper() if loud else text\n'
    )
    (tmp_path / "total.py").write_text(
        "def _add(a, b):\n    return a + b\n\n\ndef total(xs):\n    return sum(xs)\n"
    )
    (tmp_path / "total.inputs").write_text("# lists\n[1, 2]\n\ntotal([])\ntotal(xs=[3])\n")
    (tmp_path / "_ignored.py").write_text("")
    greet, total = read_files(tmp_path, licence="MIT")
    assert (greet.problem.entry_point, greet.problem.inputs) == ("greet", ("'Bo'", "'Al', loud=True"))
    assert (total.problem.entry_point, total.problem.inputs) == ("total", ("[1, 2]", "[]", "xs=[3]"))
    assert total.problem.licence == "MIT"


@pytest.mark.parametrize(
    ("code", "inputs", "message"),
    [
        ("def f(:\n", None, "a.py does not parse"),
        ("def f(x):\n    return x\n", None, "comes with no tests"),
        ("def f(x):\n    return x\n", "f(1)\nf(y)\n", "a.inputs, line 2"),
        ("def _f(x):\n    return x\n", "1\n", "a.inputs, line 1"),
    ],
)
def test_names_what_is_wrong_with_an_own_file(code, inputs, message, tmp_path):
    (tmp_path / "a.py").write_text(code)
    if inputs is not None:
        (tmp_path / "a.inputs").write_text(inputs)
    with pytest.raises(CoreBenchError, match=message):
        read_files(tmp_path, licence="MIT")
    with pytest.raises(CoreBenchError, match="holds no Python files"):
        read_files(tmp_path / "empty", licence="MIT")


def test_adds_only_the_imports_that_are_missing():
    code = "def f(x: List[int], inf=3):\n    return math.floor(heappop(x)) + inf\n"
    assert with_imports(code).startswith("import math\nfrom heapq import heappop\nfrom typing import List\n")
    for complete in ("from typing import *\nimport math\nmath.pi\n", "def f(:\n", "x = 1\n"):
        assert with_imports(complete) == complete
