"""Taylor importance of coupled structures, as in LLM-Pruner (Ma et al. 2023, sections 3.2 and 3.3).

A structure is what has to leave together: an FFN channel (a row of gate and up, a column of down), or a KV
group (rows of q, k and v, columns of o). Its importance is the loss that the expansion predicts without it,
summed over its weights. It ranks structures inside a layer; summed over a block it ranks blocks so badly
that the model broke, which is why no value for whole blocks is offered here.
"""

from collections.abc import Callable
from typing import Any

import torch

from compress.calibration import Calibration
from compress.importance.table import Row
from compress.likelihood import token_losses
from compress.model_map import LINEARS, ModelMap

Progress = Callable[[int, int], None]


def first_order(
    model: Any, model_map: ModelMap, calibration: Calibration, _settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """|sum of g w| over a structure's weights in each matrix, summed over the matrices."""
    linear_terms, _ = _terms(model, calibration, progress, squares=False)
    return _rows(model_map, linear_terms, None)


def second_order(
    model: Any, model_map: ModelMap, calibration: Calibration, _settings: dict[str, Any], progress: Progress
) -> list[Row]:
    """Sum of |g w - F w^2 / 2| with F the diagonal of the empirical Fisher matrix, window by window."""
    linear_terms, squares = _terms(model, calibration, progress, squares=True)
    return _rows(model_map, linear_terms, squares)


def _terms(
    model: Any, calibration: Calibration, progress: Progress, squares: bool
) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """Return mean g w, and mean (g w)^2 over windows, of every linear weight, in the weights' shapes."""
    weights = {
        f"{number}.{name}": block.get_submodule(name).weight
        for number, block in enumerate(model.model.layers)
        for name in LINEARS
    }
    for weight in weights.values():
        weight.requires_grad_(True)
    first = {name: torch.zeros_like(weight) for name, weight in weights.items()}
    second = {name: torch.zeros_like(weight) for name, weight in weights.items()} if squares else {}
    windows = calibration.tokens.shape[0]
    for done, window in enumerate(calibration.tokens.split(1), 1):
        token_losses(model, window).mean().backward()
        with torch.no_grad():
            for name, weight in weights.items():
                product = weight.grad.mul_(weight)
                first[name] += product / windows
                if squares:
                    second[name] += product.square_() / windows
                weight.grad = None
        progress(done, windows)
    return first, second


def _rows(
    model_map: ModelMap, first: dict[str, torch.Tensor], second: dict[str, torch.Tensor] | None
) -> list[Row]:
    rows = []
    for number in range(model_map.blocks):
        channels = torch.zeros(model_map.ffn)
        groups = torch.zeros(model_map.kv_heads)
        for name in LINEARS:
            terms = first[f"{number}.{name}"].detach()
            # Structures are rows, except of the layers that read them: there they are columns.
            along = terms.T if name in ("mlp.down_proj", "self_attn.o_proj") else terms
            if second is None:
                of_structure: Callable[[torch.Tensor], torch.Tensor] = lambda part: part.sum(-1).abs()  # noqa: E731
            else:
                squares = second[f"{number}.{name}"]
                along = (along - 0.5 * (squares.T if along is not terms else squares)).abs()
                of_structure = lambda part: part.sum(-1)  # noqa: E731
            if name.startswith("mlp."):
                channels += of_structure(along)
            else:
                groups += of_structure(along.reshape(model_map.kv_heads, -1))
        rows.append(Row(block=number, part="ffn_channels", values=tuple(channels.tolist())))
        rows.append(Row(block=number, part="kv_groups", values=tuple(groups.tolist())))
    return rows
