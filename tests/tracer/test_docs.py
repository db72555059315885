"""What docs/tracer.md says of queries and refusals holds, and nothing is left out."""

import re
import typing
from pathlib import Path

import pytest

import tracer
from tracer import Gold, Refusal, evaluate, evaluate_expression, observe_calls, record_calls
from tracer.queries import Reason
from tracer.results import Status
from tracer.subexpressions import ExpressionReason

PAGE = (Path(__file__).parents[2] / "docs" / "tracer.md").read_text()
CODE = next(block for block in re.findall(r"```python\n(.*?)```", PAGE, re.S) if "def pick" in block)
CALLS = dict(re.findall(r"([AB]) is (?:the call )?`pick\((.*?)\)`", PAGE))


def table(head):
    """Return the rows of the table that begins with a column called `head`, backticks dropped."""
    rows = PAGE[PAGE.index(f"| {head} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in row.strip("|").split(" | ")] for row in rows]


QUERIES, REFUSALS = table("kind"), table("reason")


@pytest.fixture(scope="module")
def runs():
    return {
        letter: (
            record_calls(CODE, "pick", [text])[0].trace,
            observe_calls(CODE, "pick", [text])[0].observation,
        )
        for letter, text in CALLS.items()
    }


def answer(text, call, runs):
    query = eval(text, vars(tracer))
    trace, observation = runs[call]
    if isinstance(query, tracer.ExpressionQuery):
        return query, evaluate_expression(query, observation)
    return query, evaluate(query, trace)


@pytest.mark.parametrize("row", QUERIES, ids=[row[0] for row in QUERIES])
def test_every_example_has_its_gold(row, runs):
    kind, _, call, text, gold = row
    query, found = answer(text, call, runs)
    assert query.kind == kind
    assert found == Gold(gold)


@pytest.mark.parametrize("row", [row for row in REFUSALS if row[-1] != "\N{EN DASH}"], ids=lambda row: row[0])
def test_every_refusal_has_its_reason(row, runs):
    reason, _, call, text = row
    _, found = answer(text, call, runs)
    assert isinstance(found, Refusal), found
    assert found.reason == reason


def test_every_kind_reason_status_and_layer_is_there():
    assert {row[0] for row in QUERIES} == {*tracer.QUERY_KINDS, "expression_value", "operand_outcome"}
    assert {row[0] for row in REFUSALS} == {*typing.get_args(Reason), *typing.get_args(ExpressionReason)}
    named = "".join(row[0] for row in table("status"))
    assert [status for status in typing.get_args(Status) if status not in named] == []
    assert [layer for layer in tracer.layers() if f"`{layer}`" not in PAGE] == []


def test_the_first_example():
    block = re.search(r"```python\n(import tracer.*?)```", PAGE, re.S)[1]
    scope = {}
    exec(block, scope)
    assert scope["outcome"].value == "42"
    answer = scope["tracer"].evaluate(scope["tracer"].ValueAfter("f", 1, 2, 1, "n"), scope["outcome"].trace)
    assert repr(answer) in block
