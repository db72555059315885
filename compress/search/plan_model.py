"""Losses of many plans of one base: every layer is quantised once per width, a new plan costs a forward pass.

Layers rounded on their own (`rtn`, `clip`) and adapters by SVD do not depend on each other, so what is put
together from the cache computes what `carry_out` makes. Other plans (gptq, eora, narrower blocks, vLLM's int8
activations) depend on what came before them and are carried out whole.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from compress.calibration import Calibration, Passage
from compress.carry_out import carry_out, grid_of, needs_calibration
from compress.likelihood import measure
from compress.loading import TORCH_TYPES, load_base
from compress.memory import adapted_linears
from compress.model_map import LINEARS, ModelMap
from compress.operators.grid import Grid, round_to_nearest
from compress.operators.lowrank import LowRank, attach, svd_of_error
from compress.plan import Plan, check_plan


class PlanLoss:
    """An objective: mean nats per token of passages, right after quantisation (fidelity 1).

    Memory: the base, and its linear weights once more for every width that came up.
    """

    def __init__(
        self,
        folder: Path,
        model: ModelMap,
        passages: Sequence[Passage],
        calibration: Calibration | None = None,
    ) -> None:
        self._folder, self._map, self._passages, self._calibration = folder, model, passages, calibration
        self._model = load_base(folder, model)
        self._layers = self._model.model.layers
        self._quantised: dict[tuple[int, str, bool, Grid], torch.Tensor] = {}
        self._adapters: dict[tuple[int, str, bool, Grid, int], LowRank] = {}

    def __call__(self, plan: Plan, fidelity: int) -> float:
        """Return the loss of a plan.

        Raises:
            ValueError: fidelities other than 1 need training or tasks, which are not known here.
            PlanError: the plan does not fit the model, or needs calibration text.
        """
        if fidelity != 1:
            raise ValueError(f"fidelity {fidelity} is not measured here")
        check_plan(plan, self._map)
        if not cacheable(plan):
            made = carry_out(plan, self._folder, self._map, self._calibration)
            return measure(made.model, self._passages).nll
        with ExitStack() as undo:
            self._put_on(plan, undo)
            return measure(self._model, self._passages).nll

    @torch.no_grad()
    def _put_on(self, plan: Plan, undo: ExitStack) -> None:
        scale_type = TORCH_TYPES[self._map.dtype]
        for index, block in plan.kept():
            adapted = adapted_linears(block) if plan.compensation == "svd" else ()
            for name in LINEARS:
                grid = grid_of(name, block, plan, scale_type)
                if grid is None:
                    continue
                linear, key = (
                    self._layers[index].get_submodule(name),
                    (index, name, plan.quantiser == "clip", grid),
                )
                whole = linear.weight.data
                if key not in self._quantised:
                    self._quantised[key] = round_to_nearest(whole, grid, search=key[2]).values()
                if name in adapted:
                    wanted = (*key, block.rank)
                    if wanted not in self._adapters:
                        lost = whole.float() - self._quantised[key].float()
                        self._adapters[wanted] = svd_of_error(lost, block.rank).to(whole.dtype)
                    undo.callback(attach(linear, self._adapters[wanted]).remove)
                undo.callback(_restore, linear, whole)
                linear.weight.data = self._quantised[key]
        kept = [index for index, _ in plan.kept()]
        if len(kept) < len(self._layers):
            undo.callback(setattr, self._model.model, "layers", self._layers)
            self._model.model.layers = torch.nn.ModuleList(self._layers[index] for index in kept)
            undo.callback(setattr, self._model.config, "num_hidden_layers", len(self._layers))
            self._model.config.num_hidden_layers = len(kept)

    def left_by_rank(self, plan: Plan, block: int, rank: int) -> float:
        """Return the share of the squared rounding error of a block at `plan`'s widths that a rank leaves."""
        lost = left = 0.0
        for name in LINEARS:
            grid = grid_of(name, plan.blocks[block], plan, TORCH_TYPES[self._map.dtype])
            if grid is None:
                continue
            weight = self._layers[block].get_submodule(name).weight.data
            error = weight.float() - round_to_nearest(weight, grid, search=True).values().float()
            values = torch.linalg.svdvals(error).square()
            lost, left = lost + float(values.sum()), left + float(values[rank:].sum())
        return left / lost if lost else 0.0


def cacheable(plan: Plan) -> bool:
    """Whether the layers of a plan can be made one by one, in any order."""
    int8 = plan.target == "vllm" and any(8 in (b.attention_bits, b.mlp_bits) for _, b in plan.kept())
    return not needs_calibration(plan) and plan.compensation in ("none", "svd") and not int8


def _restore(linear: Any, weight: torch.Tensor) -> None:
    linear.weight.data = weight
