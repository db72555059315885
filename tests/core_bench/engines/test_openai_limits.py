"""Quirks of reasoning models, rate limits, the spending cap, echoed log-probabilities, and the batch interface."""

import json
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core_bench.engines import LikelihoodRequest, Request
from core_bench.engines.openai_engine import OpenAIEngine
from core_bench.engines.remote.batch_api import answer_in_batch
from core_bench.engines.remote.dialect import Dialect, first_dialect
from core_bench.engines.remote.exchange import read_answer
from core_bench.engines.remote.pacing import Bucket
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

Ask = Callable[..., Request]

PRICES = """
currency = "EUR"
[models.echo]
input = 1_000_000
output = 2_000_000
"""


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.toml"
    path.write_text(PRICES)
    return path


@pytest.mark.parametrize("model", ["o3-mini", "gpt-5", "gpt-5-mini", "openai/o1"])
def test_known_reasoning_models_are_asked_in_their_dialect_at_once(model: str) -> None:
    dialect = first_dialect(model)
    assert (dialect.limit, dialect.left_out) == ("max_completion_tokens", "stop,temperature")


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5-chat-latest", "llama-3", "olmo-2", "foo1"])
def test_other_models_are_asked_as_usual(model: str) -> None:
    assert first_dialect(model) == Dialect()


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_kept_apart_from_the_text(field: str) -> None:
    message = SimpleNamespace(content="[ANSWER]\n1\n\ud800", **{field: "I think [ANSWER] 2"})
    got = SimpleNamespace(choices=[SimpleNamespace(message=message, finish_reason="stop")])
    answer = read_answer(got, is_chat=True, stop=())
    assert (answer.text, answer.reasoning) == ("[ANSWER]\n1\n?", "I think [ANSWER] 2")


def test_a_bucket_spreads_what_it_lets_through() -> None:
    now = [0.0]
    bucket = Bucket(60, burst_seconds=2, clock=lambda: now[0])
    assert [bucket.wait_for(1) for _ in range(5)] == [0, 0, 1, 2, 3]
    now[0] = 100.0
    assert [bucket.wait_for(1) for _ in range(3)] == [0, 0, 1]


def test_requests_a_minute_are_kept(ask: Ask, scripted: Any) -> None:
    engine = OpenAIEngine("echo", base_url=scripted.address, requests_per_minute=600)
    started = time.monotonic()
    assert len(list(engine.generate([ask(f"i{number}", ["x"]) for number in range(60)]))) == 60
    assert time.monotonic() - started >= 0.9, "50 at once, then ten a second"


def test_the_cap_is_never_exceeded_and_what_was_bought_is_kept(ask: Ask, scripted: Any, prices: Path) -> None:
    # Each answer costs 3 + 2 * 2 = 7; a request may cost up to 10.4 + 2 * 2 before its answer is there.
    engine = OpenAIEngine("echo", base_url=scripted.address, prices=prices, max_cost=40, concurrency=8)
    replies: list[Reply] = []

    def go() -> None:
        for group in engine.generate([ask(f"i{number}", ["x"], max_tokens=2) for number in range(50)]):
            replies.extend(group)

    with pytest.raises(CoreBenchError, match=r"spending cap is reached: 28\.0000 of 40 EUR"):
        go()
    assert len(replies) == len(scripted.seen) == 4
    assert (engine.measured().cost, engine.measured().currency) == (28.0, "EUR")


def test_prices_are_needed_and_must_know_the_model(prices: Path) -> None:
    with pytest.raises(CoreBenchError, match="--prices FILE"):
        OpenAIEngine("echo", base_url="http://localhost:1", max_cost=1)
    with pytest.raises(CoreBenchError, match="no price for other"):
        OpenAIEngine("other", base_url="http://localhost:1", prices=prices)
    prices.write_text("currency = 3")
    with pytest.raises(CoreBenchError, match="is no price table"):
        OpenAIEngine("echo", base_url="http://localhost:1", prices=prices)


