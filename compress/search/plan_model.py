"""Losses of many plans of one base: every layer is quantised once per width, a new plan costs a forward pass.

Layers rounded on their own (`rtn`, `clip`) and adapters by SVD do not depend on each other, so what is put
together from the cache computes what `carry_out` makes. Other plans (gptq, eora, narrower blocks, vLLM's int8
activations) depend on what came before them and are carried out whole.
"""

from collections.abc import Callable, Sequence
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
from compress.search.recovering import ShortRecovery

# From a model in memory to a number that has to become small. compress never learns what was asked.
Score = Callable[[Any], float]


def loss_on(passages: Sequence[Passage]) -> Score:
    """Return the score that is the mean nats per token of passages."""
    return lambda model: measure(model, passages).nll


class PlanLoss:
    """An objective at three fidelities.

    1 scores a plan right after quantisation, 2 after a short recovery, 3 asks for the full score, after a
    recovery where one is given. Memory: the base, and its linear weights once more for every width that came
    up.

    Attributes:
        asked: how many layers plans have wanted.
        made: how many of them had to be quantised; the others came from the cache.
        recovery: the training of fidelity 2.
    """

    def __init__(
        self,
        folder: Path,
        model: ModelMap,
        score: Score,
        calibration: Calibration | None = None,
        recovery: ShortRecovery | None = None,
        full: Score | None = None,
    ) -> None:
        """Load the base.

        Args:
            folder: the base.
            model: its map.
            score: what fidelities 1 and 2 measure.
            calibration: tokens, for plans that need them.
            recovery: the training of fidelity 2.
            full: what fidelity 3 measures.
        """
        self._folder, self._map, self._calibration = folder, model, calibration
        self._score, self.recovery, self._full = score, recovery, full
        self._model = load_base(folder, model)
        self._layers = self._model.model.layers
        self._quantised: dict[tuple[int, str, bool, Grid], torch.Tensor] = {}
        self._adapters: dict[tuple[int, str, bool, Grid, int], LowRank] = {}
        self._spectra: dict[tuple[int, str, Grid], torch.Tensor] = {}
        self.asked = self.made = 0

    def __call__(self, plan: Plan, fidelity: int) -> float:
        """Return the loss of a plan.

        Raises:
            ValueError: this fidelity needs a recovery or a full score, and none was given.
            PlanError: the plan does not fit the model, or needs calibration text.
        """
        score = self._full if fidelity == 3 else self._score
        if fidelity not in (1, 2, 3) or score is None or (fidelity == 2 and self.recovery is None):
            raise ValueError(f"fidelity {fidelity} is not measured here")
        check_plan(plan, self._map)
        recovery = self.recovery if fidelity > 1 else None
        if not cacheable(plan):
            if recovery is not None:
                raise ValueError("a plan that cannot be put together from the cache is not trained here")
            return score(carry_out(plan, self._folder, self._map, self._calibration).model)
        with ExitStack() as undo:
            adapters = self._put_on(plan, undo, hang=recovery is None)
            if recovery is None:
                return score(self._model)
            ranks = {number: block.rank for number, (_, block) in enumerate(plan.kept())}
            with recovery.trained(self._model, ranks, adapters) as model:
                return score(model)

    @torch.no_grad()
    def _put_on(self, plan: Plan, undo: ExitStack, hang: bool) -> dict[str, LowRank]:
        """Make the model that of a plan; return its adapters by layer, which hang in it if so wished."""
        found: dict[str, LowRank] = {}
        scale_type = TORCH_TYPES[self._map.dtype]
        for number, (index, block) in enumerate(plan.kept()):
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
                rounded = self._rounded(key, whole)
                if name in adapted:
                    wanted = (*key, block.rank)
                    if wanted not in self._adapters:
                        lost = whole.float() - rounded.float()
                        self._adapters[wanted] = svd_of_error(lost, block.rank).to(whole.dtype)
                    found[f"{number}.{name}"] = self._adapters[wanted]
                    if hang:
                        undo.callback(attach(linear, self._adapters[wanted]).remove)
                undo.callback(_restore, linear, whole)
                linear.weight.data = rounded
        kept = [index for index, _ in plan.kept()]
        if len(kept) < len(self._layers):
            undo.callback(setattr, self._model.model, "layers", self._layers)
            self._model.model.layers = torch.nn.ModuleList(self._layers[index] for index in kept)
            undo.callback(setattr, self._model.config, "num_hidden_layers", len(self._layers))
            self._model.config.num_hidden_layers = len(kept)
            # Caches of keys and values count on numbers without gaps.
            for number, index in enumerate(kept):
                undo.callback(setattr, self._layers[index].self_attn, "layer_idx", index)
                self._layers[index].self_attn.layer_idx = number
        return found

    def _rounded(self, key: tuple[int, str, bool, Grid], whole: torch.Tensor) -> torch.Tensor:
        self.asked += 1
        if key not in self._quantised:
            self.made += 1
            self._quantised[key] = round_to_nearest(whole, key[3], search=key[2]).values()
        return self._quantised[key]

    def left_by_rank(self, plan: Plan, block: int, rank: int) -> float:
        """Return the share of the squared rounding error of a block at `plan`'s widths that a rank leaves."""
        lost = left = 0.0
        for name in LINEARS:
            grid = grid_of(name, plan.blocks[block], plan, TORCH_TYPES[self._map.dtype])
            if grid is None:
                continue
            weight = self._layers[block].get_submodule(name).weight.data
            rounded = self._rounded((block, name, True, grid), weight)
            values = self._squares((block, name, grid), weight.float() - rounded.float())
            lost, left = lost + float(values.sum()), left + float(values[rank:].sum())
        return left / lost if lost else 0.0

    def _squares(self, key: tuple[int, str, Grid], error: torch.Tensor) -> torch.Tensor:
        """Return the squared singular values of an error, largest first; every rank asks for them."""
        if key not in self._spectra:
            small = error if error.shape[0] <= error.shape[1] else error.T
            # Eigenvalues of the small Gram matrix: ten times cheaper than singular values of the whole.
            self._spectra[key] = torch.linalg.eigvalsh(small @ small.T).clamp(min=0).flip(0)
        return self._spectra[key]


def cacheable(plan: Plan) -> bool:
    """Whether the layers of a plan can be made one by one, in any order."""
    int8 = plan.target == "vllm" and any(8 in (b.attention_bits, b.mlp_bits) for _, b in plan.kept())
    return not needs_calibration(plan) and plan.compensation in ("none", "svd") and not int8


def _restore(linear: Any, weight: torch.Tensor) -> None:
    linear.weight.data = weight
