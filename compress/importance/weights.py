"""Importance from weights and the size of what they multiply (Wanda, Sun et al. 2024): no gradients."""

from collections.abc import Callable
from typing import Any

import torch

from compress.blocks import BlockWalk, second_moments
from compress.calibration import Calibration
from compress.importance.table import Row
from compress.model_map import LINEARS, ModelMap
from compress.operators.grid import Grid, round_to_nearest

Progress = Callable[[int, int], None]


@torch.no_grad()
def weighted_error(
    model: Any, model_map: ModelMap, calibration: Calibration, settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """Squared output error of every rounded linear layer, relative to its squared output (clip search)."""
    walk = BlockWalk(model, calibration.tokens)
    rows = []
    for number, hidden in walk.inputs():
        moments = second_moments(walk, number, hidden, LINEARS)
        for name, moment in zip(LINEARS, moments, strict=True):
            weight = walk.blocks[number].get_submodule(name).weight.float()
            size = float((weight @ moment * weight).sum())
            for bits in settings["bits"]:
                grid = Grid(bits, settings["group_size"], scale_type=model.dtype)
                lost = weight - round_to_nearest(weight, grid, search=True).values().float()
                value = float((lost @ moment * lost).sum()) / max(size, 1e-30)
                rows.append(Row(block=number, part=name, option=f"{bits} bits", values=(value,)))
        progress(number + 1, model_map.blocks)
    return rows


@torch.no_grad()
def channel_norms(
    model: Any, model_map: ModelMap, calibration: Calibration, _settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """Norm of a channel's column in down (or of a KV group's columns in o) times that of its activation."""
    walk = BlockWalk(model, calibration.tokens)
    rows = []
    for number, hidden in walk.inputs():
        names = ("mlp.down_proj", "self_attn.o_proj")
        moments = second_moments(walk, number, hidden, names)
        squares = [
            walk.blocks[number].get_submodule(name).weight.float().square().sum(0) * moment.diagonal()
            for name, moment in zip(names, moments, strict=True)
        ]
        groups = squares[1].view(model_map.kv_heads, -1).sum(-1)
        rows.append(Row(block=number, part="ffn_channels", values=tuple(squares[0].sqrt().tolist())))
        rows.append(Row(block=number, part="kv_groups", values=tuple(groups.sqrt().tolist())))
        progress(number + 1, model_map.blocks)
    return rows
