"""A suite of two problems, built for real; every gold of the shipped suite, derived again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.suites import load_suite
from core_bench.suites.build import Recipe, build_suite
from core_bench.suites.candidates import answer
from core_bench.suites.dimensions import dimensions_of
from core_bench.suites.problems import read_problems
from core_bench.suites.recipe import read_recipe, recipe_problems
from core_bench.suites.views import Run, RunView
from tracer import Gold, observe_calls, record_calls
from variants import complexity, jaccard, tokens

CLI = (sys.executable, "-m", "core_bench.cli")
PROBLEMS = ("moor_boats", "raw_parts")


@pytest.fixture
def problems(tmp_path):
    for name in PROBLEMS:
        shutil.copytree(data_folder() / "problems" / name, tmp_path / "problems" / name)
    return tmp_path / "problems"


def build(folder):
    sources = read_problems(folder, origin="test", licence="Apache-2.0")
    recipe = Recipe(
        name="two",
        version="1",
        description="two problems",
        reference_variants=1,
        alternate_variants=0,
        tests=3,
    )
    return build_suite(sources, recipe, workers=1)


def write_problem(folder, number):
    """Write a problem that is built in a second."""
    place = folder / f"problem{number}"
    place.mkdir(parents=True)
    place.joinpath("problem.toml").write_text(
        'title = "Count"\ndescription = "Counts."\nentry_point = "count"\ntopics = ["lists"]\n'
        'inputs = ["[3, 1, 4], 2", "[], 1", "[2, 2, 5], 2", "[1], 9", "[9, 9, 9, 9], 3"]\n'
    )
    place.joinpath("reference.py").write_text(
        "def count(items, limit):\n"
        f"    found, last, seen = {number}, 0, []\n"
        "    for item in items:\n"
        "        if item > limit:\n"
        f"            found, last, seen = found + {number} * 2 + item, item, seen + [last]\n"
        "        elif item == limit:\n"
        "            found += 10\n"
        "    return found\n"
    )


def start(arguments, seed="0"):
    return subprocess.Popen(
        [*CLI, "suite", "build", *map(str, arguments)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_parts(folder, count, process):
    while len(list(folder.glob("*.json"))) < count:
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def read_all(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_stopped_and_killed_builds_go_on_and_give_the_same_bytes(tmp_path):
    for number in range(1, 9):
        write_problem(tmp_path / "eight", number)
    common = ["--problems", tmp_path / "eight", "--name", "eight"]
    whole = start([*common, "--out", tmp_path / "whole", "--workers", 1], seed="1")
    out, _ = whole.communicate()
    assert whole.returncode == 0
    assert "8 problems" in out
    assert not (tmp_path / "whole.work").exists()

    again = [*common, "--out", tmp_path / "parts", "--workers", 2]
    stopped = start(again, seed="2")
    wait_for_parts(tmp_path / "parts.work", 1, stopped)
    stopped.send_signal(signal.SIGINT)
    _, err = stopped.communicate()
    assert stopped.returncode == 130
    assert len(list((tmp_path / "parts.work").glob("*.json"))) < 8  # it did not go on to the end
    assert "run the same command again to go on" in err
    assert not (tmp_path / "parts" / "suite.json").exists()

    kept = len(list((tmp_path / "parts.work").glob("*.json")))
    killed = start(again, seed="3")
    wait_for_parts(tmp_path / "parts.work", kept + 1, killed)
    killed.kill()
    killed.communicate()

    torn = next((tmp_path / "parts.work").glob("*.json"))
    torn.write_text(torn.read_text()[:-9])
    finished = start(again, seed="4")
    finished.communicate()
    assert finished.returncode == 0
    assert read_all(tmp_path / "parts") == read_all(tmp_path / "whole")


def test_a_suite_survives_the_disk(tmp_path):
    write_problem(tmp_path / "one", 1)
    suite = build(tmp_path / "one")
    suite.save(tmp_path / "suite")
    again = load_suite(str(tmp_path / "suite"))
    assert again == suite
    assert again.hash == suite.hash


def test_what_is_left_out_is_in_the_header_and_the_others_are_built(problems):
    broken = problems / "raw_parts" / "reference.py"
    toml = problems / "raw_parts" / "problem.toml"
    entry = next(line for line in toml.read_text().splitlines() if line.startswith("entry_point"))
    toml.write_text(toml.read_text().replace(entry, 'entry_point = "raw_parts"'))
    broken.write_text(
        "def raw_parts(*x):\n    return [name for name in {'a', 'b', 'c', 'd'} if name != 'e' and name]\n"
    )
    path = problems / "moor_boats" / "alternate_text.py"
    path.write_text(path.read_text().replace("-1", "-2"))
    shutil.copytree(problems / "moor_boats", problems / "moor_again")
    suite = build(problems)
    assert [problem.id for problem in suite.problems] == ["moor_again"]
    assert suite.problems[0].split == "dev"  # the division is of the problems that are left
    assert [(row.id, row.reason) for row in suite.header.left_out] == [
        ("moor_again/alternate-text", "differs from the reference"),
        ("moor_boats/alternate-text", "differs from the reference"),
        ("raw_parts", "flaky"),
        ("moor_boats", "duplicate"),
    ]
    assert suite.header.origins == {"test": "Apache-2.0"}


def test_nothing_left_is_an_error_that_says_why(problems):
    for name in PROBLEMS:
        (problems / name / "reference.py").write_text("def moor(:\n")
    with pytest.raises(CoreBenchError, match="no problem is left") as caught:
        build(problems)
    assert "moor_boats: fails" in str(caught.value)


def test_outputs_in_a_problem_are_held_against_its_reference(tmp_path):
    write_problem(tmp_path, 1)
    write_problem(tmp_path, 2)
    toml = tmp_path / "problem1" / "problem.toml"
    text = toml.read_text()
    toml.write_text(text + 'outputs = ["12", "1", "28", "1", "-7"]\n')
    suite = build(tmp_path)
    assert [problem.id for problem in suite.problems] == ["problem2"]
    [row] = suite.header.left_out
    assert (row.id, row.reason) == ("problem1", "tests disagree with the reference")
    assert "not -7" in row.detail
    toml.write_text(text + 'outputs = ["1"]\n')
    with pytest.raises(CoreBenchError, match="not one literal for each input"):
        build(tmp_path)


def test_states_of_another_python_are_not_compared(mini):
    other = replace(mini, header=mini.header.model_copy(update={"python": "3.10"}))
    with pytest.raises(CoreBenchError, match=r"was built on Python 3\.10"):
        other.require_python()
    mini.require_python()


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


def require_golds(suite, programs):
    """Run programs under a hash seed that the build did not use, and derive each of their golds again."""
    entry_points = {problem.id: problem.entry_point for problem in suite.problems}
    for program in programs:
        samples = [row for row in suite.samples if row.implementation == program.id]
        probes = [row for row in suite.probes if row.implementation == program.id]
        inputs = list(dict.fromkeys(row.input for row in (*samples, *probes)))
        call = (program.code, entry_points[program.problem], inputs)
        outcomes = dict(zip(inputs, record_calls(*call, hash_seed=77), strict=True))
        observed = dict(zip(inputs, observe_calls(*call, hash_seed=77), strict=True))
        for row in samples:
            assert outcomes[row.input].value == row.gold, row.id
        for row in probes:
            run = Run(row.input, outcomes[row.input].trace, observed[row.input].observation)
            assert answer(row.query, run) == Gold(row.gold), row.id
            assert dimensions_of(row.query, row.gold, RunView(run.trace)) == row.dimensions, row.id


def require_sound_sharing(suite):
    """A shared question is asked of two programs or more of one problem; only the program differs."""
    groups = {}
    for probe in suite.probes:
        if probe.shared is not None:
            groups.setdefault(probe.shared, []).append(probe)
    for name, probes in groups.items():
        assert len({probe.implementation for probe in probes}) == len(probes) >= 2, name
        assert len({(p.problem, p.input, p.gold, p.phrasing, p.query.kind) for p in probes}) == 1, name
    assert sum(map(len, groups.values())) >= len(suite.probes) / 2


def test_core_mini_is_what_it_says(mini):
    require_sound_sharing(mini)
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
    require_golds(mini, mini.implementations)


@pytest.mark.timeout(3600)
def test_core_mini_is_built_again(mini, tmp_path):
    if f"{sys.version_info.major}.{sys.version_info.minor}" != mini.header.python:
        pytest.skip(f"core-mini was built on Python {mini.header.python}; states differ between minors")
    environment = {**os.environ, "PYTHONHASHSEED": "3"}
    subprocess.run([*CLI, "suite", "build", "--out", str(tmp_path)], env=environment, check=True)
    shipped = data_folder() / "suites" / "core-mini"
    # The suite keeps its bytes, and with them its probes; a rebuild is 1.1, and chooses among more questions.
    for name in ("problems.jsonl", "implementations.jsonl", "samples.jsonl"):
        assert (tmp_path / name).read_bytes() == (shipped / name).read_bytes()
    header = json.loads((tmp_path / "suite.json").read_text())
    assert (mini.header.version, header["version"]) == ("1", "1.1")
    assert [row for row in header["left_out"] if row["what"] == "question"] == []
    assert len((tmp_path / "probes.jsonl").read_text().splitlines()) == len(mini.probes)


@pytest.fixture(scope="module")
def v1():
    return load_suite("core-bench-v1")


def test_core_bench_v1_is_larger_and_sounder_than_the_published_suite(v1):
    assert len(v1.problems) >= 64
    assert len(v1.implementations) >= 300
    assert len(v1.implementations) / len(v1.problems) >= 4.5
    assert len(v1.samples) >= 2_500
    assert len(v1.probes) >= 1_200
    assert {program.family for program in v1.implementations} == {"reference", "alternate", "variant"}
    assert [row for row in v1.header.left_out if row.what == "problem"] == []
    assert v1.header.origins == {"core-bench": "Apache-2.0"}
    require_sound_sharing(v1)


def test_core_bench_v1_covers_dimensions_evenly_and_most_probes_have_two(v1):
    counts = Counter(dimension for probe in v1.probes for dimension in probe.dimensions)
    assert min(counts.values()) >= 2 / 3 * max(counts.values())
    assert sum(len(probe.dimensions) >= 2 for probe in v1.probes) > 0.8 * len(v1.probes)
    kinds = Counter(probe.query.kind for probe in v1.probes)
    assert len(kinds) >= 15
    assert max(kinds.values()) < len(v1.probes) / 4
    phrasings = Counter(probe.phrasing for probe in v1.probes)
    assert len(phrasings) == 3
    assert min(phrasings.values()) > len(v1.probes) / 5
    places = Counter((p.implementation, p.query, p.input) for p in v1.probes)
    assert max(places.values()) == 1


def test_implementations_of_core_bench_v1_are_complex_and_unlike_each_other(v1):
    for problem in v1.problems[::4]:
        codes = [program.code for program in v1.implementations if program.problem == problem.id]
        assert min(map(complexity, codes)) >= 3
        assert max(jaccard(tokens(a), tokens(b)) for a, b in combinations(codes, 2)) <= 0.7


def test_golds_of_core_bench_v1_are_what_execution_gives(v1):
    require_golds(v1, v1.implementations[::8])  # all of them: core-bench suite audit core-bench-v1


@pytest.mark.parametrize(
    ("text", "place"), [('tokenizer = "letters"', "tokenizer"), ("colour = 3", "colour"), ("seed = [", "")]
)
def test_a_recipe_that_cannot_be_is_refused_by_its_field(tmp_path, text, place):
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "mine.toml").write_text(text)
    with pytest.raises(CoreBenchError, match=rf"mine\.toml.*{place}"):
        read_recipe(tmp_path, "mine")
