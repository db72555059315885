"""How many bytes a plan costs, before anything is made.

Disk: every tensor that the writer will store, at the width that it will have, and the header of the
safetensors file; the prediction is exact to the byte as long as writer and predictor agree, and the tests
hold them to it. Packed weights follow compressed-tensors >= 0.19: a row of n weights of b bits takes
ceil(n * b / 32) int32 words.

Resident: what the weights take in an engine that computes on the packed form (vLLM), and in stock
transformers, which unpacks everything to the base's type before the first forward pass.
"""

import json
from dataclasses import dataclass
from math import prod

from compress.model_map import LINEARS, ModelMap
from compress.plan import BlockPlan, Plan, kept_shape

_WIDTH = {"F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I8": 1}
# safetensors sorts by type, widest first in its own order of types, then by name.
_ORDER = ("I64", "F32", "I32", "BF16", "F16", "I8")


@dataclass(frozen=True, slots=True)
class Memory:
    """Predicted sizes in bytes.

    Attributes:
        disk: size of `model.safetensors`, header included.
        adapter: size of the adapter's safetensors file; 0 without an adapter.
        resident_packed: weights in an engine that computes on the packed form.
        resident_dense: weights in stock transformers, after it has unpacked them.
        weights: stored linear weights of the kept blocks, with scales, zero points and shapes.
        scales: the part of `weights` that is scales, zero points and shapes.
        untouched: embedding, norms, biases, output layer.
        elements: linear weights that `weights` stores.
    """

    disk: int
    adapter: int
    resident_packed: int
    resident_dense: int
    weights: int
    scales: int
    untouched: int
    elements: int

    @property
    def bits_per_weight(self) -> float:
        """Stored bits per linear weight of the blocks, scales and zero points included."""
        return 8 * self.weights / self.elements

    @property
    def total(self) -> int:
        """Everything on disk that is weights: the model and its adapter."""
        return self.disk + self.adapter


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor that will be stored."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def bytes(self) -> int:
        """Size of the data."""
        return _WIDTH[self.dtype] * prod(self.shape)


def predict_tensors(plan: Plan, model: ModelMap) -> dict[str, Tensor]:
    """Return every tensor of the written checkpoint by name; blocks are numbered anew."""
    tensors = {name: Tensor(model.dtype, t.shape) for name, t in model.outer_tensors().items()}
    for number, (index, block) in enumerate(plan.kept()):
        prefix = f"model.layers.{number}."
        linears = {f"{linear}.weight" for linear in LINEARS}
        for name, tensor in model.block_tensors(index).items():
            if name not in linears:
                tensors[prefix + name] = Tensor(model.dtype, _pruned_bias(name, tensor.shape, block, model))
        for linear in LINEARS:
            tensors |= {
                f"{prefix}{linear}.{part}": t for part, t in _linear(linear, plan, block, model).items()
            }
    return tensors


def predict_adapter(plan: Plan, model: ModelMap) -> dict[str, Tensor]:
    """Return the tensors of the adapter file, stored in the base's type as peft names them."""
    tensors = {}
    for number, (_, block) in enumerate(plan.kept()):
        for linear in adapted_linears(block):
            outputs, inputs = kept_shape(linear, block, model)
            name = f"base_model.model.model.layers.{number}.{linear}"
            tensors[f"{name}.lora_A.weight"] = Tensor(model.dtype, (block.rank, inputs))
            tensors[f"{name}.lora_B.weight"] = Tensor(model.dtype, (outputs, block.rank))
    return tensors


def adapted_linears(block: BlockPlan) -> tuple[str, ...]:
    """Return the linear layers of a block that ship with an adapter.

    A layer that stays 16 bits wide gets none: what compensates it is added to its weight.
    """
    return tuple(linear for linear in LINEARS if block.rank and block.bits(linear) < 16)