@pytest.fixture
def echoing() -> Iterator[str]:
    """A server that echoes prompts with log-probabilities, a token a character."""
    import asyncio
    import socket
    import threading

    import uvicorn
    from fastapi import FastAPI
    from fastapi import Request as Incoming

    app = FastAPI()

    @app.post("/v1/completions")
    async def complete(request: Incoming) -> Any:
        body = await request.json()
        text = body["prompt"] + "!"
        chances = [None, *[-0.5 if char == "7" else -2.0 for char in text[1:]]]
        told = {
            "tokens": list(text),
            "token_logprobs": chances,
            "text_offset": list(range(len(text))),
            "top_logprobs": [None, *[{"7": -0.5} for _ in text[1:]]],
        }
        choice = {"index": 0, "text": text, "finish_reason": "length", "logprobs": told}
        return {"id": "1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    server.should_exit = server.force_exit = True
    thread.join(10)
    listening.close()


def _likely(*answers: str, prompt: Any = "f(1) ==") -> LikelihoodRequest:
    return LikelihoodRequest("a", "io", 0, prompt, "", answers)


def test_an_echoing_server_tells_likelihoods(echoing: str) -> None:
    engine = OpenAIEngine("m", base_url=echoing)
    [[scored]] = engine.likelihoods([_likely("77", "7x")])
    seven, other = scored.scores
    assert (seven.logprob, seven.tokens, seven.greedy) == (-1.0, 2, True)
    assert math.isclose(other.logprob, -2.5)
    assert not other.greedy


def test_a_server_that_does_not_echo_is_refused_by_name(scripted: Any, ask: Ask) -> None:
    engine = OpenAIEngine("echo", base_url=scripted.address)
    with pytest.raises(CoreBenchError, match=r"127\.0\.0\.1:\d+/v1 cannot tell the log-probability"):
        list(engine.likelihoods([_likely(" 1")]))
    chat = ask("a", ["hello"]).prompt
    with pytest.raises(CoreBenchError, match="in the chat shape cannot tell"):
        list(engine.likelihoods([_likely(" 1", prompt=chat)]))


class Batches:
    """The batch interface of a client, in memory; `answered` says which of the lines get an answer."""

    def __init__(self, missing: int | None = None) -> None:
        self.created = 0
        self.content: list[dict[str, Any]] = []
        self.stored: Any = None
        self.files = self.batches = self
        self._missing = missing
        self._looks = 0

    async def create(self, **given: Any) -> Any:
        if "file" in given:
            self.content = [json.loads(line) for line in given["file"][1].read().decode().splitlines()]
            return SimpleNamespace(id="file-1")
        self.created += 1
        self.stored = SimpleNamespace(id="b", status="validating", metadata=given["metadata"])
        return self.stored

    async def list(self, limit: int) -> Any:
        if self.stored is not None:
            yield self.stored

    async def retrieve(self, name: str) -> Any:
        self._looks += 1
        if self._looks >= 2:
            self.stored.status, self.stored.output_file_id = "completed", "out"
        return self.stored

    async def _content(self, name: str) -> Any:
        rows = []
        for number, line in enumerate(self.content):
            if number == self._missing:
                continue
            text = "echo " + line["body"]["messages"][-1]["content"]
            body = {
                "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 3},
            }
            rows.append({"custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}})
        return SimpleNamespace(text="\n".join(map(json.dumps, reversed(rows))))


def test_a_batch_is_handed_in_once_and_found_again(ask: Ask) -> None:
    import asyncio

    requests = [ask(f"i{number}", [f"q{number}"]) for number in range(3)]
    client = Batches(missing=1)
    replies: dict[str, Reply] = {}

    def go() -> None:
        files = SimpleNamespace(create=client.create, content=client._content)
        whole = SimpleNamespace(files=files, batches=client)
        run = answer_in_batch(
            whole,
            "m",
            requests,
            Dialect(),
            lambda reply: replies.update({reply.item: reply}),
            every_seconds=0,
        )
        asyncio.run(run)

    go()
    assert (replies["i0"].text, replies["i0"].prompt_tokens, replies["i2"].text) == ("echo q0", 3, "echo q2")
    assert (replies["i1"].finish, client.created) == ("error", 1)
    go()
    assert client.created == 1, "an interrupted run finds its batch again"
