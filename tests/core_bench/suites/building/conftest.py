"""Small problems for the steps of a build."""

import pytest

from core_bench.records import Implementation, Problem
from core_bench.suites.problems import Source
from core_bench.suites.recipe import Recipe

REFERENCE = """\
def count(items, limit):
    found = 0
    for item in items:
        if item > limit:
            found += 1
        elif item == limit:
            found += 10
    return found
"""
ALTERNATE = """\
def count(values, border):
    above = [value for value in values if value > border]
    same = values.count(border)
    if not above and not same:
        return 0
    return len(above) + same * (5 + 5)
"""
INPUTS = ("[3, 1, 4], 2", "[], 1", "[2, 2, 5], 2", "[1], 9", "[9, 9, 9, 9], 3")


def make_source(*codes, inputs=INPUTS, **fields):
    problem = Problem(
        id="count",
        title="Count",
        description="Counts.",
        entry_point="count",
        topics=(),
        inputs=inputs,
        split="test",
        origin="test",
        licence="MIT",
    )
    names = ["reference", *(f"alternate-{number}" for number in range(1, len(codes)))]
    programs = tuple(
        Implementation(id=f"count/{name}", problem="count", family=name.split("-")[0], code=code)
        for name, code in zip(names, codes, strict=True)
    )
    return Source(problem, programs, **fields)


@pytest.fixture
def source():
    """Make a source of the programs given."""
    return make_source


@pytest.fixture
def bare():
    """A recipe that makes no variants, so that a test is about one step."""
    return Recipe(
        name="bare",
        version="1",
        description="",
        reference_variants=0,
        alternate_variants=0,
        tests=3,
        mutants=20,
    )
