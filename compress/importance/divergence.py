"""How far the output distribution moves when one part of one block is made smaller (as QR-Adaptor asks)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional

from compress.blocks import BlockWalk, second_moments
from compress.calibration import Calibration
from compress.importance.table import Row
from compress.model_map import ATTENTION, MLP, ModelMap
from compress.operators.grid import Grid, round_to_nearest
from compress.operators.structure import removal_costs

Progress = Callable[[int, int], None]


@torch.no_grad()
def of_bits(
    model: Any, model_map: ModelMap, calibration: Calibration, settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """KL divergence when only the attention or only the MLP of a block is rounded (clip search)."""
    meter = _Meter(model, calibration)
    tries = [(part, bits) for part in ("attention", "mlp") for bits in settings["bits"]]
    rows = []
    for number, hidden in meter.walk.inputs():
        for part, bits in tries:
            names = ATTENTION if part == "attention" else MLP
            grid = Grid(bits, settings["group_size"], scale_type=model.dtype)
            modules = [meter.walk.blocks[number].get_submodule(name) for name in names]
            with _instead(modules, [round_to_nearest(m.weight, grid, search=True).values() for m in modules]):
                value = meter.divergence(number, hidden)
            rows.append(Row(block=number, part=part, option=f"{bits} bits", values=(value,)))
            progress(len(rows), len(tries) * model_map.blocks)
    return rows


@torch.no_grad()
def of_widths(
    model: Any, model_map: ModelMap, calibration: Calibration, settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """KL divergence when only one block's FFN is narrowed to a share of its channels (no reconstruction)."""
    meter = _Meter(model, calibration)
    widths = [round(share * model_map.ffn) for share in settings["shares"]]
    rows = []
    for number, hidden in meter.walk.inputs():
        down = meter.walk.blocks[number].mlp.down_proj
        costs = removal_costs(down.weight, second_moments(meter.walk, number, hidden, ["mlp.down_proj"])[0])
        order = torch.argsort(costs, descending=True)
        for width in widths:
            narrow = down.weight.clone()
            narrow[:, order[width:]] = 0
            with _instead([down], [narrow]):
                value = meter.divergence(number, hidden)
            rows.append(Row(block=number, part="ffn", option=f"{width} wide", values=(value,)))
            progress(len(rows), len(widths) * model_map.blocks)
    return rows


class _Meter:
    """Knows what the whole model says; measures how far a changed one is from it."""

    def __init__(self, model: Any, calibration: Calibration) -> None:
        # Few windows at a time: two distributions over the vocabulary are held for each of their tokens.
        self.walk = BlockWalk(model, calibration.tokens, batch=4)
        hidden = self.walk.hidden
        for index in range(len(self.walk.blocks)):
            hidden = self.walk.step(index, hidden)
        self._whole = hidden

    def divergence(self, start: int, hidden: torch.Tensor) -> float:
        """Return KL(whole || changed), mean nats per token, when `hidden` enters block `start`."""
        for index in range(start, len(self.walk.blocks)):
            hidden = self.walk.step(index, hidden)
        total = 0.0
        for (expected, _), (got, _) in zip(
            self.walk.logits(self._whole), self.walk.logits(hidden), strict=True
        ):
            goal = functional.log_softmax(expected.float(), -1)
            total += float((goal.exp() * (goal - functional.log_softmax(got.float(), -1))).sum())
        return total / self.walk.tokens.numel()


@contextmanager
def _instead(modules: Sequence[Any], weights: Sequence[torch.Tensor]) -> Iterator[None]:
    """Put other weights into modules for a while."""
    old = [module.weight.data for module in modules]
    try:
        for module, weight in zip(modules, weights, strict=True):
            module.weight.data = weight
        yield
    finally:
        for module, weight in zip(modules, old, strict=True):
            module.weight.data = weight
