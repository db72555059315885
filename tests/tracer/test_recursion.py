"""Runs that come to the recursion limit: the outcome is that of the unwatched run, and nothing is gold."""

import pytest

from tracer import (
    ExpressionValue,
    Gold,
    ReturnValue,
    ValueAfter,
    evaluate,
    evaluate_expression,
    observe_calls,
    record_calls,
    run_calls,
)

DEPTH = """\
def depth(n):
    try:
        return 1 + depth(n + 1)
    except RecursionError:
        return 0
"""
ENDLESS = "def f(n):\n    return f(n + 1)\n"
# Both levels of the stack that a level of the recursion takes are seen: Python's, and that of `sorted`.
THROUGH_C = """\
def f(n):
    try:
        return sorted([1], key=lambda _: f(n + 1)) and n
    except RecursionError:
        return n
"""
DEEP_LIST = """\
def f(n):
    xs = []
    for _ in range(n):
        xs = [xs]
    try:
        return len(repr(xs))
    except RecursionError:
        return -1
"""
DOWN = "def down(n):\n    if n == 0:\n        return 0\n    below = down(n - 1)\n    return below + 1\n"


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        (DEPTH, "depth", "0"), (ENDLESS, "f", "0"), (THROUGH_C, "f", "0"), (DEEP_LIST, "f", "1500"), (DOWN, "down", "5000"),
        *((DOWN, "down", str(n)) for n in range(940, 1000, 3)),
    ],
)  # fmt: skip
def test_the_outcome_is_that_of_the_unwatched_run_and_nothing_else_is_gold(code, name, text):
    [plain] = run_calls(code, name, [text])
    [recorded] = record_calls(code, name, [text])
    [observed] = observe_calls(code, name, [text])
    for watched in (recorded, observed):
        assert (watched.status, watched.value, watched.exception, watched.arguments, watched.stdout) == (
            plain.status, plain.value, plain.exception, plain.arguments, plain.stdout,
        )  # fmt: skip
    answer = evaluate(ReturnValue(name, 1), recorded.trace)
    assert recorded.met_recursion_limit == (not isinstance(answer, Gold))
    assert not plain.met_recursion_limit
    if isinstance(answer, Gold):  # a run just under the limit may be recorded whole
        assert answer.literal == plain.value
        assert recorded.trace.frames[-1].call == int(text) + 1
    else:
        assert answer.reason == "not deterministic"
        assert "recursion limit" in answer.detail
    if code is not DEEP_LIST:  # there the limit is met inside one call of repr
        answer = evaluate_expression(ExpressionValue(name, 1, 2, 1, "n == 0"), observed.observation)
        assert answer.reason == "not deterministic"


@pytest.mark.parametrize("depth", [100, 300, 800])
def test_deep_recursion_short_of_the_limit_is_recorded(depth):
    [outcome] = record_calls(DOWN, "down", [str(depth)])
    assert outcome.trace.cut is None
    assert evaluate(ValueAfter("down", 1, 4, 1, "below"), outcome.trace) == Gold(str(depth - 1))


def test_recursion_short_of_a_third_of_the_limit_is_observed():
    [outcome] = observe_calls(DOWN, "down", ["300"])
    answer = evaluate_expression(ExpressionValue("down", 1, 5, 1, "below + 1"), outcome.observation)
    assert answer == Gold("300")
