"""Every kind is asked in three phrasings that name all of its coordinates, and nothing else of the answer."""

import re
from dataclasses import fields, replace
from typing import get_args

import pytest

from core_bench.records import ProbeQuery, Problem
from core_bench.suites.questions import PHRASINGS, ordinal, question, target
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
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
)

PROBLEM = Problem(
    id="p",
    title="",
    description="",
    entry_point="f",
    topics=(),
    inputs=("7",),
    split="test",
    origin="",
    licence="",
)
QUERIES = [
    ValueAfter("g", 3, 14, 5, "name"),
    ValueBefore("g", 3, 14, 5, "name"),
    ValueAtIteration("g", 3, 14, (5, 6), "name"),
    ConditionOutcome("g", 3, 14, 5),
    LoopIterations("g", 3, 14, 5),
    ValueAtLoopExit("g", 3, 14, 5, "name"),
    NthValue("g", 3, "name", 5),
    ArgumentValue("g", 3, "name"),
    ReturnValue("g", 3),
    ExceptionType("g", 3),
    ExceptionLine("g", 3),
    NextLine("g", 3, 14, 5),
    LineExecuted("g", 3, 14),
    LineCount("g", 3, 14),
    SameObject("g", 3, 14, 5, "left", "right"),
    ExpressionValue("g", 3, 14, 5, "a + b * c"),
    OperandOutcome("g", 3, 14, 5, "a and b", 2),
]
each_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.kind)
each_phrasing = pytest.mark.parametrize("phrasing", PHRASINGS)


def test_every_kind_is_here():
    assert {type(query) for query in QUERIES} == set(get_args(ProbeQuery))


@each_query
@each_phrasing
def test_a_question_names_every_coordinate(query, phrasing):
    text = question(query, "41", PROBLEM, "7", 4, phrasing)
    for field in fields(query):
        value = getattr(query, field.name)
        if field.name in ("occurrence", "entry", "ordinal", "call"):
            assert ordinal(value) in text
        elif field.name == "iterations":
            assert all(ordinal(number) in text for number in value)
        elif field.name == "line":
            assert f"line {value}" in text
        elif field.name == "operand":
            assert f"operand {value}" in text
        elif field.name in ("name", "left", "right", "expression", "function"):
            assert value in text
    assert "`f(7)`" in text
    assert "Calls are counted as they begin." in text
    assert text.endswith("The answer is of type `int`.")
    assert "41" not in text
    assert "event" not in text
    assert len(text) < 320


@each_query
def test_phrasings_differ_and_each_asks_one_thing(query):
    texts = [question(query, "41", PROBLEM, "7", 1, phrasing) for phrasing in PHRASINGS]
    assert len(set(texts)) == len(PHRASINGS)
    for text in texts:
        asked = text.removesuffix("The answer is of type `int`.")
        assert len(re.findall(r"\?", asked)) <= 1
        assert "call of `g`" not in asked or query.kind in (
            "argument", "return_value", "exception_type", "exception_line", "next_line",
        )  # fmt: skip


@each_query
def test_two_queries_never_have_one_question(query):
    """Unambiguous: whatever is changed in a query changes the text of its question."""
    for phrasing in PHRASINGS:
        text = question(query, "41", PROBLEM, "7", 9, phrasing)
        for field in fields(query):
            value = getattr(query, field.name)
            if field.name in ("kind", "evaluation", "place"):
                continue
            other = {int: lambda v: v + 1, str: lambda v: v + "x", tuple: lambda v: (v[0] + 1, *v[1:])}
            changed = "before" if field.name == "when" else other[type(value)](value)
            assert question(replace(query, **{field.name: changed}), "41", PROBLEM, "7", 9, phrasing) != text


def test_the_type_is_that_of_the_gold():
    assert question(QUERIES[0], "{'a': 1}", PROBLEM, "7", 1).endswith("The answer is of type `dict`.")


@each_query
def test_an_answer_has_a_name_to_be_asserted_under(query):
    assert target(query).isidentifier()
