"""How surprised a model is by a text: negative log-likelihood in nats, text by text."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from compress.calibration import Passage


@dataclass(frozen=True, slots=True)
class PassageLoss:
    """Summed negative log-likelihood of one passage.

    Attributes:
        name: of the passage.
        nats: summed over its predicted tokens.
        tokens: number of predicted tokens; the first token is not predicted.
    """

    name: str
    nats: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Losses of all passages."""

    passages: tuple[PassageLoss, ...]

    @property
    def nll(self) -> float:
        """Mean nats per predicted token."""
        return sum(p.nats for p in self.passages) / sum(p.tokens for p in self.passages)

    @property
    def perplexity(self) -> float:
        """Return exp of the mean loss."""
        return math.exp(self.nll)

    @property
    def tokens(self) -> int:
        """Predicted tokens in all."""
        return sum(p.tokens for p in self.passages)


@torch.inference_mode()
def measure(
    model: Any, passages: Sequence[Passage], on_progress: Callable[[int, int], None] | None = None
) -> Likelihood:
    """Measure a model on passages, one forward pass each; logits are compared in 32 bits."""
    losses = []
    for number, passage in enumerate(passages, 1):
        nats = token_losses(model, passage.tokens)
        losses.append(PassageLoss(passage.name, float(nats.sum()), int(nats.numel())))
        if on_progress is not None:
            on_progress(number, len(passages))
    return Likelihood(tuple(losses))


def token_losses(model: Any, tokens: torch.Tensor) -> torch.Tensor:
    """Return the loss of every predicted token: [batch, length] -> [batch, length - 1], nats, float32."""
    tokens = tokens.to(model.device)
    logits = model(input_ids=tokens, use_cache=False).logits
    return losses_of(logits, tokens)


def losses_of(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Return the loss of every predicted token from logits [batch, length, vocabulary]."""
    flat = logits[:, :-1].flatten(0, 1).float()
    return functional.cross_entropy(flat, tokens[:, 1:].flatten(), reduction="none").view(tokens.shape[0], -1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A paired difference of mean losses (second minus first, nats per token) with its interval."""

    difference: float
    low: float
    high: float
    passages: int

    def __str__(self) -> str:
        return f"{self.difference:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


def compare(first: Likelihood, second: Likelihood, draws: int = 4000, seed: int = 0) -> Interval:
    """Compare two models on the same passages: paired bootstrap over passages, 95 % percentile interval.

    Raises:
        ValueError: the passages differ.
    """
    if [p.name for p in first.passages] != [p.name for p in second.passages]:
        raise ValueError("the two were measured on different passages")
    gaps = [b.nats - a.nats for a, b in zip(first.passages, second.passages, strict=True)]
    sizes = [p.tokens for p in first.passages]
    rng = random.Random(seed)
    means = []
    for _ in range(draws):
        drawn = rng.choices(range(len(gaps)), k=len(gaps))
        means.append(sum(gaps[i] for i in drawn) / sum(sizes[i] for i in drawn))
    means.sort()
    low, high = means[int(0.025 * draws)], means[int(0.975 * draws) - 1]
    return Interval(sum(gaps) / sum(sizes), low, high, len(gaps))
