"""The OpenAI engine against `transformers serve`: real HTTP, real model, the same answers as in process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core_bench.engines import EngineOptions, Request, open_engine
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

pytestmark = [pytest.mark.model, pytest.mark.server]
Ask = Callable[..., Request]

PLAIN = ["The capital of France is", "def add(a, b):\n    return a + b\n\nassert add(2, 3) ==", "1 2 3 4 5 6"]
MAX_TOKENS = 8
CHATS = [["What is the capital of France?"], ["Count from 1 to 5."]]


def _requests(ask: Ask, shape: str) -> list[Request]:
    prompts = PLAIN if shape == "completion" else CHATS
    return [
        ask(f"{shape}{number}", prompt, stop=("\n",), max_tokens=MAX_TOKENS)
        for number, prompt in enumerate(prompts)
    ]


def _answers(model: str, requests: list[Request], **options: object) -> dict[str, Reply]:
    engine = open_engine(model, EngineOptions(**options))  # type: ignore[arg-type]
    replies = {reply.item: reply for group in engine.generate(requests) for reply in group}
    engine.close()
    return replies


@pytest.mark.parametrize("shape", ["completion", "chat"])
def test_greedy_answers_are_those_of_the_local_engine(
    ask: Ask, smollm2: Path, smollm2_server: str, shape: str
) -> None:
    requests = _requests(ask, shape)
    served = _answers(f"openai:{smollm2}", requests, base_url=smollm2_server, concurrency=2)
    # Batches of one: the server, too, computes each request alone, so even bf16 must agree.
    local = _answers(str(smollm2), requests, batch_size=1)
    assert {item: reply.text for item, reply in served.items()} == {
        item: reply.text for item, reply in local.items()
    }
    for item, reply in served.items():
        assert reply.prompt_tokens == local[item].prompt_tokens
        # transformers serve calls every reply of full length "length", even one that ends with its last token.
        assert reply.finish == local[item].finish or reply.completion_tokens == MAX_TOKENS
        assert "\n" not in reply.text


def test_a_wrong_model_name_is_explained(ask: Ask, smollm2_server: str) -> None:
    requests = [ask(f"i{number}", "x") for number in range(30)]
    with pytest.raises(CoreBenchError, match=r"rejected the first 10 requests: HTTP 400: .*/no/such/model"):
        _answers("openai:/no/such/model", requests, base_url=smollm2_server)
