"""Continuing a batch of token sequences with a transformers model, deterministically.

Why not `model.generate`: it computes on for finished sequences until the last one ends, and it applies
whatever sampling settings the checkpoint's generation config brings. The benchmark asks for short
answers that end at very different lengths, and for plain greedy decoding. In fp32 both give the same
tokens (a test holds that).
"""

import math
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core_bench.engines.local.checkpoint import Checkpoint
from core_bench.engines.local.padded_batch import PaddedBatch
from core_bench.engines.local.stopping import StopSearch
from core_bench.engines.local.tree_batch import TreeBatch

_DROP_SHARE = 8
"""Finished sequences leave the batch once they are an eighth of it: leaving copies what stays."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to continue and until when.

    Attributes:
        tokens: At least one.
        stop: Strings that end the reply.
        max_tokens: The longest reply, at least 1.
        temperature: 0 takes the likeliest token each time, more samples.
        seed: Of the sampling; the reply does not depend on the other sequences' seeds.
        family: Prompts of an equal family (one program, say) are likely to begin alike.
    """

    tokens: Sequence[int]
    stop: tuple[str, ...]
    max_tokens: int
    temperature: float
    seed: int
    family: Hashable = ""


@dataclass(frozen=True, slots=True)
class Continuation:
    """What the model wrote.

    Attributes:
        text: Up to the stop string.
        finish: `error` when the model's scores were not finite numbers.
        tokens: How many were generated, those of the stop string or end mark included.
        seconds: From the start of the batch to the end of this sequence.
    """

    text: str
    finish: Literal["stop", "length", "error"]
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Batched:
    """A computed batch.

    Attributes:
        continuations: One a prompt, in their order.
        computed: Tokens of prompts that were computed; what prompts share counts once.
        prefill_seconds: Until the first token of every sequence was known.
        decode_tokens: Tokens that were generated after the first ones.
        decode_seconds: What they took.
    """

    continuations: list[Continuation]
    computed: int
    prefill_seconds: float
    decode_tokens: int
    decode_seconds: float


class StoppedError(Exception):
    """The replies are not wanted any more."""


def open_batch(
    checkpoint: Checkpoint,
    prompts: Sequence[Sequence[int]],
    families: Sequence[Hashable],
    own: Sequence[int] | None = None,
) -> TreeBatch | PaddedBatch:
    """Return a batch that shares as much as the model allows."""
    if checkpoint.shares:
        return TreeBatch(checkpoint, prompts, families, own)
    return PaddedBatch(checkpoint, prompts, own)


def continue_batch(
    checkpoint: Checkpoint, prompts: Sequence[Prompt], stopped: Callable[[], bool] = lambda: False
) -> Batched:
    """Continue `prompts` together.

    Raises:
        StoppedError: `stopped`, which is asked before every token, said so.
    """
    import torch

    started = time.perf_counter()
    prefilled = None
    rows = [_Row(prompt, checkpoint, started) for prompt in prompts]
    with torch.inference_mode():
        batch = open_batch(
            checkpoint, [prompt.tokens for prompt in prompts], [prompt.family for prompt in prompts]
        )
        active = rows
        while True:
            if stopped():
                raise StoppedError
            scores = batch.logits()[:, -1]
            best = scores.amax(dim=-1).tolist()
            # In fp32: that is exact, and many times faster than in bf16.
            likeliest = scores.float().argmax(dim=-1).tolist()
            prefilled = prefilled or time.perf_counter()
            for index, row in enumerate(active):
                row.take(scores[index], likeliest[index], best[index])
            going = [index for index, row in enumerate(active) if row.finish is None]
            if not going:
                break
            if len(active) - len(going) >= max(1, len(active) // _DROP_SHARE) and batch.can_drop:
                going = holes_filled(going)
                batch.keep(going)
                active = [active[index] for index in going]
            batch.append([row.tokens[-1] if row.tokens else checkpoint.pad_token for row in active])
    done = [row.continuation() for row in rows]
    return Batched(
        continuations=done,
        computed=batch.computed,
        prefill_seconds=prefilled - started,
        decode_tokens=sum(max(0, each.tokens - 1) for each in done),
        decode_seconds=time.perf_counter() - prefilled,
    )


def holes_filled(going: Sequence[int]) -> list[int]:
    """Return the rows that go on in an order that moves few: the last ones take the places that are free."""
    stays = set(going)
    last = [index for index in going if index >= len(going)]
    return [place if place in stays else last.pop() for place in range(len(going))]


class _Row:
    """One sequence of the batch while it grows."""

    def __init__(self, prompt: Prompt, checkpoint: Checkpoint, started: float) -> None:
        import torch

        self.tokens: list[int] = []
        self.finish: Literal["stop", "length", "error"] | None = None
        self._prompt = prompt
        self._ends = checkpoint.end_tokens
        self._started = started
        self._seconds = 0.0
        self._search = StopSearch(prompt.stop, lambda tokens: decode(checkpoint.tokenizer, tokens))
        self._random = torch.Generator().manual_seed(prompt.seed) if prompt.temperature > 0 else None

    def take(self, scores: Any, likeliest: int, best: float) -> None:
        """Add the next token, given its scores; does nothing once the sequence is finished."""
        if self.finish is not None:
            return
        if not math.isfinite(best):
            self._end("error")
            return
        token = likeliest if self._random is None else self._sample(scores)
        self.tokens.append(token)
        if token in self._ends or self._search.reached(self.tokens):
            self._end("stop")
        elif len(self.tokens) >= self._prompt.max_tokens:
            self._end("length")

    def continuation(self) -> Continuation:
        ended = bool(self.tokens) and self.tokens[-1] in self._ends
        text, stopped = self._search.text(self.tokens[:-1] if ended else self.tokens)
        finish = "stop" if stopped else self.finish or "length"
        return Continuation(text, finish, len(self.tokens), self._seconds)

    def _sample(self, scores: Any) -> int:
        import torch

        # On the CPU wherever the model is: the generator's numbers then do not depend on the device.
        chances = torch.softmax(scores.float().cpu() / self._prompt.temperature, dim=-1)
        return int(torch.multinomial(chances, 1, generator=self._random))

    def _end(self, finish: Literal["stop", "length", "error"]) -> None:
        self.finish = finish
        self._seconds = time.perf_counter() - self._started


def decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    """Return the text of `tokens`, without special tokens and without any tidying of blanks.

    transformers' tidying would turn `[1 , 2]` into `[1, 2]`: a literal must come out as it was written.
    """
    return str(tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))
