import random
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import pytest

import tracer
from tracer import Gold, Refusal
from tracer.expression_queries import ExpressionValue, OperandOutcome
from tracer.inprocess import observe
from tracer.subexpressions import Disagreement, compare_branches, evaluate_expression

ROOT = Path(__file__).resolve().parents[2]

PICK = """\
def pick(xs, limit):
    best = 0
    for x in xs:
        if x > 0 and x % 2 == 0 or x == limit:
            best = max(best, x * x + 1)
        y = [n * 2 for n in range(x) if n and 10 // n > limit]
        best += len(y) if y else limit
    if 0 < best < 30 != limit:
        return sorted(xs, key=lambda x: -x % limit)[0], x or best
    return best
"""


@pytest.fixture
def corpora(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import subexpressions

    return subexpressions


@pytest.fixture(scope="module")
def picked():
    return observe(PICK, "pick", "[4, -1, 3], 3")


def answer(query, observation):
    result = evaluate_expression(query, observation, observers=1)
    return result.literal if isinstance(result, Gold) else result.reason


def value(*arguments, **more):
    return ExpressionValue("pick", 1, *arguments, **more)


def outcome(*arguments, **more):
    return OperandOutcome("pick", 1, *arguments, **more)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (value(5, 1, "x * x"), "16"),
        (value(5, 1, "x*x  +  1"), "17"),
        (value(5, 1, "(x * x) + 1"), "17"),
        (value(5, 2, "max(best, x * x + 1)"), "22"),
        (value(5, 2, "best"), "22"),
        (value(5, 1, "x", place=2), "4"),
        (value(4, 1, "x > 0"), "True"),
        (value(4, 2, "x % 2 == 0"), "not evaluated"),
        (value(4, 1, "x == limit"), "not evaluated"),
        (value(4, 3, "x == limit"), "True"),
        (value(3, 1, "xs"), "[4, -1, 3]"),
        (value(3, 2, "xs"), "not evaluated"),
        (value(3, 4, "xs"), "not evaluated"),
        (value(3, 5, "xs"), "line not executed"),
        (value(6, 1, "range(x)"), "range(0, 4)"),
        (value(6, 1, "n * 2", evaluation=1), "2"),
        (value(6, 1, "n * 2", evaluation=2), "4"),
        (value(6, 1, "n * 2", evaluation=3), "not evaluated"),
        (value(6, 1, "10 // n", evaluation=3), "3"),
        (value(6, 1, "n * 2"), "ambiguous"),
        (value(6, 3, "10 // n", evaluation=2), "5"),
        (value(6, 1, "[n * 2 for n in range(x) if n and 10 // n > limit]"), "[2, 4]"),
        (value(7, 1, "len(y) if y else limit"), "2"),
        (value(7, 2, "len(y)"), "not evaluated"),
        (value(7, 2, "limit"), "3"),
        (value(5, 1, "x"), "ambiguous"),
        (value(5, 1, "x", place=3), "no such expression"),
        (value(5, 3, "x * x"), "line not executed"),
        (value(5, 0, "x * x"), "line not executed"),
        (value(5, 1, "x * y"), "no such expression"),
        (value(5, 1, "max"), "no such expression"),
        (value(5, 1, "not an expression"), "no such expression"),
        (value(99, 1, "x"), "no such expression"),
        (replace(value(5, 1, "x * x"), call=2), "no such call"),
        (replace(value(5, 1, "x * x"), function="pack"), "no such expression"),
        (value(8, 1, "0 < best < 30 != limit"), "True"),
        (value(9, 1, "sorted(xs, key=lambda x: -x % limit)"), "[3, -1, 4]"),
        (ExpressionValue("pick.<locals>.<lambda>", 2, 9, 1, "-x % limit"), "1"),
        (ExpressionValue("pick.<locals>.<lambda>", 3, 9, 1, "-x"), "-3"),
        (value(9, 1, "x or best"), "3"),
        (value(10, 1, "best"), "line not executed"),
    ],
)  # fmt: skip
def test_values(picked, query, expected):
    assert answer(query, picked) == expected


