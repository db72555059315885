"""Log-probabilities of given answers with a checkpoint on this machine: one forward pass a batch."""

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from core_bench.engines.base import AnswerScore
from core_bench.engines.local.checkpoint import Checkpoint
from core_bench.engines.local.decoding import StoppedError, open_batch


@dataclass(frozen=True, slots=True)
class Forced:
    """A text whose end is scored.

    Attributes:
        context: Tokens before the answer, at least one.
        answer: The tokens that are scored, at least one.
        family: Texts of an equal family are likely to begin alike.
    """

    context: list[int]
    answer: list[int]
    family: Hashable


@dataclass(frozen=True, slots=True)
class Forcing:
    """The scores of a batch, one a text; how many tokens were computed, and the seconds it took."""

    scores: list[AnswerScore]
    computed: int
    seconds: float


def split_answer(context: list[int], whole: list[int]) -> tuple[list[int], list[int]]:
    """Cut the tokens of context and answer together where the answer begins.

    A tokenizer may join the end of the context with the answer's first character; then the joined token
    belongs to the answer.
    """
    at = 0
    while at < min(len(context), len(whole) - 1) and context[at] == whole[at]:
        at += 1
    return whole[:at], whole[at:]


def score_batch(
    checkpoint: Checkpoint, texts: Sequence[Forced], stopped: Callable[[], bool] = lambda: False
) -> Forcing:
    """Score the answers of all texts together.

    Raises:
        StoppedError: `stopped` said so.
    """
    import torch

    if stopped():
        raise StoppedError
    started = time.perf_counter()
    most = max(len(text.answer) for text in texts)
    rows = [[*text.context, *text.answer[:-1]] for text in texts]
    with torch.inference_mode():
        batch = open_batch(
            checkpoint, rows, [text.family for text in texts], [len(text.answer) for text in texts]
        )
        logits = batch.logits(min(most, max(map(len, rows))))
        scores = [_score(logits[row], text.answer) for row, text in enumerate(texts)]
    return Forcing(scores, batch.computed, time.perf_counter() - started)


def _score(logits: Any, answer: Sequence[int]) -> AnswerScore:
    import torch

    told = logits[-len(answer) :].float().log_softmax(dim=-1)
    wanted = torch.tensor(list(answer), device=told.device)
    chances = told.gather(1, wanted[:, None])
    greedy = bool((told.argmax(dim=-1) == wanted).all())
    return AnswerScore(float(chances.sum()), len(answer), greedy)
