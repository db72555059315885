"""Structured pruning: whole blocks, FFN channels and KV groups leave, and a stock config describes the rest.

What is left of a layer's inputs can be re-weighted so that its outputs change least (`reconstruct`): for kept
inputs K and the second moments H of the inputs, the best weight in the least-squares sense is
`W H[:, K] H[K, K]^-1`. It is the closed form of what OBS does one weight at a time (Hassibi & Stork 1993),
and it costs one Cholesky factorisation.
"""

from collections.abc import Sequence
from typing import Any

import torch

from compress.model_map import ModelMap

_DAMPING = 0.01


def drop_blocks(model: Any, kept: Sequence[int]) -> None:
    """Keep only these blocks, in order; layer numbers and layer types in model and config follow."""
    config = model.config
    layers = model.model.layers
    model.model.layers = torch.nn.ModuleList([layers[index] for index in kept])
    for number, block in enumerate(model.model.layers):
        block.self_attn.layer_idx = number
        if hasattr(block, "layer_idx"):
            block.layer_idx = number
    if getattr(config, "layer_types", None):
        config.layer_types = [config.layer_types[index] for index in kept]
    config.num_hidden_layers = len(kept)


def keep_channels(block: Any, channels: Sequence[int], moments: torch.Tensor | None = None) -> None:
    """Keep these FFN channels of a block.

    Args:
        block: a decoder block.
        channels: kept channels in rising order.
        moments: float32 [ffn, ffn], second moments of the inputs of the down projection; None leaves the
            kept weights as they are.
    """
    kept = torch.tensor(channels)
    for name in ("gate_proj", "up_proj"):
        _keep_outputs(getattr(block.mlp, name), kept)
    _keep_inputs(block.mlp.down_proj, kept, moments)
    if hasattr(block.mlp, "intermediate_size"):
        block.mlp.intermediate_size = len(channels)


def keep_kv_groups(
    block: Any, groups: Sequence[int], model: ModelMap, moments: torch.Tensor | None = None
) -> None:
    """Keep these KV groups of a block; each key/value head takes its query heads along.

    Args:
        block: a decoder block.
        groups: kept groups in rising order.
        model: the map of the base, for the head sizes.
        moments: float32 [query, query], second moments of the inputs of the output projection.
    """
    wide = model.group_heads * model.head_dim
    queries = torch.cat([torch.arange(group * wide, (group + 1) * wide) for group in groups])
    keys = torch.cat([torch.arange(group * model.head_dim, (group + 1) * model.head_dim) for group in groups])
    _keep_outputs(block.self_attn.q_proj, queries)
    _keep_outputs(block.self_attn.k_proj, keys)
    _keep_outputs(block.self_attn.v_proj, keys)
    _keep_inputs(block.self_attn.o_proj, queries, moments)


def reconstruct(weight: torch.Tensor, kept: torch.Tensor, moments: torch.Tensor) -> torch.Tensor:
    """Return the weight [outputs, kept] whose outputs on kept inputs come closest to the whole ones."""
    inner = moments[kept][:, kept].clone()
    inner.diagonal().add_(_DAMPING * float(moments.diagonal().mean()))
    cross = weight.float() @ moments[:, kept]
    # The damping also pulls towards the old weight instead of towards zero.
    cross = cross + _DAMPING * float(moments.diagonal().mean()) * weight.float()[:, kept]
    return torch.cholesky_solve(cross.T, torch.linalg.cholesky(inner)).T


def removal_costs(weight: torch.Tensor, moments: torch.Tensor) -> torch.Tensor:
    """Return the squared error that removing each input costs after reconstruction (OBS), [inputs]."""
    damped = moments.clone()
    damped.diagonal().add_(_DAMPING * float(moments.diagonal().mean()))
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped))
    return weight.float().square().sum(0) / inverse.diagonal()


def group_removal_costs(weight: torch.Tensor, moments: torch.Tensor, group: int) -> torch.Tensor:
    """Return what removing each run of `group` inputs costs after reconstruction, [inputs / group]."""
    costs = []
    everything = torch.arange(weight.shape[1])
    for number in range(weight.shape[1] // group):
        kept = everything[everything // group != number]
        left = weight.float().clone()
        left[:, kept] -= reconstruct(weight, kept, moments)
        costs.append((left @ moments * left).sum())
    return torch.stack(costs)


def _keep_outputs(linear: Any, kept: torch.Tensor) -> None:
    linear.weight = torch.nn.Parameter(linear.weight.data[kept].contiguous(), requires_grad=False)
    if linear.bias is not None:
        linear.bias = torch.nn.Parameter(linear.bias.data[kept].contiguous(), requires_grad=False)
    linear.out_features = len(kept)


def _keep_inputs(linear: Any, kept: torch.Tensor, moments: torch.Tensor | None) -> None:
    old = linear.weight.data
    new = old[:, kept] if moments is None else reconstruct(old, kept, moments).to(old.dtype)
    linear.weight = torch.nn.Parameter(new.contiguous(), requires_grad=False)
    linear.in_features = len(kept)