EITHER = "x > 0 and x % 2 == 0 or x == limit"
FILTER = "n and 10 // n > limit"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (outcome(4, 1, EITHER, 0), "True"),
        (outcome(4, 1, EITHER, 1), "True"),
        (outcome(4, 1, EITHER, 2), "not evaluated"),
        (outcome(4, 2, EITHER, 1), "False"),
        (outcome(4, 2, EITHER, 2), "False"),
        (outcome(4, 2, EITHER, 0), "False"),
        (outcome(4, 3, EITHER, 2), "True"),
        (outcome(4, 2, "x > 0 and x % 2 == 0", 1), "False"),
        (outcome(4, 2, "x > 0 and x % 2 == 0", 2), "not evaluated"),
        (outcome(4, 3, "x > 0 and x % 2 == 0", 2), "False"),
        (outcome(4, 3, "x > 0", 0), "not a condition"),
        (outcome(4, 1, EITHER, 3), "not a condition"),
        (outcome(4, 1, EITHER, -1), "not a condition"),
        (outcome(6, 1, FILTER, 0), "ambiguous"),
        (outcome(6, 1, FILTER, 0, evaluation=1), "False"),
        (outcome(6, 1, FILTER, 1, evaluation=1), "False"),
        (outcome(6, 1, FILTER, 2, evaluation=1), "not evaluated"),
        (outcome(6, 1, FILTER, 2, evaluation=2), "True"),
        (outcome(6, 1, FILTER, 2, evaluation=4), "False"),
        (outcome(6, 1, FILTER, 2, evaluation=5), "not evaluated"),
        (outcome(6, 2, FILTER, 0), "not evaluated"),
        (outcome(7, 1, "y", 0, place=1), "True"),
        (outcome(7, 2, "y", 0), "ambiguous"),
        (outcome(7, 2, "y", 0, place=2), "False"),
        (outcome(8, 1, "0 < best < 30 != limit", 1), "True"),
        (outcome(8, 1, "0 < best < 30 != limit", 3), "True"),
        (outcome(8, 1, "0 < best < 30 != limit", 0), "True"),
        (outcome(9, 1, "x or best", 1), "True"),
        (outcome(9, 1, "x or best", 2), "not evaluated"),
    ],
)
def test_outcomes(picked, query, expected):
    if expected == "True" and query.expression == "y":  # the place of the condition, not of the operand
        query = replace(query, place=2)
    assert answer(query, picked) == expected


def test_a_chain_stops_where_it_fails():
    code = "def f(a, b, c):\n    r = a < b < c < 9\n    return r\n"

    def parts(text):
        observation = observe(code, "f", text)
        return [answer(OperandOutcome("f", 1, 2, 1, "a < b < c < 9", k), observation) for k in range(4)]

    assert parts("1, 2, 3") == ["True"] * 4
    assert parts("2, 1, 3") == ["False", "False", "not evaluated", "not evaluated"]
    assert parts("1, 2, 2") == ["False", "True", "False", "not evaluated"]
    assert parts("1, 2, 9") == ["False", "True", "True", "False"]


def test_the_programs_own_truth_is_told_where_the_program_asks_for_it():
    code = (
        "class T:\n    def __bool__(self): return False\n"
        "def f():\n    t = T()\n    x = t and 1\n    y = 0 or t\n    z = (t or 0) or t or 3\n"
        "    if t or not t:\n        return 1 if t else 2\n"
    )
    observation = observe(code, "f", "")
    asked = {
        (5, "t and 1", 1): "False",
        (5, "t and 1", 2): "not evaluated",
        (6, "0 or t", 1): "False",
        (6, "0 or t", 2): "opaque",
        (7, "(t or 0) or t or 3", 1): "False",
        (7, "(t or 0) or t or 3", 2): "False",
        (7, "(t or 0) or t or 3", 3): "True",
        (7, "t or 0", 1): "False",
        (8, "t or not t", 1): "False",
        (8, "t or not t", 0): "True",
        (9, "t", 0): "False",
    }
    for (line, text, operand), expected in asked.items():
        assert answer(OperandOutcome("f", 1, line, 1, text, operand), observation) == expected, text


def test_generator_expressions_belong_to_the_statement_that_made_them():
    code = (
        "def f(xs):\n    gs = []\n    for x in xs:\n        gs.append((x * n for n in (1, 2) if n or x))\n"
        "    x = 10\n    return [next(g) for g in gs for _ in (0, 1)]\n"
    )
    observation = observe(code, "f", "[5, 6]")
    for occurrence in (1, 2):  # `x` is looked up late
        for evaluation, expected in ((1, "10"), (2, "20")):
            query = ExpressionValue("f", 1, 4, occurrence, "x * n", evaluation)
            assert answer(query, observation) == expected
    assert answer(OperandOutcome("f", 1, 4, 2, "n or x", 2, 1), observation) == "not evaluated"
    assert answer(ExpressionValue("f", 1, 6, 1, "next(g)", 4), observation) == "20"


