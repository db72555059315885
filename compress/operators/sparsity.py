"""Masks: single weights set to zero. They save no byte in any stock format, and nothing here pretends so.

compressed-tensors calls its sparse formats legacy and has no compressor for them, and vLLM calls its
sparsity config deprecated; a masked checkpoint is as large as before. Masks are made because they are the
usual measure of what a model can lose, and because low-rank compensation can be studied on them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch

from compress.blocks import BlockWalk, second_moments
from compress.errors import CompressError
from compress.model_map import LINEARS
from compress.operators.lowrank import LowRank, eora, svd_of_error

Score = Literal["magnitude", "wanda"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Sparsity:
    """What masking did.

    Attributes:
        zeros: linear weights that are zero now.
        elements: linear weights in all.
        bytes_saved: always 0: no stock format stores masks.
    """

    zeros: int
    elements: int
    bytes_saved: int = 0

    @property
    def share(self) -> float:
        """Share of zeros."""
        return self.zeros / self.elements


def cubic_schedule(steps: int, final: float, initial: float = 0.0) -> list[float]:
    """Return the sparsity after each step: fast first, slow at the end.

    Zhu and Gupta, "To prune, or not to prune" (2017), equation 1: final + (initial - final) (1 - t)^3.
    """
    return [final + (initial - final) * (1 - step / steps) ** 3 for step in range(1, steps + 1)]


def keep_mask(scores: torch.Tensor, sparsity: float, pattern: tuple[int, int] | None = None) -> torch.Tensor:
    """Return True where a weight stays; every output (row) loses the same share, as in Wanda.

    Args:
        scores: importance of each weight, [outputs, inputs].
        sparsity: share to drop; not used with a pattern.
        pattern: (n, m) keeps the n best of every m inputs that stand together, such as 2:4.

    Raises:
        CompressError: the pattern does not divide the inputs, or the share is outside [0, 1).
    """
    if pattern is None:
        if not 0 <= sparsity < 1:
            raise CompressError(f"a sparsity of {sparsity} is not possible", "Choose from [0, 1).")
        drop = round(sparsity * scores.shape[1])
        mask = torch.ones_like(scores, dtype=torch.bool)
        return mask.scatter_(1, scores.topk(drop, largest=False).indices, False) if drop else mask
    kept, run = pattern
    if scores.shape[1] % run or not 0 < kept < run:
        raise CompressError(f"the pattern {kept}:{run} does not fit {scores.shape[1]} inputs")
    groups = scores.view(scores.shape[0], -1, run)
    mask = torch.zeros_like(groups, dtype=torch.bool)
    return mask.scatter_(-1, groups.topk(kept).indices, True).view(scores.shape)


def mask_model(
    model: Any,
    tokens: torch.Tensor,
    score: Score = "wanda",
    sparsity: float = 0.5,
    pattern: tuple[int, int] | None = None,
    steps: int = 1,
    compensation_rank: int = 0,
    compensation: Literal["svd", "eora"] = "eora",
    on_progress: Progress | None = None,
) -> Sparsity:
    """Mask every linear layer of the blocks in place.

    Args:
        model: a decoder.
        tokens: calibration windows, int64 [windows, length]; blocks see the outputs of the masked ones
        before. score: `magnitude` |w|, or `wanda` |w| times the norm of its input (Sun et al. 2024).
        sparsity: final share of zeros. pattern: (n, m), such as (2, 4); makes `sparsity` and `steps`
        meaningless. steps: above 1, sparsity grows by the cubic schedule and activations are measured anew
        each time. compensation_rank: above 0, the best low-rank answer to what a layer lost is merged into
        its (16-bit)
            weight; the zeros are gone then, and the report says so.
        compensation: how that answer is found.
        on_progress: called with (blocks done, all).
    """
    shares = [sparsity] if pattern is not None or steps == 1 else cubic_schedule(steps, sparsity)
    for number, share in enumerate(shares):
        last = number == len(shares) - 1
        walk = BlockWalk(model, tokens)
        for index, hidden in walk.inputs():
            moments = second_moments(walk, index, hidden, LINEARS)
            for name, moment in zip(LINEARS, moments, strict=True):
                weight = walk.blocks[index].get_submodule(name).weight
                original = weight.data.float()
                scores = original.abs()
                if score == "wanda":
                    scores = scores * moment.diagonal().sqrt()
                masked = original * keep_mask(scores, share, pattern)
                if last and compensation_rank:
                    masked = (
                        masked + _answer(original - masked, moment, compensation_rank, compensation).values()
                    )
                weight.data = masked.to(weight.dtype)
            if on_progress is not None:
                on_progress(number * len(walk.blocks) + index + 1, len(shares) * len(walk.blocks))
    return count_zeros(model)


def count_zeros(model: Any) -> Sparsity:
    """Count the zeros of a model's linear weights."""
    counts = [(int((weight == 0).sum()), weight.numel()) for weight in _weights(model.model.layers)]
    return Sparsity(sum(zeros for zeros, _ in counts), sum(size for _, size in counts))


def _weights(blocks: Sequence[Any]) -> Iterator[torch.Tensor]:
    for block in blocks:
        for name in LINEARS:
            yield block.get_submodule(name).weight.data


def _answer(lost: torch.Tensor, moment: torch.Tensor, rank: int, how: str) -> LowRank:
    return eora(lost, moment, rank) if how == "eora" else svd_of_error(lost, rank)
