"""The contract between a run and whoever answers: requests in, replies out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core_bench.records import EngineDescription, Reply

Shape = Literal["chat", "completion"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an engine, keyed by (item, method, epoch).

    `prompt` is a plain string in the completion shape and a tuple of messages in the chat shape.
    Generation ends at the first of `stop` (not part of the reply) or after `max_tokens` tokens.
    Prompts of one `group` begin alike (with the same worked examples): an engine that computes several
    prompts together does best to keep them together.
    """

    item: str
    method: str
    epoch: int
    prompt: str | tuple[Message, ...]
    stop: tuple[str, ...]
    max_tokens: int
    temperature: float = 0.0
    group: str = ""


class Engine(Protocol):
    """Who answers. Implementations: `transformers`, `openai`, `replay`, `baseline`."""

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield replies in groups as they come, each request answered exactly once, in any order.

        A group is written to disk at once, so a killed run restarts between groups. A request that can
        not be answered yields a reply with `finish="error"`; an error that concerns every request (no
        such server, a refused key) is raised as `CoreBenchError`.
        """
        ...

    def describe(self) -> EngineDescription:
        """Return what decides this engine's replies, for the manifest."""
        ...

    def close(self) -> None:
        """Release the model or the connections; calling it twice is harmless."""
        ...


def cut_at_stop(text: str, stop: Sequence[str]) -> str:
    """Return `text` up to the first occurrence of any stop string."""
    positions = [position for mark in stop if (position := text.find(mark)) >= 0]
    return text[: min(positions)] if positions else text
