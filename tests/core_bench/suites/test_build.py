"""A suite of two problems, built for real; every gold of the shipped suite, derived again."""

import os
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.suites import load_suite
from core_bench.suites.build import Recipe, build_suite
from core_bench.suites.problems import read_problems, recipe_problems
from tracer import Gold, evaluate, record_calls

CLI = (sys.executable, "-m", "core_bench.cli")
PROBLEMS = ("moor_boats", "raw_parts")


@pytest.fixture
def problems(tmp_path):
    for name in PROBLEMS:
        shutil.copytree(data_folder() / "problems" / name, tmp_path / "problems" / name)
    return tmp_path / "problems"


def build(folder):
    sources = read_problems(folder, origin="test", licence="Apache-2.0")
    return build_suite(sources, Recipe(name="two", version="1", description="two problems"))


def test_the_same_bytes_under_two_hash_seeds(problems, tmp_path):
    for seed in ("1", "2"):
        subprocess.run(
            [
                *CLI,
                "suite",
                "build",
                "--problems",
                str(problems),
                "--name",
                "two",
                "--out",
                str(tmp_path / seed),
            ],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        )
    files = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert files == ["implementations.jsonl", "probes.jsonl", "problems.jsonl", "samples.jsonl", "suite.json"]
    for name in files:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_a_suite_survives_the_disk(problems, tmp_path):
    suite = build(problems)
    suite.save(tmp_path / "suite")
    again = load_suite(str(tmp_path / "suite"))
    assert again == suite
    assert again.hash == suite.hash


def test_an_implementation_that_disagrees_is_named(problems):
    path = problems / "moor_boats" / "alternate_text.py"
    path.write_text(path.read_text().replace("-1", "-2"))
    with pytest.raises(CoreBenchError, match=r"moor_boats/alternate-text disagrees with .* on \("):
        build(problems)


def test_a_result_that_depends_on_the_hash_seed_is_refused(problems):
    path = problems / "raw_parts" / "reference.py"
    toml = problems / "raw_parts" / "problem.toml"
    entry = next(line for line in toml.read_text().splitlines() if line.startswith("entry_point"))
    toml.write_text(toml.read_text().replace(entry, 'entry_point = "raw_parts"'))
    path.write_text("def raw_parts(*x):\n    return list({'a', 'b', 'c', 'd'})\n")
    with pytest.raises(CoreBenchError, match="two runs differ"):
        build(problems)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("title = 3\n", "problem.toml: "),
        ("title = \n", "problem.toml: "),
        ('title="t"\ndescription="d"\nentry_point="f"\ntopics=[]\ninputs=["[1"]\n', "do not parse"),
    ],
)
def test_a_broken_problem_is_named(problems, text, part):
    (problems / "moor_boats" / "problem.toml").write_text(text)
    with pytest.raises(CoreBenchError, match=part):
        build(problems)


def test_a_folder_without_problems_is_named(tmp_path):
    with pytest.raises(CoreBenchError, match="holds no problems"):
        build(tmp_path)


def test_only_the_problems_that_are_named(problems):
    [source] = read_problems(problems, origin="test", licence="Apache-2.0", only=["raw_parts"])
    assert source.problem.id == "raw_parts"
    assert source.problem.split == "dev"  # the division is of the problems that were taken
    with pytest.raises(CoreBenchError, match="holds no problem moor"):
        read_problems(problems, origin="test", licence="Apache-2.0", only=["raw_parts", "moor"])


def test_the_recipe_of_a_suite_names_its_problems(mini):
    ids = recipe_problems(data_folder(), "core-mini")
    assert ids == tuple(problem.id for problem in mini.problems)
    assert recipe_problems(data_folder(), "mine") == ()


@pytest.fixture(scope="module")
def mini():
    return load_suite("core-mini")


def test_core_mini_is_what_it_says(mini):
    assert len(mini.problems) >= 16
    per_problem = Counter(program.problem for program in mini.implementations)
    assert min(per_problem.values()) >= 4
    families = {program.family for program in mini.implementations}
    assert families == {"reference", "alternate", "variant"}
    assert 110 <= len(mini.split("lite")) <= 130
    assert len(mini.split("full")) == len(mini.samples) + len(mini.probes)
    assert len({item.id for item in mini.items}) == len(mini.items)


def test_lite_is_part_of_test_and_nothing_is_in_dev_and_test(mini):
    test = {item.id for item in mini.split("test")}
    assert {item.id for item in mini.split("lite")} <= test
    assert not test & {item.id for item in mini.split("dev")}
    assert {item.problem for item in mini.split("lite") if item.kind == "probe"} == {
        item.problem for item in mini.split("lite") if item.kind == "sample"
    }


def test_an_item_does_not_carry_its_gold(mini):
    fields = set(type(mini.items[0]).__slots__)
    assert "gold" not in fields


def test_every_gold_of_core_mini_is_what_execution_gives(mini):
    entry_points = {problem.id: problem.entry_point for problem in mini.problems}
    for program in mini.implementations:
        samples = [row for row in mini.samples if row.implementation == program.id]
        probes = [row for row in mini.probes if row.implementation == program.id]
        inputs = [row.input for row in (*samples, *probes)]
        outcomes = record_calls(program.code, entry_points[program.problem], inputs, hash_seed=7)
        for row, outcome in zip(samples, outcomes, strict=False):
            assert outcome.value == row.gold, row.id
        for row, outcome in zip(probes, outcomes[len(samples) :], strict=True):
            assert evaluate(row.query, outcome.trace) == Gold(row.gold), row.id


@pytest.mark.timeout(600)
def test_core_mini_is_built_again_byte_for_byte(mini, tmp_path):
    if f"{sys.version_info.major}.{sys.version_info.minor}" != mini.header.python:
        pytest.skip(f"core-mini was built on Python {mini.header.python}; states differ between minors")
    environment = {**os.environ, "PYTHONHASHSEED": "3"}
    subprocess.run([*CLI, "suite", "build", "--out", str(tmp_path)], env=environment, check=True)
    shipped = data_folder() / "suites" / "core-mini"
    for path in shipped.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