def test_several_statements_on_a_line_are_ambiguous():
    observation = observe("def f(x):\n    y = x + 1; z = x + 2\n    return y * z\n", "f", "1")
    assert answer(ExpressionValue("f", 1, 2, 1, "x + 2"), observation) == "ambiguous"
    assert answer(ExpressionValue("f", 1, 3, 1, "y * z"), observation) == "6"


def test_the_same_text_in_a_lambda_is_another_expression():
    observation = observe("def f(x):\n    return (lambda x: x + 1)(x + 1)\n", "f", "1")
    assert answer(ExpressionValue("f", 1, 2, 1, "x + 1"), observation) == "2"
    assert answer(ExpressionValue("f.<locals>.<lambda>", 1, 2, 1, "x + 1"), observation) == "3"


def test_a_value_is_that_of_its_moment():
    observation = observe("def f(xs):\n    return [xs, xs.append(1), xs, len(xs)]\n", "f", "[]")
    got = [answer(ExpressionValue("f", 1, 2, 1, "xs", place=place), observation) for place in (1, 2, 3, 4)]
    assert got == ["[]", "[]", "[1]", "[1]"]


def test_what_has_no_gold_is_refused_by_name():
    code = (
        "def f(n):\n    xs = list(range(n))\n    g = [xs] and print\n    return xs[n - 1] + (1 // (n - n))\n"
    )
    observation = observe(code, "f", "30000")
    assert answer(ExpressionValue("f", 1, 2, 1, "list(range(n))"), observation) == "truncated"
    assert answer(ExpressionValue("f", 1, 3, 1, "print"), observation) == "opaque"
    assert answer(ExpressionValue("f", 1, 4, 1, "xs[n - 1]"), observation) == "29999"
    assert answer(ExpressionValue("f", 1, 4, 1, "1 // (n - n)"), observation) == "not evaluated"
    cut = observe(PICK, "pick", "[4, -1, 3], 3", max_events=20)
    assert cut.cut == "too many events"
    assert answer(value(5, 1, "x * x"), cut) == "cut"
    assert compare_branches(tracer.record_calls(PICK, "pick", ["[4], 3"])[0].trace, cut) == []


def test_recursion_numbers_the_calls():
    code = "def fact(n):\n    return 1 if n < 2 else n * fact(n - 1)\n"
    observation = observe(code, "fact", "4")
    products = [answer(ExpressionValue("fact", n, 2, 1, "n * fact(n - 1)"), observation) for n in range(1, 5)]
    assert products == ["24", "6", "2", "not evaluated"]
    assert answer(OperandOutcome("fact", 4, 2, 1, "n < 2", 0), observation) == "True"


def test_what_runs_at_import_is_not_part_of_the_call():
    code = "def g(x):\n    return x + 1\ntable = [g(1), g(2)]\nclass C:\n    k = g(3)\ndef f():\n    return g(table[0])\n"
    observation = observe(code, "f", "")
    assert [(frame.function, frame.call) for frame in observation.frames] == [("f", 1), ("g", 1)]
    assert answer(ExpressionValue("g", 1, 2, 1, "x + 1"), observation) == "3"


def test_statements_of_every_form_are_counted_as_the_line_tracer_does():
    code = (
        "def f(xs):\n    n = 0\n    while n < 3 and xs:\n        for i in range(\n            n\n        ):\n"
        "            if i == 1:\n                break\n        else:\n            n += 1\n            continue\n"
        "        try:\n            n += 1 // (\n                n - 2)\n        except ZeroDivisionError:\n"
        "            n += 2\n        finally:\n            n += 0\n    match n:\n        case int() if n > 3:\n"
        "            return n\n        case _:\n            return -n\n"
    )
    observation = observe(code, "f", "[1]")
    assert compare_branches(tracer.record_calls(code, "f", ["[1]"])[0].trace, observation) == []
    assert answer(ExpressionValue("f", 1, 3, 4, "n < 3"), observation) == "False"
    assert answer(ExpressionValue("f", 1, 13, 1, "1 // (n - 2)"), observation) == "not evaluated"