def predict(plan: Plan, model: ModelMap) -> Memory:
    """Predict the size of a checkpoint from its plan."""
    tensors = predict_tensors(plan, model)
    adapter = predict_adapter(plan, model) if plan.compensation != "none" else {}
    weights = scales = elements = 0
    for _, block in plan.kept():
        for linear in LINEARS:
            parts = _linear(linear, plan, block, model)
            weights += sum(part.bytes for part in parts.values())
            scales += sum(p.bytes for n, p in parts.items() if n not in ("weight", "weight_packed"))
            elements += prod(kept_shape(linear, block, model))
    stored = sum(tensor.bytes for tensor in tensors.values())
    dense = stored - weights + elements * _WIDTH[model.dtype]
    return Memory(
        disk=file_bytes(tensors),
        adapter=file_bytes(adapter) if adapter else 0,
        resident_packed=stored + sum(t.bytes for t in adapter.values()),
        resident_dense=dense + sum(t.bytes for t in adapter.values()),
        weights=weights,
        scales=scales,
        untouched=stored - weights,
        elements=elements,
    )


def file_bytes(tensors: dict[str, Tensor]) -> int:
    """Return the size of a safetensors file with these tensors: length, header padded to 8 bytes, data."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (_ORDER.index(item[1].dtype), item[0])):
        end = offset + tensor.bytes
        header[name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [offset, end]}
        offset = end
    length = len(json.dumps(header, separators=(",", ":")).encode())
    return 8 + -(-length // 8) * 8 + offset


@dataclass(frozen=True, slots=True)
class TrainingPeak:
    """Bytes at the peak of a recovery step; an estimate, as activations depend on kernels."""

    weights: int
    adapter: int
    optimiser: int
    activations: int

    @property
    def total(self) -> int:
        """The sum of all parts."""
        return self.weights + self.adapter + self.optimiser + self.activations


def predict_training(
    plan: Plan, model: ModelMap, ranks: dict[int, int], batch: int, length: int, compute_bytes: int = 2
) -> TrainingPeak:
    """Estimate the peak of LoRA training over the plan's checkpoint.

    Frozen weights are dense (stock transformers unpacks them). Adapter weights, their gradients and both
    moments of Adam are 32-bit. Activations count, per token, what the backward pass of a decoder block
    keeps (about 14 hidden and 5 FFN widths, and no attention matrix, as the kernels recompute it), and the
    logits with their gradient in 32 bits.

    Args:
        plan: decides the shapes.
        model: the base.
        ranks: adapter rank by index of the block in the base.
        batch: sequences in a step.
        length: tokens of a sequence.
        compute_bytes: bytes of an activation.
    """
    adapter = kept = 0
    for index, block in plan.kept():
        shapes = [kept_shape(linear, block, model) for linear in LINEARS]
        adapter += sum(ranks.get(index, 0) * (outputs + inputs) for outputs, inputs in shapes)
        kept += 14 * model.hidden + 5 * kept_shape("mlp.up_proj", block, model)[0]
    tokens = batch * length
    return TrainingPeak(
        weights=predict(plan, model).resident_dense,
        adapter=4 * adapter,
        optimiser=12 * adapter,
        activations=tokens * (kept * compute_bytes + 3 * 4 * model.vocabulary),
    )


def _linear(linear: str, plan: Plan, block: BlockPlan, model: ModelMap) -> dict[str, Tensor]:
    """Return the stored parts of one linear weight."""
    outputs, inputs = kept_shape(linear, block, model)
    bits = block.bits(linear)
    if bits == 16:
        return {"weight": Tensor(model.dtype, (outputs, inputs))}
    if bits == 8 and plan.target == "vllm":
        return {"weight": Tensor("I8", (outputs, inputs)), "weight_scale": Tensor(model.dtype, (outputs, 1))}
    groups = inputs // block.group_size
    parts = {
        "weight_packed": Tensor("I32", (outputs, -(-inputs * bits // 32))),
        "weight_scale": Tensor(model.dtype, (outputs, groups)),
        "weight_shape": Tensor("I64", (2,)),
    }
    if not block.symmetric:
        parts["weight_zero_point"] = Tensor("I32", (-(-outputs * bits // 32), groups))
    return parts


def _pruned_bias(name: str, shape: tuple[int, ...], block: BlockPlan, model: ModelMap) -> tuple[int, ...]:
    linear = name.removesuffix(".bias")
    return (kept_shape(linear, block, model)[0],) if linear in LINEARS and name.endswith(".bias") else shape
