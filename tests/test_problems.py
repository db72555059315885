"""Every problem that we ship: its implementations do the same, its inputs reach everything, its size is right."""

import statistics
from collections import Counter
from itertools import combinations

import pytest

from benchmarks.problem_coverage import missed
from core_bench.data_folder import data_folder
from core_bench.suites.inputs import draw_inputs
from core_bench.suites.problems import read_problems
from tracer import record_calls, run_calls
from variants import complexity, jaccard, tokens

FOLDER = data_folder() / "problems"
SOURCES = {
    source.problem.id: source for source in read_problems(FOLDER, origin="core-bench", licence="Apache-2.0")
}
TOPICS = [
    "arithmetic",
    "strings",
    "lists",
    "grids",
    "dicts",
    "sets",
    "recursion",
    "stacks",
    "queues",
    "simulation",
    "dynamic-programming",
    "bits",
    "parsing",
    "classes",
    "exceptions",
    "generators",
]
JACCARD = 0.7
DRAWN = 200

each_problem = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)


def behaviours(program, problem, inputs, hash_seed):
    outcomes = run_calls(program.code, problem.entry_point, inputs, hash_seed=hash_seed)
    return [(o.status, o.value, o.exception, o.arguments, o.stdout) for o in outcomes]


def test_there_are_enough_and_no_topic_is_thin():
    assert len(SOURCES) >= 64
    topics = Counter(topic for source in SOURCES.values() for topic in source.problem.topics)
    assert set(topics) <= {*TOPICS, "conditions"}
    assert min(topics[topic] for topic in TOPICS) >= 4


@each_problem
def test_implementations_do_the_same(source):
    problem = source.problem
    drawn = draw_inputs(FOLDER / problem.id, DRAWN, 1)
    inputs = (*problem.inputs, *drawn)
    expected = behaviours(source.implementations[0], problem, inputs, 0)
    for program in source.implementations:
        for hash_seed in (0, 1):
            got = behaviours(program, problem, inputs, hash_seed)
            for text, one, other in zip(inputs, expected, got, strict=True):
                assert one == other, f"{program.id} on ({text}) under hash seed {hash_seed}"
    statuses = Counter(behaviour[0] for behaviour in expected)
    assert set(statuses) <= {"returned", "raised"}
    assert statuses["returned"] >= 0.6 * len(inputs)
    assert len(set(drawn)) >= 0.4 * DRAWN


@each_problem
def test_the_inputs_reach_everything(source):
    problem = source.problem
    assert 8 <= len(set(problem.inputs)) == len(problem.inputs) <= 10
    for program in source.implementations:
        assert not missed(program.code, problem.entry_point, problem.inputs), program.id


@each_problem
def test_a_person_can_execute_it(source):
    problem = source.problem
    assert len(source.implementations) >= 2
    drawn = draw_inputs(FOLDER / problem.id, 40, 2)
    for program in source.implementations:
        assert 7 <= len([line for line in program.code.splitlines() if line.strip()]) <= 32, program.id
        lengths = [length for _, length in traced(program, problem, problem.inputs)]
        assert 9 <= statistics.median(lengths) <= 100, program.id
        assert max(lengths) <= 160, program.id
        for text, length in traced(program, problem, drawn):
            assert length <= 320, (program.id, text)
            assert len(text) <= 140, (program.id, text)


def traced(program, problem, inputs):
    outcomes = record_calls(program.code, problem.entry_point, inputs)
    for text, outcome in zip(inputs, outcomes, strict=True):
        assert len(outcome.value or "") <= 100, (program.id, text)
        yield text, sum(len(frame.steps) for frame in outcome.trace.frames)


@each_problem
def test_it_is_complex_enough(source):
    for program in source.implementations:
        assert complexity(program.code) >= 3, program.id


@each_problem
def test_no_implementation_resembles_another(source):
    for one, other in combinations(source.implementations, 2):
        assert jaccard(tokens(one.code), tokens(other.code)) <= JACCARD, (one.id, other.id)