def test_a_wrong_trace_is_found_out(picked):
    [traced] = tracer.record_calls(PICK, "pick", ["[4, -1, 3], 3"])
    [frame] = [frame for frame in traced.trace.frames if frame.function == "pick"]
    assert compare_branches(traced.trace, picked) == []

    def found(**changes):
        true = {name: getattr(frame, name) for name in ("function", "call", "steps", "loops", "unclear")}
        forged = SimpleNamespace(**{**true, **changes})
        return compare_branches(replace(traced.trace, frames=(forged,)), picked)

    index = next(i for i, step in enumerate(frame.steps) if step.branch is False)
    step = frame.steps[index]
    flipped = (*frame.steps[:index], replace(step, branch=True), *frame.steps[index + 1 :])
    assert found(steps=flipped) == [
        Disagreement("pick", 1, step.line, step.occurrence, "branch", traced=True, observed=False)
    ]
    assert {one.what for one in found(steps=frame.steps[:index])} == {"executions", "branch"}
    assert found(loops=(replace(frame.loops[0], iterations=7),)) == [
        Disagreement("pick", 1, 3, 1, "iterations", 7, 3)
    ]
    assert found(call=2) == [
        Disagreement("pick", 2, 0, None, "calls", 1, 0),
        Disagreement("pick", 1, 0, None, "calls", 0, 1),
    ]


def test_every_evaluation_is_listed_with_coordinates_that_find_it(picked):
    asked = 0
    for one in picked.evaluations():
        sites = picked.sites
        places = sites.places(one.expression.text, one.expression.statement)
        place = 1 + [sites.expressions[number] for number in places].index(one.expression)
        query = ExpressionValue(
            one.function, one.call, one.line, one.occurrence, one.expression.text, one.evaluation, place
        )
        if not tracer.is_marker(one.literal):
            assert evaluate_expression(query, picked, observers=1) == Gold(one.literal)
            asked += 1
    assert asked > 100


def test_bad_programs_and_inputs_are_named():
    with pytest.raises(tracer.ProgramError, match="no function"):
        observe("x = 1\n", "f", "")
    with pytest.raises(tracer.ProgramError, match="line 1"):
        observe("def f(:\n", "f", "")
    with pytest.raises(tracer.InputError):
        observe("def f(x): pass\n", "f", "print")
    assert isinstance(
        evaluate_expression(ExpressionValue("f", 1, 1, 1, "x"), observe("def f(): 1\n", "f", "")), Refusal
    )


def test_our_own_problems_run_alike_and_agree_with_the_line_tracer(corpora):
    counts, seconds = Counter(), Counter()
    for case in corpora.own_problems():
        few = replace(case, inputs=case.inputs[:4])
        observations, differences = corpora.compare(few, counts, seconds)
        assert differences == []
        assert all(observation.cut is None for observation in observations)
    assert counts["branches"] > 500


def test_cruxeval_runs_alike_and_agrees_with_the_line_tracer_and_with_prints(corpora, bench_data):
    counts, seconds, prints = Counter(), Counter(), Counter()
    for case in corpora.cruxeval(bench_data):
        observations, differences = corpora.compare(case, counts, seconds)
        differences += corpora.against_prints(case, observations, 1, prints, random.Random(0))
        assert differences == []
    assert counts["programs"] > 700
    assert counts["compared traces"] == counts["runs"]
    assert prints["value"] > 4_000


def test_humaneval_agrees_with_prints(corpora, bench_data):
    prints = Counter()
    for case in islice(corpora.humaneval(bench_data), 0, None, 4):
        few = replace(case, inputs=case.inputs[:2])
        observations, differences = corpora.compare(few, Counter(), Counter())
        assert differences + corpora.against_prints(few, observations, 1, prints, random.Random(0)) == []
    assert prints["value"] > 200
    assert min(prints["operands"], prints["filter"], prints["element"]) > 0


def test_the_sandbox_observes_too():
    [outcome] = tracer.observe_calls(PICK, "pick", ["[4, -1, 3], 3"])
    assert outcome.status == "returned"
    query = ExpressionValue("pick", 1, 5, 1, "x * x")
    assert tracer.evaluate_expression(query, outcome.observation) == Gold("16")


def test_bad_programs_are_named_when_observed():
    [broken] = tracer.observe_calls("def f(:\n", "f", [""])
    [missing] = tracer.observe_calls("def g(): pass\n", "f", [""])
    assert (broken.status, missing.status) == ("bad_program", "bad_program")
