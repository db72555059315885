"""The importance of whole blocks."""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

from compress.blocks import BlockWalk
from compress.calibration import Calibration
from compress.importance.table import Row
from compress.model_map import ModelMap

Progress = Callable[[int, int], None]


@torch.no_grad()
def influence(
    model: Any, model_map: ModelMap, calibration: Calibration, _settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """Block influence (ShortGPT, Men et al. 2024): 1 - cosine of what goes in and what comes out."""
    walk = BlockWalk(model, calibration.tokens)
    rows: list[Row] = []
    before: torch.Tensor | None = None
    states = [hidden for _, hidden in walk.inputs()]
    states.append(walk.step(model_map.blocks - 1, states[-1]))
    for number, after in enumerate(states[1:]):
        before = states[number]
        cosine = functional.cosine_similarity(before.float(), after.float(), dim=-1).mean()
        rows.append(Row(block=number, part="block", values=(1.0 - float(cosine),)))
        progress(number + 1, model_map.blocks)
    return rows


def leave_one_out(
    model: Any, model_map: ModelMap, calibration: Calibration, _settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """Loss without the block minus loss with it; negative where the model is better off without."""
    walk = BlockWalk(model, calibration.tokens)
    whole = walk.loss(walk.hidden, 0)
    rows = []
    for number, hidden in walk.inputs():
        rows.append(Row(block=number, part="block", values=(walk.loss(hidden, number + 1) - whole,)))
        progress(number + 1, model_map.blocks)
    return rows
