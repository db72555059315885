"""Every query kind: against the oracle on a sample, and its refusals by name."""

import random

import pytest

import tracer
from benchmarks import tracer_queries
from benchmarks.programs import cruxeval, own
from tracer import QUERY_KINDS, Gold, Refusal, evaluate

ORDERS = """\
LIMIT = 3
seen = []

def pick(orders, most):
    total, taken = 0, []
    other = taken
    for order in orders:
        for part in order:
            if total + part > most:
                continue
            total += part
            taken.append(part)
    seen.append(total)
    if not taken:
        raise ValueError("nothing")
    return taken
"""


def trace_of(code, entry_point, text):
    [outcome] = tracer.record_calls(code, entry_point, [text])
    assert outcome.trace is not None, outcome
    return outcome.trace


def test_every_kind_agrees_with_the_oracle():
    tally = tracer_queries.Tally()
    tracer_queries.compare(list(own())[::6], random.Random(1), tally)
    assert not tally.wrong
    assert set(tally.agreed) == set(QUERY_KINDS)
    assert sum(tally.agreed.values()) > 1_000


def test_every_kind_agrees_with_the_oracle_on_cruxeval(bench_data):
    tally = tracer_queries.Tally()
    tracer_queries.compare(cruxeval(every=12), random.Random(2), tally)
    assert not tally.wrong
    assert sum(tally.agreed.values()) > 1_000


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (tracer.ValueBefore("pick", 1, 11, 2, "total"), "2"),
        (tracer.ValueAtIteration("pick", 1, 11, (2, 1), "total"), "5"),
        (tracer.ValueAtIteration("pick", 1, 9, (1, 2), "part", "before"), "9"),
        (tracer.NthValue("pick", 1, "total", 3), "5"),
        (tracer.NthValue("pick", 1, "seen", 2), "[5]"),
        (tracer.ArgumentValue("pick", 1, "most"), "6"),
        (tracer.ReturnValue("pick", 1), "[2, 3]"),
        (tracer.NextLine("pick", 1, 10, 1), "8"),
        (tracer.NextLine("pick", 1, 16, 1), "None"),
        (tracer.LineExecuted("pick", 1, 15), "False"),
        (tracer.LineCount("pick", 1, 12), "2"),
        (tracer.SameObject("pick", 1, 12, 2, "other", "taken"), "True"),
        (tracer.SameObject("pick", 1, 12, 2, "taken", "orders"), "False"),
        (tracer.ValueAfter("pick", 1, 13, 1, "seen"), "[5]"),
    ],
)
def test_what_a_query_asks(query, answer):
    assert evaluate(query, trace_of(ORDERS, "pick", "[[2, 9], [3]], 6")) == Gold(answer)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (tracer.ValueAtIteration("pick", 1, 11, (1,), "total"), "ambiguous"),
        (tracer.ValueAtIteration("pick", 1, 11, (9, 9), "total"), "line not executed"),
        (tracer.ValueAtIteration("pick", 1, 8, (1,), "total"), "ambiguous"),
        (tracer.NthValue("pick", 1, "total", 30), "no such value"),
        (tracer.ArgumentValue("pick", 1, "taken"), "unbound"),
        (tracer.ExceptionType("pick", 1), "no exception"),
        (tracer.LineCount("pick", 1, 1), "no such line"),
        (tracer.LineExecuted("pick", 1, 3), "no such line"),
        (tracer.SameObject("pick", 1, 12, 1, "total", "most"), "immutable"),
    ],
)
def test_a_query_without_an_answer_is_refused_by_name(query, reason):
    answer = evaluate(query, trace_of(ORDERS, "pick", "[[2, 9], [3]], 6"))
    assert isinstance(answer, Refusal), answer
    assert answer.reason == reason


def test_the_exception_that_ends_a_call():
    trace = trace_of(ORDERS, "pick", "[], 6")
    assert evaluate(tracer.ExceptionType("pick", 1), trace) == Gold("'ValueError'")
    assert evaluate(tracer.ExceptionLine("pick", 1), trace) == Gold("15")
    answer = evaluate(tracer.ReturnValue("pick", 1), trace)
    assert isinstance(answer, Refusal)
    assert answer.reason == "not returned"


def test_a_value_over_a_cap_is_refused_as_truncated():
    trace = trace_of("def f(n):\n    xs = [0] * n\n    return xs\n", "f", "5000")
    answer = evaluate(tracer.ValueAfter("f", 1, 2, 1, "xs"), trace)
    assert isinstance(answer, Refusal)
    assert answer.reason == "truncated"


def test_runs_that_disagree_give_no_gold():
    code = "def f(words):\n    first = list(set(words))[0]\n    return first\n"
    words = "['a', 'b', 'c', 'd', 'e', 'g', 'h']"
    traces = [tracer.record_calls(code, "f", [words], hash_seed=seed)[0].trace for seed in (0, 1, 2)]
    query = tracer.ValueAfter("f", 1, 2, 1, "first")
    assert tracer.evaluate_over(query, traces[:1]) == evaluate(query, traces[0])
    answer = tracer.evaluate_over(query, traces)
    assert isinstance(answer, Refusal)
    assert answer.reason == "not deterministic"


def test_the_sign_of_a_zero_is_no_new_value():
    code = "def f():\n    x = 1j\n    x = -x\n    x = x + 0\n    x = 2\n    return x\n"
    [outcome] = tracer.record_calls(code, "f", [""])
    trace = outcome.trace
    found = [evaluate(tracer.NthValue("f", call=1, name="x", ordinal=n), trace) for n in (1, 2, 3)]
    assert [gold.literal for gold in found] == ["complex(0.0, 1.0)", "complex(-0.0, -1.0)", "2"]
