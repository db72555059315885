"""The rules for dimensions and criteria, each on a program where a person can see what it has to say."""

import pytest

from core_bench.suites.criteria import criteria_of
from core_bench.suites.dimensions import dimensions_of
from core_bench.suites.subjects import subject_of
from core_bench.suites.views import RunView
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionType,
    ExpressionValue,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    OperandOutcome,
    ReturnValue,
    SameObject,
    ValueAfter,
    ValueAtIteration,
    ValueAtLoopExit,
    ValueBefore,
    evaluate,
    record_calls,
)

WALK = """\
def walk(steps, limit):
    total = 0
    seen = []
    for step in steps:
        if step > 0 and total < limit:
            total += step * 2 + 1
        seen.append(total)
    doubled = limit * 2
    name = "end".upper()
    while total > doubled:
        total -= limit
    copy = seen
    return total
"""
FALL = """\
def fall(n):
    if n < 2:
        return n
    below = fall(n - 1)
    return below + n


def fail(n):
    if n > 1:
        raise ValueError("no")
    return n
"""


def run(code, function, text):
    [outcome] = record_calls(code, function, [text])
    return RunView(outcome.trace)


@pytest.fixture(scope="module")
def walked():
    return run(WALK, "walk", "[3, -1, 4], 8")


@pytest.fixture(scope="module")
def fallen():
    return run(FALL, "fall", "3")


@pytest.mark.parametrize(
    ("query", "gold", "expected"),
    [
        (ValueAfter("walk", 1, 8, 1, "doubled"), "16", {"arithmetic"}),
        (ValueAfter("walk", 1, 9, 1, "name"), "'END'", set()),
        (ValueAfter("walk", 1, 6, 1, "total"), "7", {"arithmetic", "logic"}),
        (ValueAfter("walk", 1, 6, 2, "total"), "16", {"arithmetic", "logic", "state", "boundary"}),
        (ValueAfter("walk", 1, 7, 2, "seen"), "[7, 7]", {"state"}),
        (ValueAfter("walk", 1, 7, 3, "seen"), "[7, 7, 16]", {"state", "boundary"}),
        (ValueAtIteration("walk", 1, 6, (3,), "total"), "16", {"arithmetic", "logic", "state", "boundary"}),
        (ValueBefore("walk", 1, 5, 3, "total"), "7", {"arithmetic", "logic"}),
        (ConditionOutcome("walk", 1, 5, 1), "True", {"logic"}),
        (ConditionOutcome("walk", 1, 5, 3), "True", {"logic", "boundary"}),
        (OperandOutcome("walk", 1, 5, 2, "step > 0 and total < limit", 1), "False", {"logic"}),
        (ConditionOutcome("walk", 1, 10, 1), "False", {"logic", "state", "boundary"}),
        (ExpressionValue("walk", 1, 6, 1, "step * 2"), "6", {"arithmetic", "logic"}),
        (LoopIterations("walk", 1, 4, 1), "3", {"boundary"}),
        (LoopIterations("walk", 1, 10, 1), "0", {"logic", "boundary"}),
        (ValueAtLoopExit("walk", 1, 4, 1, "total"), "16", {"arithmetic", "logic", "state", "boundary"}),
        (NthValue("walk", 1, "total", 2), "7", {"arithmetic", "logic"}),
        (NthValue("walk", 1, "total", 3), "16", {"arithmetic", "logic", "state", "boundary"}),
        (NextLine("walk", 1, 5, 2), "7", {"logic"}),
        (NextLine("walk", 1, 4, 4), "8", {"logic", "boundary"}),
        (LineExecuted("walk", 1, 11), "False", {"logic"}),
        (LineCount("walk", 1, 6), "2", {"logic", "boundary"}),
        (SameObject("walk", 1, 12, 1, "copy", "seen"), "True", {"state"}),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "kind", None),
)
def test_what_a_walk_touches(walked, query, gold, expected):
    assert set(dimensions_of(query, gold, walked)) == expected


@pytest.mark.parametrize(
    ("query", "gold", "expected"),
    [
        (ArgumentValue("fall", 2, "n"), "2", {"arithmetic", "state"}),
        (ArgumentValue("fall", 3, "n"), "1", {"arithmetic", "state", "boundary"}),
        (ReturnValue("fall", 2), "3", {"arithmetic", "state"}),
        (ReturnValue("fall", 3), "1", {"state", "boundary"}),
    ],
)
def test_what_a_recursion_touches(fallen, query, gold, expected):
    assert set(dimensions_of(query, gold, fallen)) == expected
    assert evaluate(query, fallen.trace).literal == gold


def test_an_exception_is_a_boundary():
    found = dimensions_of(ExceptionType("fail", 1), "'ValueError'", run(FALL, "fail", "2"))
    assert found == ("logic", "boundary")


def test_a_call_that_does_not_happen_has_none(walked):
    assert dimensions_of(ReturnValue("walk", 2), "1", walked) == ()
    assert dimensions_of(ValueAfter("walk", 1, 11, 1, "total"), "1", walked) == ()


def test_criteria_of_the_paper(walked):
    query = ValueAfter("walk", 1, 6, 2, "total")
    subject = subject_of(query, walked)
    met = criteria_of(subject, dimensions_of(query, "16", walked))
    assert met == (
        "compound arithmetic",
        "loop boundary",
        "nested logic",
        "compound condition",
        "state accumulation",
    )
    plain = ValueAfter("walk", 1, 8, 1, "doubled")
    assert criteria_of(subject_of(plain, walked), ("arithmetic",)) == ()
