import tomllib
from pathlib import Path

import pytest

from core_bench import methods
from core_bench.engines import Message
from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.methods import known_methods, load_method
from tracer import Gold, evaluate, literal, parse_literal, record_calls
from tracer.queries import ConditionOutcome, ValueAfter

SAMPLE = Item("a", "sample", "p", "p/r", "def f(x):\n    return x\n", "f", "1", "f(1)")
PROBE = Item("b", "probe", "p", "p/r", "def f(x):\n    x += 1\n    return x\n", "f", "1", "x", "What is x?")
EXAMPLES = tomllib.loads(
    (Path(methods.__file__).parent / "templates" / "examples.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", known_methods())
@pytest.mark.parametrize("item", [SAMPLE, PROBE])
def test_a_completion_prompt_ends_where_the_model_goes_on(name, item):
    prompt = load_method(name).render(item, "completion")
    assert isinstance(prompt, str)
    ending = {"io": f"assert {item.target} ==", "cot": "[THOUGHT]"}[name]
    assert prompt.rstrip("\n").endswith(ending)
    assert prompt.count("[PYTHON]") == 3
    if item.question:
        assert item.question in prompt
        assert "2      x += 1" in prompt


@pytest.mark.parametrize("name", known_methods())
@pytest.mark.parametrize("item", [SAMPLE, PROBE])
def test_a_chat_prompt_is_one_user_message(name, item):
    [message] = load_method(name).render(item, "chat")
    assert isinstance(message, Message)
    assert message.role == "user"
    assert message.content.rstrip().endswith("[/QUESTION]" if item.question else "[/PYTHON]")


def test_a_prompt_that_continues_an_assertion_ends_without_a_newline():
    assert load_method("io").render(SAMPLE, "completion").endswith("assert f(1) ==")


@pytest.mark.parametrize("example", EXAMPLES["sample"])
def test_the_answers_of_sample_examples_are_true(example):
    entry_point, _, arguments = example["call"].rstrip(")").partition("(")
    [outcome] = record_calls(example["code"], entry_point, [arguments])
    assert outcome.value == literal(parse_literal(example["answer"]))


@pytest.mark.parametrize(
    ("number", "query"),
    [(0, ValueAfter("refill", 1, 4, 2, "tank")), (1, ConditionOutcome("trim_queue", 1, 4, 2))],
)
def test_the_answers_of_probe_examples_are_true(number, query):
    example = EXAMPLES["probe"][number]
    entry_point, _, arguments = example["call"].rstrip(")").partition("(")
    [outcome] = record_calls(example["code"].strip(), entry_point, [arguments])
    assert evaluate(query, outcome.trace) == Gold(example["answer"])
    assert f"line {query.line}" in example["question"]


def test_an_unknown_method_is_an_error_that_lists_the_known_ones():
    with pytest.raises(CoreBenchError, match="there is no method ot\nKnown methods: cot, io"):
        load_method("ot")


def test_methods_have_distinct_hashes():
    assert len({load_method(name).hash for name in known_methods()}) == len(known_methods())
