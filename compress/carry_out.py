"""From a plan to a compressed model in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from compress.blocks import BlockWalk, second_moments
from compress.calibration import Calibration
from compress.errors import PlanError
from compress.loading import TORCH_TYPES, load_base
from compress.memory import adapted_linears
from compress.model_map import LINEARS, ModelMap
from compress.operators import structure
from compress.operators.activations import int8_inputs
from compress.operators.gptq import quantise_gptq
from compress.operators.grid import Grid, QuantisedWeight, round_to_nearest
from compress.operators.lowrank import LowRank, attach, eora, svd_of_error
from compress.plan import BlockPlan, Plan, check_plan, kept_width

# Layers that see the same inputs share their second moments.
_SHARED = {
    "self_attn.q_proj": "self_attn.q_proj",
    "self_attn.k_proj": "self_attn.q_proj",
    "self_attn.v_proj": "self_attn.q_proj",
    "self_attn.o_proj": "self_attn.o_proj",
    "mlp.gate_proj": "mlp.gate_proj",
    "mlp.up_proj": "mlp.gate_proj",
    "mlp.down_proj": "mlp.down_proj",
}
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Compressed:
    """A compressed model in memory; it computes what the written folder will compute.

    Attributes:
        model: the transformers model, with the values of quantised weights in place of the weights.
        plan: the plan with everything decided: which channels are kept, what was calibrated on.
        quantised: name of a linear layer -> its codes and scales.
        adapters: name of a linear layer -> what its adapter adds.
    """

    model: Any
    plan: Plan
    quantised: dict[str, QuantisedWeight] = field(default_factory=dict)
    adapters: dict[str, LowRank] = field(default_factory=dict)


def carry_out(
    plan: Plan,
    folder: Path,
    model_map: ModelMap,
    calibration: Calibration | None = None,
    channel_scores: Mapping[int, torch.Tensor] | None = None,
    on_progress: Progress | None = None,
) -> Compressed:
    """Compress a base by a plan. The base's folder is only read.

    Blocks are worked on in order, each on the outputs of the compressed ones before it, so that later
    blocks make up for what earlier ones lost.

    Args:
        plan: what to do.
        folder: the base.
        model_map: its map.
        calibration: tokens; needed to choose channels, for `gptq` and for `eora`.
        channel_scores: importance of the FFN channels by block of the base, [ffn] each, for widths that
            name no channels; None ranks them by what their removal costs after reconstruction.
        on_progress: called with (blocks done, all).

    Raises:
        PlanError: the plan does not fit the model, or needs calibration tokens.
        CheckpointError: the base cannot be loaded or holds NaN.
        ResourceError: too little memory.
    """
    check_plan(plan, model_map)
    if calibration is None and needs_calibration(plan):
        raise PlanError("this plan needs calibration text", "Give some, or quantise with rtn or clip.")
    model = load_base(folder, model_map)
    kept = list(plan.kept())
    if len(kept) < model_map.blocks:
        structure.drop_blocks(model, [index for index, _ in kept])
    result = Compressed(model, plan)
    worker = _Worker(result, model_map, channel_scores or {})
    decided = dict(enumerate(plan.blocks))
    walk = (
        None if calibration is None or not needs_calibration(plan) else BlockWalk(model, calibration.tokens)
    )
    hidden = None if walk is None else walk.hidden
    with torch.no_grad():
        for number, (index, block) in enumerate(kept):
            decided[index] = worker.work(number, index, block, walk, hidden)
            if walk is not None and hidden is not None:
                hidden = walk.step(number, hidden)
            if on_progress is not None:
                on_progress(number + 1, len(kept))
    _describe(model, decided, model_map)
    result.plan = plan.model_copy(
        update={
            "blocks": tuple(decided[index] for index in sorted(decided)),
            "calibration": calibration.hash if walk is not None and calibration is not None else None,
        }
    )
    return result


def needs_calibration(plan: Plan) -> bool:
    """Whether carrying out the plan looks at activations."""
    return any(_looks_at_activations(block, plan) for _, block in plan.kept())


def _looks_at_activations(block: BlockPlan, plan: Plan) -> bool:
    pruned = block.ffn_width is not None or block.ffn_channels is not None or block.kv_groups is not None
    rounded = min(block.attention_bits, block.mlp_bits) < 16
    answered = block.rank > 0 and plan.compensation == "eora"
    return pruned or (rounded and (plan.quantiser == "gptq" or answered))


def grid_of(linear: str, block: BlockPlan, plan: Plan, scale_type: torch.dtype) -> Grid | None:
    """Return the grid of a linear layer; None where it stays 16 bits wide."""
    bits = block.bits(linear)
    if bits == 16:
        return None
    if bits == 8 and plan.target == "vllm":
        return Grid(8, None, True, scale_type)
    return Grid(bits, block.group_size, block.symmetric, scale_type)


class _Worker:
    def __init__(self, result: Compressed, model_map: ModelMap, scores: Mapping[int, torch.Tensor]) -> None:
        self._result, self._map, self._scores = result, model_map, scores
        self._scale_type = TORCH_TYPES[model_map.dtype]

    def work(
        self, number: int, index: int, block: BlockPlan, walk: BlockWalk | None, hidden: torch.Tensor | None
    ) -> BlockPlan:
        """Compress one block in place and return its plan with everything decided."""
        module = self._result.model.model.layers[number]
        if walk is not None and hidden is not None:
            block = self._prune(number, index, block, walk, hidden)
        moments: dict[str, torch.Tensor] = {}
        grids = {name: grid_of(name, block, self._result.plan, self._scale_type) for name in LINEARS}
        if walk is not None and hidden is not None and any(grids.values()):
            names = sorted({_SHARED[name] for name, grid in grids.items() if grid is not None})
            moments = dict(zip(names, second_moments(walk, number, hidden, names), strict=True))
        adapted = adapted_linears(block) if self._result.plan.compensation != "none" else ()
        for name, grid in grids.items():
            if grid is not None:
                linear = module.get_submodule(name)
                seen = moments.get(_SHARED[name])
                self._quantise(
                    f"model.layers.{number}.{name}", linear, grid, seen, block.rank if name in adapted else 0
                )
        return block

    def _quantise(self, name: str, linear: Any, grid: Grid, moments: torch.Tensor | None, rank: int) -> None:
        plan, weight = self._result.plan, linear.weight.data
        if plan.quantiser == "gptq":
            if moments is None:
                raise PlanError("gptq needs calibration text")
            quantised = quantise_gptq(weight, moments, grid)
        else:
            quantised = round_to_nearest(weight, grid, search=plan.quantiser == "clip")
        if grid.group_size is None:
            quantised = int8_inputs(linear, quantised)
        self._result.quantised[name] = quantised
        linear.weight.data = quantised.values()
        if rank:
            lost = weight.float() - linear.weight.data.float()
            found = (
                eora(lost, moments, rank)
                if plan.compensation == "eora" and moments is not None
                else svd_of_error(lost, rank)
            )
            self._result.adapters[name] = found.to(weight.dtype)
            attach(linear, self._result.adapters[name])

    def _prune(
        self, number: int, index: int, block: BlockPlan, walk: BlockWalk, hidden: torch.Tensor
    ) -> BlockPlan:
        module = walk.blocks[number]
        if block.kv_groups is not None and len(block.kv_groups) < self._map.kv_heads:
            moments = second_moments(walk, number, hidden, ["self_attn.o_proj"])[0]
            structure.keep_kv_groups(module, block.kv_groups, self._map, moments)
        width = kept_width(block, self._map)
        if width == self._map.ffn:
            return block
        moments = second_moments(walk, number, hidden, ["mlp.down_proj"])[0]
        channels = block.ffn_channels
        if channels is None:
            scores = self._scores.get(index)
            if scores is None:
                scores = structure.removal_costs(module.mlp.down_proj.weight.data, moments)
            channels = tuple(sorted(torch.topk(scores, width).indices.tolist()))
        structure.keep_channels(module, channels, moments)
        return block.model_copy(update={"ffn_width": width, "ffn_channels": channels})


def _describe(model: Any, decided: Mapping[int, BlockPlan], model_map: ModelMap) -> None:
    """Make the config say what the blocks now are."""
    kept = [block for block in decided.values() if not block.dropped]
    groups = kept[0].kv_groups
    if groups is not None:
        model.config.num_key_value_heads = len(groups)
        model.config.num_attention_heads = len(groups) * model_map.group_heads
        model.config.head_dim = model_map.head_dim
    widths = [kept_width(block, model_map) for block in kept]
    model.config.intermediate_size = max(widths)
    if len(set(widths)) > 1:
        model.config.ffn_widths = widths
