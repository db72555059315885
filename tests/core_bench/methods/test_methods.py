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
    thought = {"cot": "[THOUGHT]", "coc": "[TRACE]", "rhda": "[ANALYSIS]"}
    ending = thought.get(name.partition("-")[0], f"assert {item.target} ==")
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
    with pytest.raises(
        CoreBenchError,
        match="there is no method ot\nKnown methods: coc, cot, io, rhda, rhda-majority, rhda-oracle",
    ):
        load_method("ot")


def test_methods_have_distinct_hashes():
    assert len({load_method(name).hash for name in known_methods()}) == len(known_methods())


@pytest.mark.parametrize("example", [*EXAMPLES["sample"], *EXAMPLES["probe"]])
def test_the_traces_of_the_examples_are_true(example):
    entry_point, _, arguments = example["call"].rstrip(")").partition("(")
    [outcome] = record_calls(example["code"].strip(), entry_point, [arguments])
    [frame] = outcome.trace.frames
    lines = []
    for number, step in enumerate(frame.steps, 1):
        changes = [f"{name} = {value}" for name, value in step.changed.items()]
        changes += [f"return = {outcome.value}"] if number == len(frame.steps) else []
        lines.append(f"line {step.line}: {', '.join(changes)}".rstrip())
    assert example["trace"].strip().splitlines() == lines


@pytest.mark.parametrize("name", ["rhda", "rhda-oracle"])
@pytest.mark.parametrize("item", [SAMPLE, PROBE])
def test_a_later_round_goes_on_from_the_replies_before(name, item):
    method = load_method(name)
    chat = method.render(item, "chat", ["first", "second"])
    assert [turn.role for turn in chat] == ["user", "assistant", "user", "assistant", "user"]
    assert [turn.content for turn in chat][1::2] == ["first", "second"]
    plain = method.render(item, "completion", ["first", "second"])
    assert plain.startswith(method.render(item, "completion") + "first\n[/ANSWER]\n[CHECK]")
    assert plain.endswith("[ANALYSIS]")
    told = "assertion does not hold" in chat[2].content
    assert told == (name == "rhda-oracle"), "only the oracle may say that an answer is wrong"


@pytest.mark.parametrize("item", [SAMPLE, PROBE])
def test_hypotheses_do_not_see_each_other_and_amendments_go_on_from_the_last(item):
    method = load_method("rhda-majority")
    for shape in ("chat", "completion"):
        first = method.render(item, shape)
        assert method.render(item, shape, ["one"]) == first
        assert method.render(item, shape, ["one", "two"]) == first
    chat = method.render(item, "chat", ["one", "two", "three", "four"])
    assert [turn.content for turn in chat][1::2] == ["three", "four"]
    assert "does not hold" not in chat[2].content.partition("Go through")[0], "nobody knows that it is wrong"
    plain = method.render(item, "completion", ["one", "two", "three"])
    assert plain.startswith(method.render(item, "completion") + "three\n[/ANSWER]\n[CHECK]")
    assert plain.endswith("[ANALYSIS]")


def test_a_majority_needs_hypotheses(mine):
    settings = (mine / "method.toml").read_text()
    (mine / "method.toml").write_text(settings + '[amendment]\nfeedback = "majority"\nrounds = 1\n')
    with pytest.raises(CoreBenchError, match="needs at least 2 hypotheses"):
        load_method(str(mine))


def test_rounds_can_be_set_for_methods_that_have_some():
    assert load_method("rhda").with_rounds(5).amendment.rounds == 5
    assert load_method("rhda").amendment.rounds == 2
    with pytest.raises(CoreBenchError, match="io does not ask again"):
        load_method("io").with_rounds(2)


@pytest.fixture
def mine(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    settings = 'stop = ["]"]\nmax_tokens = 9\nanswer = "tagged"\n'
    (folder / "method.toml").write_text(
        f'version = "7"\ndescription = "mine"\n[chat]\n{settings}[completion]\n{settings}'
    )
    for shape in ("chat", "completion"):
        for kind in ("sample", "probe"):
            (folder / f"{shape}_{kind}.j2").write_text("{{ examples|length }} {{ code }} {{ target }}?")
    return folder


def test_a_folder_is_a_method(mine):
    method = load_method(str(mine))
    assert (method.name, method.version, method.settings("chat").max_tokens) == ("mine", "7", 9)
    assert method.render(PROBE, "completion") == "2 def f(x):\n    x += 1\n    return x x?"
    before = method.hash
    (mine / "chat_probe.j2").write_text("{{ nothing }}")
    assert load_method(str(mine)).hash != before
    with pytest.raises(CoreBenchError, match=r"chat_probe.j2 of the method mine fails: UndefinedError"):
        load_method(str(mine)).render(PROBE, "chat")


def test_a_method_of_ones_own_has_a_name_of_its_own(mine, tmp_path):
    with pytest.raises(CoreBenchError, match="is called like the method io"):
        load_method(str(mine.rename(tmp_path / "io")))
    with pytest.raises(CoreBenchError, match=r"holds no method\.toml"):
        load_method(str(tmp_path))
