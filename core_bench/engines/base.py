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
    Prompts of one `group` begin alike, from the outermost part of the group inwards: the same worked
    examples, then the same program. An engine that computes several prompts together does best to keep them
    together. `round` counts the turns of a method that asks again.
    """

    item: str
    method: str
    epoch: int
    prompt: str | tuple[Message, ...]
    stop: tuple[str, ...]
    max_tokens: int
    temperature: float = 0.0
    group: tuple[str, ...] = ()
    round: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class LikelihoodRequest:
    """How likely are these answers to this prompt?

    Attributes:
        item: With `method` and `epoch`, the key.
        method: How it is asked.
        epoch: Of the run.
        prompt: As in a `Request`.
        lead: What the reply begins with before the answer, such as `[ANSWER]`; it is given, not measured.
        answers: Texts that may follow, the gold first; each ends with the mark that ends an answer.
        group: As in a `Request`.
    """

    item: str
    method: str
    epoch: int
    prompt: str | tuple[Message, ...]
    lead: str
    answers: tuple[str, ...]
    group: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """The log-probability of one answer: sum over its tokens in nats; was each the likeliest token?"""

    logprob: float
    tokens: int
    greedy: bool

    @property
    def nats(self) -> float:
        """What the answer costs: the negative log-probability."""
        return -self.logprob


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of a `LikelihoodRequest`, one an answer in their order; `error` says why there are none."""

    request: LikelihoodRequest
    scores: tuple[AnswerScore, ...]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What an engine measured of itself since it was made; None where it can not tell.

    The fields are those of `records.Efficiency`.
    """

    parameters: int | None = None
    checkpoint_bytes: int | None = None
    resident_bytes: int | None = None
    peak_rss_bytes: int | None = None
    peak_cuda_bytes: int | None = None
    load_seconds: float | None = None
    prompt_tokens_computed: int | None = None
    prefill_seconds: float | None = None
    decode_tokens: int | None = None
    decode_seconds: float | None = None
    cost: float | None = None
    currency: str | None = None


class Engine(Protocol):
    """Who answers. Implementations: `transformers`, `vllm`, `ray`, `openai`, `replay`, `baseline`."""

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield replies in groups as they come, each request answered exactly once, in any order.

        A group is written to disk at once, so a killed run restarts between groups. A request that can
        not be answered yields a reply with `finish="error"`; an error that concerns every request (no
        such server, a refused key) is raised as `CoreBenchError`.
        """
        ...

    def likelihoods(self, requests: Sequence[LikelihoodRequest]) -> Iterator[Sequence[Scored]]:
        """Yield the scores of given answers in groups as they come, each request exactly once.

        Raises:
            CoreBenchError: This engine can not tell log-probabilities of given text.
        """
        ...

    def measured(self) -> Measured:
        """Return what was computed so far, and what it took."""
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
