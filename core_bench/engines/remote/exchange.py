"""One question to an OpenAI-compatible server: what is sent, and what its answer says."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Literal

from core_bench.engines.base import Request, cut_at_stop
from core_bench.engines.remote.dialect import Dialect
from core_bench.engines.replies import sampling_seed
from core_bench.records import Reply

# The most that the OpenAI API takes; others are applied to the reply only.
_MOST_STOPS = 4


class UnusableAnswerError(Exception):
    """The server answered, but not in the agreed form. Asking again may help."""


class NotStreamedError(UnusableAnswerError):
    """The server was asked to stream and did not; asked plainly it may answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The text of an answer and why it ended; seconds to its first token, if it was streamed."""

    text: str
    finish: Literal["stop", "length", "refused"]
    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning: str | None = None
    first_token_seconds: float | None = None


def parameters_for(model: str, request: Request, dialect: Dialect) -> dict[str, Any]:
    """Return the body of a request: of chat.completions for a chat, of completions for a plain prompt."""
    parameters: dict[str, Any] = {"model": model}
    if dialect.sends_temperature:
        parameters["temperature"] = request.temperature
    if dialect.sends_seed and request.temperature > 0:
        parameters["seed"] = sampling_seed(request) % 2**31
    if dialect.sends_stop and request.stop:
        parameters["stop"] = list(request.stop[:_MOST_STOPS])
    if isinstance(request.prompt, str):
        return {**parameters, "max_tokens": request.max_tokens, "prompt": request.prompt}
    messages = [{"role": turn.role, "content": turn.content} for turn in request.prompt]
    return {**parameters, dialect.limit: request.max_tokens, "messages": messages}


async def exchange(client: Any, model: str, request: Request, dialect: Dialect) -> Answer:
    """Ask once.

    Args:
        client: An `openai.AsyncOpenAI`.
        model: The model's name on the server.
        request: A chat goes to chat.completions, a plain prompt to completions.
        dialect: Which parameters to send.

    Raises:
        UnusableAnswerError: The answer is malformed.
        openai.APIError: The request failed.
    """
    parameters = parameters_for(model, request, dialect)
    interface = client.completions if isinstance(request.prompt, str) else client.chat.completions
    first = None
    try:
        if dialect.streams:
            got, first = await streamed(interface, parameters)
        else:
            got = await interface.create(**parameters)
    except json.JSONDecodeError as error:  # the client lets it through
        raise UnusableAnswerError("the answer is no valid JSON") from error
    answer = read_answer(got, is_chat=not isinstance(request.prompt, str), stop=request.stop)
    return replace(answer, first_token_seconds=first)


async def streamed(interface: Any, parameters: dict[str, Any]) -> tuple[Any, float | None]:
    """Ask for an answer in pieces; return it put together, and the seconds to the first piece of text.

    Raises:
        NotStreamedError: Nothing came in pieces.
        UnusableAnswerError: The pieces ended before the answer did.
    """
    started = time.perf_counter()
    first: float | None = None
    texts: dict[str, list[str]] = {"content": [], "refusal": [], "reasoning": []}
    finish = usage = None
    pieces = 0
    told = await interface.create(**parameters, stream=True, stream_options={"include_usage": True})
    async for piece in _pieces(told):
        pieces += 1
        usage = getattr(piece, "usage", None) or usage
        choices = getattr(piece, "choices", None)
        if not isinstance(choices, list) or not choices:
            continue
        finish = getattr(choices[0], "finish_reason", None) or finish
        for name, text in _texts_of(choices[0]):
            texts[name].append(text)
            first = first or time.perf_counter() - started
    if not pieces:
        raise NotStreamedError("the answer was not streamed")
    if finish is None:
        raise UnusableAnswerError("the answer broke off")
    whole = {name: "".join(parts) or None for name, parts in texts.items()}
    if finish != "length":
        whole["content"] = whole["content"] or ""
    choice = SimpleNamespace(finish_reason=finish, message=SimpleNamespace(**whole), text=whole["content"])
    return SimpleNamespace(choices=[choice], usage=usage), first


async def _pieces(told: Any) -> AsyncIterator[Any]:
    """Yield the pieces of a stream; what breaks beneath the client comes out of it as it is."""
    import openai

    async with told:
        try:
            async for piece in told:
                yield piece
        except (openai.APIError, json.JSONDecodeError):
            raise
        except Exception as error:
            raise UnusableAnswerError(f"the answer broke off: {error}") from error


def _texts_of(choice: Any) -> list[tuple[str, str]]:
    """Return the pieces of text of a streamed choice, each with what it belongs to."""
    delta = getattr(choice, "delta", None)
    thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None)
    said = getattr(delta, "content", None) or getattr(choice, "text", None)
    found = (("content", said), ("refusal", getattr(delta, "refusal", None)), ("reasoning", thought))
    return [(name, text) for name, text in found if isinstance(text, str) and text]


def read_answer(got: Any, *, is_chat: bool, stop: tuple[str, ...]) -> Answer:
    """Read an answer without trust: the client builds its objects from whatever fields came."""
    choices = getattr(got, "choices", None)
    if not isinstance(choices, list):
        raise UnusableAnswerError("the answer is no completion object")
    if not choices:
        raise UnusableAnswerError("the answer has no choices")
    said = getattr(choices[0], "finish_reason", None)
    message = getattr(choices[0], "message", None)
    text = getattr(message, "content", None) if is_chat else getattr(choices[0], "text", None)
    refusal = getattr(message, "refusal", None)
    usage = getattr(got, "usage", None)
    counts = (_count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))
    thought = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None)
    reasoning = _clean(thought) if isinstance(thought, str) else None
    if refusal or said in {"content_filter", "refusal"}:
        return Answer(_clean(str(refusal or text or "")), "refused", *counts, reasoning)
    if text is None and said == "length":  # a reasoning model that spent all its tokens on thinking
        return Answer("", "length", *counts, reasoning)
    if not isinstance(text, str):
        raise UnusableAnswerError("the answer has no text")
    text = _clean(text)
    cut = cut_at_stop(text, stop)
    return Answer(cut, "length" if said == "length" and cut == text else "stop", *counts, reasoning)


def _clean(text: str) -> str:
    """Return text that UTF-8 can hold: JSON may carry halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _count(usage: Any, name: str) -> int | None:
    value = getattr(usage, name, None)
    return value if isinstance(value, int) else None


def as_reply(request: Request, answer: Answer, *, attempts: int, seconds: float | None) -> Reply:
    """Return `answer` under the key of `request`."""
    return Reply(
        item=request.item,
        method=request.method,
        epoch=request.epoch,
        round=request.round,
        text=answer.text,
        finish=answer.finish,
        reasoning=answer.reasoning,
        first_token_seconds=answer.first_token_seconds,
        prompt_tokens=answer.prompt_tokens,
        completion_tokens=answer.completion_tokens,
        seconds=seconds,
        attempts=attempts,
    )
