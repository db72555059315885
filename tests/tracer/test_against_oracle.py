"""The tracer's golds against the second oracle, and the oracle against answers that were given by hand."""

from functools import lru_cache

import pytest

import tracer
from tests.tracer.oracle import chance, library
from tests.tracer.oracle.answers import Known, NoAnswer, Oracle
from tests.tracer.oracle.by_hand import BY_HAND
from tests.tracer.oracle.compare import compare
from tests.tracer.oracle.faults import FAULTS
from tests.tracer.oracle.machine import Machine

CHUNKS = 12
PROGRAMS = 17
EVERY = 8
"""One of so many calls of the standard library is made."""


@pytest.fixture(scope="module")
def machine():
    with Machine() as one:
        yield one


@lru_cache(maxsize=4)
def answered(machine, code, arguments):
    return Oracle(machine.ask(code, "f", arguments))


@lru_cache(maxsize=4)
def recorded(code, arguments):
    [outcome] = tracer.record_calls(code, "f", [arguments])
    return outcome.trace


@pytest.mark.parametrize("asked", [*BY_HAND, *FAULTS], ids=lambda asked: asked.row)
def test_the_oracle_is_right(asked, machine):
    answer = answered(machine, asked.code, asked.arguments).answer(asked.query)
    if asked.right is None:
        assert isinstance(answer, NoAnswer)
    else:
        assert answer == Known(asked.right)


@pytest.mark.parametrize("asked", [*BY_HAND, *FAULTS], ids=lambda asked: asked.row)
def test_the_tracer_is_right_or_refuses(asked):
    trace = recorded(asked.code, asked.arguments)
    if trace is None:
        return
    answer = tracer.evaluate(asked.query, trace)
    assert isinstance(answer, tracer.Refusal) or answer.literal == asked.right


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_golds_of_programs_made_by_chance(chunk, machine):
    cases = chance.programs(PROGRAMS, seed=1, start=chunk * PROGRAMS)
    tally = compare(cases, machine, most=150)
    assert not tally.differences, "\n".join(map(str, tally.differences[:10]))
    assert tally.calls == PROGRAMS
    assert tally.agree.total() > 700


@pytest.mark.parametrize("chunk", range(EVERY))
def test_golds_of_calls_of_the_standard_library(chunk, machine):
    cases = list(library.calls())[chunk :: EVERY * EVERY]
    tally = compare(cases, machine, most=150)
    assert not tally.differences, "\n".join(map(str, tally.differences[:10]))
    assert tally.agree.total() > 300


def test_there_are_many_calls_of_the_standard_library():
    cases = list(library.calls())
    assert len(cases) >= 500
    assert len({case.name.split()[0] for case in cases}) >= 30
