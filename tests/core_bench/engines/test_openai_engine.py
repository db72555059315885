"""The OpenAI engine against a server that misbehaves on purpose; every request is accounted for."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from core_bench.engines import Request
from core_bench.engines.openai_engine import OpenAIEngine
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

Ask = Callable[..., Request]
Answer = Callable[..., list[Reply]]
STOP = ("\n", "]")


@pytest.fixture
def answer(scripted: Any) -> Answer:
    """Asks the scripted server; `script` says what happens to the one prompt "q"."""

    def run(requests: Sequence[Request], script: str = "", **options: Any) -> list[Reply]:
        scripted.script["q"] = [step.strip() for step in script.split(",") if step]
        engine = OpenAIEngine("echo", base_url=scripted.address, backoff_s=0.02, **options)
        return [reply for group in engine.generate(requests) for reply in group]

    return run


@pytest.mark.parametrize("prompt", ["q", ["q"]])
@pytest.mark.parametrize(
    ("script", "attempts"),
    [
        ("", 1),
        ("500", 2),
        ("503, cut, malformed", 4),
        ("html, array, empty, null", 5),
        ("429 0, 429 0, 429 0, 429 0, 429 0", 6),
    ],
)
def test_passing_troubles_are_overcome(
    ask: Ask, answer: Answer, prompt: str | list[str], script: str, attempts: int
) -> None:
    [reply] = answer([ask("a", prompt)], script)
    assert (reply.text, reply.finish, reply.attempts) == ("echo q", "stop", attempts)
    assert (reply.prompt_tokens, reply.completion_tokens) == (3, 2)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("500", "HTTP 500: this is a 500"),
        ("cut", "connection failed"),
        ("malformed", "no valid JSON"),
        ("html", "no completion object"),
        ("empty", "no choices"),
        ("null", "no text"),
        ("slow 2", "timed out"),
    ],
)
def test_lasting_troubles_end_in_an_error_reply(ask: Ask, answer: Answer, script: str, reason: str) -> None:
    others = [ask(f"fine{number}", ["fine"]) for number in range(3)]
    replies = answer([ask("a", ["q"]), *others], ",".join([script] * 3), max_attempts=3, timeout_s=0.5)
    [failed] = [reply for reply in replies if reply.item == "a"]
    assert (failed.finish, failed.text, failed.attempts) == ("error", "", 3)
    assert reason in str(failed.error)
    assert sorted(reply.item for reply in replies if reply.finish == "stop") == ["fine0", "fine1", "fine2"]


def test_a_bad_request_is_not_repeated(ask: Ask, answer: Answer, scripted: Any) -> None:
    [reply] = answer([ask("a", ["q"])], "400, 400")
    assert (reply.finish, reply.error, reply.attempts) == ("error", "HTTP 400: this is a 400", 1)
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("401", r"refuses the key \(401\): this is a 401\nSet OPENAI_API_KEY"),
        ("403", r"denies access to echo \(403\)"),
        ("404", r"does not know echo"),
        ("429-quota", r"quota is used up: pay first"),
        ("429 4000", r"asks to wait 4000 s .*\n.*continues where it stopped"),
    ],
)
def test_what_concerns_every_request_is_raised_at_once(
    ask: Ask, answer: Answer, scripted: Any, behaviour: str, message: str
) -> None:
    scripted.always = behaviour
    with pytest.raises(CoreBenchError, match=message):
        answer([ask(f"i{number}", ["x"]) for number in range(50)])
    assert len(scripted.seen) <= 8


def test_retry_after_is_obeyed_by_all(ask: Ask, answer: Answer, scripted: Any) -> None:
    requests = [ask("a", ["q"]), *(ask(f"i{number}", ["x"]) for number in range(5))]
    replies = answer(requests, "429 0.6", concurrency=1)
    assert len(replies) == 6
    assert scripted.arrivals[1] - scripted.arrivals[0] >= 0.6


@pytest.mark.parametrize(
    ("behaviour", "finish", "text"),
    [
        ("length", "length", "cut off"),
        ("null-length", "length", ""),
        ("filtered", "refused", ""),
        ("refusal", "refused", "I can not help."),
    ],
)
def test_why_a_reply_ended(ask: Ask, answer: Answer, behaviour: str, finish: str, text: str) -> None:
    [reply] = answer([ask("a", ["q"])], behaviour)
    assert (reply.finish, reply.text, reply.attempts) == (finish, text, 1)


def test_unsupported_parameters_are_learned_once(ask: Ask, answer: Answer, scripted: Any) -> None:
    scripted.unsupported = ("max_tokens", "stop", "temperature")
    requests = [ask(f"i{number}", [f"x{number}] and more"], stop=STOP) for number in range(20)]
    replies = answer(requests, concurrency=1)
    assert [reply.text for reply in replies] == [f"echo x{number}" for number in range(20)]
    assert {reply.finish for reply in replies} == {"stop"}
    assert [reply.attempts for reply in replies] == [4, *[1] * 19]
    assert set(scripted.seen[-1]) == {"model", "messages", "max_completion_tokens"}


def test_unsupported_parameters_meet_many_requests_at_once(ask: Ask, answer: Answer, scripted: Any) -> None:
    scripted.unsupported = ("max_tokens", "stop", "temperature")
    replies = answer([ask(f"i{number}", ["x"], stop=STOP) for number in range(20)], concurrency=8)
    assert {reply.finish for reply in replies} == {"stop"}


def test_a_parameter_without_replacement_is_an_error_reply(ask: Ask, answer: Answer, scripted: Any) -> None:
    scripted.unsupported = ("max_tokens",)
    [reply] = answer([ask("a", "q")])  # plain completions know no other name for the limit
    assert reply.finish == "error"
    assert "max_tokens" in str(reply.error)


def test_what_is_sent(ask: Ask, answer: Answer, scripted: Any) -> None:
    answer([ask("a", "q", stop=("1", "2", "3", "4", "5"), max_tokens=7, temperature=0.5)])
    answer([ask("a", ["q"])])
    assert scripted.seen[0] == {
        "model": "echo",
        "prompt": "q",
        "stop": ["1", "2", "3", "4"],
        "max_tokens": 7,
        "temperature": 0.5,
        "seed": scripted.seen[0]["seed"],
    }
    turns = [{"role": "user", "content": "q"}]
    assert scripted.seen[1] == {"model": "echo", "messages": turns, "max_tokens": 8, "temperature": 0.0}


def test_no_more_requests_in_flight_than_allowed(ask: Ask, answer: Answer, scripted: Any) -> None:
    replies = answer([ask(f"i{number}", ["x"]) for number in range(30)], concurrency=3)
    assert len(replies) == 30
    assert 1 < scripted.most_in_flight <= 3


def test_closing_early_cancels_what_is_in_flight(ask: Ask, scripted: Any) -> None:
    scripted.script["slow"] = ["slow 900"] * 10
    engine = OpenAIEngine("echo", base_url=scripted.address, concurrency=4)
    requests = [ask("a", ["x"]), *(ask(f"i{number}", ["slow"]) for number in range(10))]
    groups: Any = engine.generate(requests)
    [first] = next(groups)
    assert first.item == "a"
    started = time.monotonic()
    groups.close()
    assert time.monotonic() - started < 600
    assert not [thread for thread in threading.enumerate() if thread.name == "core-bench requests"]


def test_nobody_at_the_address_is_an_error_that_names_it(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    engine = OpenAIEngine("echo", base_url=f"http://127.0.0.1:{port}/v1")
    started = time.monotonic()
    with pytest.raises(CoreBenchError, match=f"nobody answers at http://127.0.0.1:{port}/v1"):
        list(engine.generate([ask(f"i{number}", ["x"]) for number in range(20)]))
    assert time.monotonic() - started < 60


def test_the_key_is_sent_and_never_described(
    ask: Ask, scripted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", " s3cret\n")
    engine = OpenAIEngine("echo", base_url=scripted.address, api_key_env="MY_KEY")
    assert len(list(engine.generate([ask("a", ["x"])]))) == 1
    assert "s3cret" not in engine.describe().model_dump_json()
