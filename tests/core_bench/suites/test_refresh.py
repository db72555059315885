"""A fresh suite: same problems and shape, nothing that could have been seen, no faults."""

import shutil
import subprocess
import sys

import pytest

from core_bench.data_folder import data_folder
from core_bench.errors import CoreBenchError
from core_bench.suites.audit import audit_suite
from core_bench.suites.build import build_suite
from core_bench.suites.problems import read_problems
from core_bench.suites.recipe import Recipe
from core_bench.suites.refresh import fresh_sources, new_name, overlap, refresh_suite, rename_name
from core_bench.suites.suite import Suite
from variants import TRANSFORMS

CLI = (sys.executable, "-m", "core_bench.cli")
SMALL = Recipe(
    "two", "1", "Two.", tests=2, drawn=6, reference_variants=1, alternate_variants=0, probes=2, mutants=5
)


@pytest.fixture(scope="module")
def problems(tmp_path_factory):
    folder = tmp_path_factory.mktemp("problems")
    shutil.copytree(data_folder() / "problems" / "moor_boats", folder / "moor_boats")
    return folder


@pytest.fixture(scope="module")
def old(problems):
    return build_suite(read_problems(problems, origin="test", licence="MIT"), SMALL)


@pytest.fixture(scope="module")
def fresh(old, problems):
    return refresh_suite(old, 9, problems)


def test_it_has_the_same_problems_and_sides_and_shape(old, fresh):
    assert [(p.id, p.split, p.licence) for p in fresh.problems] == [
        (p.id, p.split, p.licence) for p in old.problems
    ]
    assert fresh.header.name == "two-r9"
    assert fresh.header.parameters["fresh"]
    assert len(fresh.samples) > 0
    assert len(fresh.probes) > 0


def test_nothing_of_the_old_one_is_in_it(old, fresh):
    shared = overlap(fresh, old)
    assert shared["programs"] == shared["samples"] == shared["functions"] == 0
    assert {program.family for program in fresh.implementations} == {"variant"}
    assert {program.code for program in fresh.implementations}.isdisjoint(p.code for p in old.implementations)
    for problem in fresh.problems:
        for program in fresh.implementations:
            if program.problem == problem.id:
                assert f"def {problem.entry_point}(" in program.code


def test_it_has_no_faults(fresh):
    assert audit_suite(fresh).faults == ()


def test_the_seed_decides_names_and_inputs(old, problems, tmp_path):
    """The rest is the build's, whose bytes follow from its sources and its seed."""
    assert fresh_sources(old, 9, problems) == fresh_sources(old, 9, problems)
    [one], [other] = fresh_sources(old, 9, problems), fresh_sources(old, 10, problems)
    assert one.problem.entry_point != other.problem.entry_point
    assert one.implementations != other.implementations
    assert one.generator is not None
    [changed] = fresh_sources(old, 9, tmp_path)  # there is no generator
    assert changed.generator is None
    assert changed.problem.inputs
    assert not set(changed.problem.inputs) & set(old.problems[0].inputs)


def test_what_cannot_be_refreshed_is_named(old, fresh, problems):
    with pytest.raises(CoreBenchError, match="is a fresh suite itself"):
        refresh_suite(fresh, 3, problems)
    with pytest.raises(CoreBenchError, match="was built with seed 1 itself"):
        refresh_suite(old, 1, problems)
    with pytest.raises(CoreBenchError, match="cannot name a suite"):
        refresh_suite(old, 2, problems, name="../x")
    header = old.header.model_copy(update={"python": "3.9"})
    elsewhere = Suite(header, old.problems, old.implementations, old.samples, old.probes)
    with pytest.raises(CoreBenchError, match=r"Python 3\.9"):
        refresh_suite(elsewhere, 2, problems)


def test_a_name_is_exchanged_where_it_is_a_name():
    code = "def go(x):\n    text = 'go'  # go\n    x.go = go\n    return go(x - 1) if x else text\n"
    assert rename_name(code, "go", "other") == (
        "def other(x):\n    text = 'go'  # go\n    x.go = other\n    return other(x - 1) if x else text\n"
    )


def test_new_names_are_free_and_the_transforms_that_rename_exist():
    import random

    name = new_name("find_total", "def find_total(make_list): pass", random.Random(1))
    assert name not in ("find_total", "make_list")
    assert {"rename_by_role", "rename_locals"} <= set(TRANSFORMS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--suite", "absent"], "there is no suite absent"),
        (["--problems", "absent"], "there is no folder absent"),
        (["--out", "/proc/x"], "cannot be made"),
    ],
)
def test_bad_input_is_named(options, message, tmp_path):
    command = [*CLI, "suite", "refresh", "--seed", "3", "--out", "fresh", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
