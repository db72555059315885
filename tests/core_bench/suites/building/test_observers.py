"""A gold is what two observers give; where they do not, the question is refused, counted and listed."""

from dataclasses import replace

import pytest

from core_bench.cli.suite_build import _report_doubts
from core_bench.records import LeftOut
from core_bench.suites import candidates as asking
from core_bench.suites.building.part import build_part
from core_bench.suites.candidates import Refusals, candidates
from core_bench.suites.views import Run
from tests.core_bench.suites.building.conftest import ALTERNATE, REFERENCE
from tracer import ArgumentValue, Refusal, evaluate, literal, parse_literal, record_calls

SOURCES = {
    "id": "id([]) % 7",
    "clock": "__import__('time').time_ns() % 7",
    "random": "__import__('random').randrange(7)",
    "urandom": "__import__('os').urandom(1)[0] % 7",
    "hash": "hash('ab') % 7",
    "address in repr": "(print(object()) or 0)",
}
"""Each may well do the same in two runs."""


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_of_chance_is_refused_by_name_wherever_it_is_reached(source, bare, name):
    few = replace(bare, probes=1, mutants=1)
    part = build_part(source(REFERENCE.replace("return found", f"return found + {SOURCES[name]}")), few)
    [row] = part.left_out
    assert (row.what, row.id, row.reason) == ("problem", "count", "flaky")
    assert "it reaches " in row.detail
    assert name in row.detail
    # That the value is thrown away does not help: nobody proves what it touches.
    part = build_part(source(REFERENCE, ALTERNATE.replace("5 + 5", f"5 + 5 + 0 * ({SOURCES[name]})")), few)
    [row] = part.left_out
    assert (row.id, row.reason) == ("count/alternate-1", "flaky")
    assert part.samples


def differ_on(monkeypatch, refusal, chosen):
    def answered(query, trace):
        return refusal if chosen(query) else evaluate(query, trace)

    monkeypatch.setattr(asking, "evaluate", answered)


def test_questions_on_which_observers_differ_are_listed_with_both_answers(source, bare, monkeypatch):
    refusal = Refusal("observers differ", "line recording: 4; instrumented program: 5")
    differ_on(monkeypatch, refusal, lambda query: query.kind == "value_after")
    part = build_part(source(REFERENCE), replace(bare, probes=8))
    assert part.probes
    assert not [probe for probe in part.probes if probe.query.kind == "value_after"]
    assert part.left_out
    for row in part.left_out:
        assert (row.what, row.id, row.reason) == ("question", "count/reference", "observers differ")
        assert row.detail == refusal.detail
        assert row.query.kind == "value_after"
        assert row.input in part.problem.inputs
        assert LeftOut.model_validate_json(row.model_dump_json(exclude_none=True)) == row


def test_unconfirmed_questions_are_counted_by_their_cause(source, bare, monkeypatch):
    differ_on(monkeypatch, Refusal("unconfirmed", "it was cut"), lambda query: True)
    part = build_part(source(REFERENCE), replace(bare, probes=8))
    assert {probe.query.kind for probe in part.probes} <= {"expression_value", "operand_outcome"}
    rows = [row for row in part.left_out if row.reason == "unconfirmed"]
    assert {(row.what, row.id, row.detail) for row in rows} == {("question", "count/reference", "it was cut")}
    assert len({row.input for row in rows}) == len(rows)
    assert all(row.count > 1 and row.query is None for row in rows)


def test_the_command_says_what_was_refused(capsys):
    query = ArgumentValue("f", 2, "n")
    one = LeftOut(
        what="question",
        id="p/reference",
        reason="observers differ",
        detail="a: 1; b: 2",
        input="3",
        query=query,
    )
    _report_doubts([one] * 7)
    _report_doubts([one.model_copy(update={"reason": "unconfirmed", "query": None, "count": 12})])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "7 questions refused because the observers differ:"
    assert lines[1] == "  p/reference on (3), argument (function f, call 2, name n): a: 1; b: 2"
    assert lines[6] == "  ... and 2 more rows; left_out in suite.json has them all"
    assert lines[7] == "12 questions refused because no second observer confirms the answer:"


def run_of(code, entry_point, text):
    [outcome] = record_calls(code, entry_point, [text])
    return Run(text, outcome.trace)


def test_variables_of_the_function_around_are_no_parameters():
    code = (
        "def f(n):\n    def g(a):\n        return a + n\n    total = 0\n    for i in range(n):\n"
        "        total += g(i * 2 + total)\n    return total\n"
    )
    found = [row for row in candidates(run_of(code, "f", "3")) if row.query.kind == "argument"]
    assert {row.query.name for row in found} == {"a"}


def test_every_gold_reads_back_as_itself_and_refusals_are_counted():
    code = (
        "from collections import OrderedDict\n"
        "class Tag:\n    def __init__(self, **words):\n        self.__dict__.update(words)\n"
        "def f(n):\n    last = OrderedDict(a=1, b=2)\n    total = 0\n    for i in range(n):\n"
        "        last.move_to_end('a' if i % 2 else 'b')\n        tag = Tag(**{'class': str(i)})\n"
        "        total += i * len(last)\n        if total > 3:\n            last['c'] = total\n"
        "    return total\n"
    )
    refusals = Refusals()
    found = list(candidates(run_of(code, "f", "4"), refusals))
    assert all(literal(parse_literal(row.gold)) == row.gold for row in found)
    assert not [row for row in found if getattr(row.query, "name", "") == "tag"]
    orders = {row.gold for row in found if getattr(row.query, "name", "") == "last"}
    assert "OrderedDict({'b': 2, 'a': 1})" in orders
    assert refusals.asked.total() > len(found)
    assert refusals.refused["value_after", "opaque"] >= 1
    assert refusals.doubts == []
