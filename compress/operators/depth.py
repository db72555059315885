"""Which blocks can go: greedy leave-one-out, re-scored after every removal.

Scores of single removals do not add up: the sum of Taylor terms ranks blocks so badly that the model broke
when it was tried. So the loss itself is measured without each block, the block whose absence costs least is
removed, and all are measured again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from compress.blocks import BlockWalk
from compress.errors import PlanError


@dataclass(frozen=True, slots=True)
class Removal:
    """One step of the greedy search.

    Attributes:
        block: number in the base.
        loss: mean nats per token on the calibration tokens without it (and without those before it).
    """

    block: int
    loss: float


def greedy_removals(
    model: Any, tokens: torch.Tensor, count: int, on_progress: Callable[[int, int], None] | None = None
) -> list[Removal]:
    """Choose blocks to drop, in the order in which they go; the model is left as it was.

    The hidden states before a block are shared by all candidates after it, so a round costs half of what
    separate passes would.

    Args:
        model: a decoder.
        tokens: int64 [windows, length].
        count: how many blocks to drop.
        on_progress: called with (blocks tried, all).

    Raises:
        PlanError: no block would be left.
    """
    whole = model.model.layers
    numbers = list(range(len(whole)))
    if not 0 <= count < len(numbers):
        raise PlanError(f"{count} of {len(numbers)} blocks cannot be dropped")
    total = sum(len(numbers) - gone for gone in range(count))
    walk, removals, tried = BlockWalk(model, tokens), [], 0
    try:
        for _ in range(count):
            best: tuple[float, int] | None = None
            for index, hidden in walk.inputs():
                loss = walk.loss(hidden, index + 1)
                best = min(best, (loss, index)) if best else (loss, index)
                tried += 1
                if on_progress is not None:
                    on_progress(tried, total)
            assert best is not None  # there is at least one block
            removals.append(Removal(numbers.pop(best[1]), best[0]))
            model.model.layers = torch.nn.ModuleList(whole[number] for number in numbers)
    finally:
        model.model.layers = whole
    return removals
