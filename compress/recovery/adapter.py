"""The adapter that is trained: ranks per block, and where it starts."""

import re
from pathlib import Path
from typing import Any

import torch

from compress.errors import CompressError
from compress.model_map import LINEARS, read_map
from compress.opening import ADAPTER_FOLDER
from compress.operators.lowrank import svd_of_error
from compress.plan import read_plan
from compress.recovery.settings import RecoverySettings
from compress.write import PLAN_FILE


def add_adapter(model: Any, folder: Path, settings: RecoverySettings, base: Path | None) -> Any:
    """Return the model as a peft model with an adapter that can be trained.

    Raises:
        CompressError: there is nothing to adapt, or the start that was asked for is not possible.
    """
    from peft import PeftModel, get_peft_model

    shipped = folder / ADAPTER_FOLDER
    if settings.initialise == "adapter":
        if not shipped.is_dir():
            raise CompressError(
                f"{folder} ships no adapter to go on with", "Start from zero or error instead."
            )
        return PeftModel.from_pretrained(model, str(shipped), is_trainable=True)
    torch.manual_seed(settings.seed)
    adapted = get_peft_model(model, lora_config(model, settings))
    if settings.initialise == "error":
        if base is None:
            raise CompressError("starting from the quantisation error needs the base")
        _start_from_error(adapted, folder, base)
    return adapted


def lora_config(model: Any, settings: RecoverySettings) -> Any:
    """Return peft's config with a rank per block.

    Raises:
        CompressError: every rank is 0.
    """
    from peft import LoraConfig

    ranks = {number: settings.rank_of(number) for number in range(len(model.model.layers))}
    adapted = {number: rank for number, rank in ranks.items() if rank}
    if not adapted:
        raise CompressError("every rank is 0, there is nothing to train")
    most = max(adapted.values())
    pattern = {rf"^model\.layers\.{number}\..*": rank for number, rank in adapted.items() if rank != most}
    whole = len(adapted) == len(ranks)
    leaves = [linear.rsplit(".", 1)[1] for linear in LINEARS]
    return LoraConfig(
        r=most,
        lora_alpha=settings.alpha * most,  # type: ignore[arg-type]
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
        target_modules=leaves
        if whole
        else rf".*layers\.({'|'.join(map(str, adapted))})\..*({'|'.join(leaves)})",
        rank_pattern=pattern,
        alpha_pattern={key: settings.alpha * rank for key, rank in pattern.items()},
    )


def _start_from_error(adapted: Any, folder: Path, base: Path) -> None:
    """Set every adapter to the best low-rank answer to what its weight lost."""
    plan = read_plan(folder / PLAN_FILE)
    if read_map(base).base != plan.base:
        raise CompressError(f"{base} is not the base that {folder} was made from")
    from safetensors import safe_open

    numbers = [index for index, _ in plan.kept()]
    weights: dict[str, torch.Tensor] = {}
    for file in sorted(base.glob("*.safetensors")):
        with safe_open(file, framework="pt") as stream:
            weights |= {name: stream.get_tensor(name) for name in stream.keys() if ".layers." in name}  # noqa: SIM118
    started = 0
    for name, module in adapted.named_modules():
        place = re.search(r"layers\.(\d+)\.(.+)$", name)
        if place is None or not hasattr(module, "lora_A") or "default" not in module.lora_A:
            continue
        original = weights[f"model.layers.{numbers[int(place[1])]}.{place[2]}.weight"]
        now = module.get_base_layer().weight.data
        if original.shape != now.shape:  # pruned: what is lost is no error of these weights
            continue
        lost = original.float() - now.float().cpu()
        if not bool(lost.any()):
            continue
        found = svd_of_error(lost, module.r["default"])
        module.lora_A["default"].weight.data.copy_(found.down)
        module.lora_B["default"].weight.data.copy_(found.up / module.scaling["default"])
        started += 1
    if not started:
        raise CompressError(f"{folder} has no quantised weights of the base's shape to start from")
