"""The three baselines, in both shapes."""

from collections.abc import Callable
from typing import Any

import pytest

from core_bench.engines import BaselineItem, Request
from core_bench.engines.baseline_engine import BaselineEngine
from core_bench.errors import CoreBenchError

ITEMS = {
    "a/0": BaselineItem("[1, 2]", "'x'", "a"),
    "a/1": BaselineItem("7", "8", "a"),
    "a/2": BaselineItem("7", "9", "a"),
    "b/0": BaselineItem("'z'", "None", "b"),
    "b/1": BaselineItem("'y'", "0", "b"),
}
Ask = Callable[..., Request]


@pytest.mark.parametrize(
    ("kind", "answers"),
    [
        ("oracle", ["[1, 2]", "7", "7", "'z'", "'y'"]),
        ("echo", ["'x'", "8", "9", "None", "0"]),
        ("majority", ["7", "7", "7", "'y'", "'y'"]),
    ],
)
def test_answers_take_the_form_of_the_shape(ask: Ask, kind: Any, answers: list[str]) -> None:
    engine = BaselineEngine(kind, ITEMS)
    [plain] = engine.generate([ask(item) for item in ITEMS])
    assert [reply.text for reply in plain] == [f" {answer}" for answer in answers]
    [chat] = engine.generate([ask(item, ["?"]) for item in ITEMS])
    assert [reply.text for reply in chat] == [f"[ANSWER]\n{answer}\n[/ANSWER]" for answer in answers]


def test_the_majority_does_not_depend_on_the_order(ask: Ask) -> None:
    backwards = dict(reversed(ITEMS.items()))
    [replies] = BaselineEngine("majority", backwards).generate([ask("b/0")])
    assert replies[0].text == " 'y'"


def test_an_unknown_item_gets_an_error_reply(ask: Ask) -> None:
    [[reply]] = BaselineEngine("oracle", ITEMS).generate([ask("c/0")])
    assert (reply.finish, reply.text) == ("error", "")
    assert "c/0" in str(reply.error)


def test_an_unknown_baseline_lists_the_known_ones() -> None:
    with pytest.raises(CoreBenchError, match="Known: oracle, echo, majority"):
        BaselineEngine("random", ITEMS)  # type: ignore[arg-type]
