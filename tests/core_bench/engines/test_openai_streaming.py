"""Time to the first token, and prompts that do not fit: what a server tells if it is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from core_bench.engines.base import Request
from core_bench.engines.openai_engine import OpenAIEngine
from core_bench.records import Reply

Ask = Callable[..., Request]


@pytest.fixture
def engine(scripted: Any) -> Callable[..., OpenAIEngine]:
    def make(**options: Any) -> OpenAIEngine:
        return OpenAIEngine("echo", base_url=scripted.address, **{"backoff_s": 0.01, **options})

    return make


def _replies(engine: OpenAIEngine, requests: list[Request]) -> list[Reply]:
    return [reply for group in engine.generate(requests) for reply in group]


@pytest.mark.parametrize("prompt", ["one two three four", ["one two three four"]])
def test_a_streamed_reply_tells_its_first_token(engine: Any, scripted: Any, ask: Ask, prompt: Any) -> None:
    [plain] = _replies(engine(), [ask("a", prompt)])
    [streamed] = _replies(engine(stream=True), [ask("a", prompt)])
    assert plain.first_token_seconds is None
    assert streamed.first_token_seconds is not None
    assert streamed.seconds is not None
    assert 0 < streamed.first_token_seconds < streamed.seconds
    untimed = {"seconds": None, "first_token_seconds": None}
    assert streamed.model_copy(update=untimed) == plain.model_copy(update=untimed)
    assert [body.get("stream") for body in scripted.seen] == [None, True]


def test_stop_strings_cut_a_streamed_reply(engine: Any, ask: Ask) -> None:
    [reply] = _replies(engine(stream=True), [ask("a", "one two three", stop=("two",))])
    assert (reply.text, reply.finish) == ("echo one ", "stop")


def test_a_server_that_does_not_stream_is_asked_plainly(engine: Any, scripted: Any, ask: Ask) -> None:
    scripted.streams = False
    asked = engine(stream=True, concurrency=1)
    replies = _replies(asked, [ask("a"), ask("b")])
    assert [(reply.text, reply.attempts) for reply in replies] == [("echo 2 + 2 =", 2), ("echo 2 + 2 =", 1)]
    assert [reply.first_token_seconds for reply in replies] == [None, None]
    assert asked.describe().environment["streams"] is False


@pytest.mark.parametrize("name", ["stream", "stream_options"])
def test_a_server_that_refuses_to_stream_is_asked_plainly(
    engine: Any, scripted: Any, ask: Ask, name: str
) -> None:
    scripted.unsupported = (name,)
    [reply] = _replies(engine(stream=True), [ask("a")])
    assert (reply.text, reply.attempts) == ("echo 2 + 2 =", 2)


def test_a_stream_that_breaks_off_is_asked_again(engine: Any, scripted: Any, ask: Ask) -> None:
    scripted.script["2 + 2 ="] = ["broken", "ok"]
    [reply] = _replies(engine(stream=True), [ask("a")])
    assert (reply.text, reply.attempts) == ("echo 2 + 2 =", 2)
    assert reply.first_token_seconds is not None


@pytest.mark.parametrize("shape", [str, lambda text: [text]])
def test_what_does_not_fit_is_named_before_anything_is_sent(
    engine: Any, scripted: Any, ask: Ask, shape: Any
) -> None:
    scripted.window = 100
    requests = [ask("fits", shape("x y z")), ask("long", shape("x " * 150))]
    groups = engine().generate(requests)
    [first] = next(groups)
    assert (first.item, first.finish, first.prompt_tokens) == ("long", "error", 150)
    assert first.error == "the prompt has 150 tokens, the context window of echo holds 100"
    assert [reply.item for group in groups for reply in group] == ["fits"]
    assert len(scripted.seen) == 1


def test_a_reply_is_asked_for_as_long_as_there_is_room(engine: Any, scripted: Any, ask: Ask) -> None:
    scripted.window = 100
    _replies(engine(), [ask("a", "x " * 60, max_tokens=64), ask("b", "x", max_tokens=8)])
    assert sorted(body["max_tokens"] for body in scripted.seen) == [8, 40]


def test_without_a_count_only_what_surely_does_not_fit_is_refused(
    engine: Any, scripted: Any, ask: Ask
) -> None:
    scripted.counts = False
    asked = engine(context_window=100)
    replies = _replies(asked, [ask("a", "x" * 700), ask("b", "x" * 801), ask("c", "x" * 900)])
    refused = {reply.item: reply.error for reply in replies if reply.finish == "error"}
    assert refused == {
        "b": "the prompt has at least 100 tokens, the context window of echo holds 100",
        "c": "the prompt has at least 112 tokens, the context window of echo holds 100",
    }
    assert len(scripted.seen) == 1


def test_a_server_that_tells_no_window_is_just_asked(engine: Any, scripted: Any, ask: Ask) -> None:
    [reply] = _replies(engine(), [ask("a", "x " * 5000)])
    assert reply.finish == "stop"
