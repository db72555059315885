"""The plan: what every block of one base checkpoint may keep.

A plan is a frozen document. It is tied to its base by the hash of the weights, has a hash of its own, and two
plans can be compared field by field. What it says is checked against a model map (`check_plan`) before any
tensor is touched.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from compress.errors import PlanError
from compress.model_map import LINEARS, ModelMap

Bits = Literal[2, 3, 4, 8, 16]
Target = Literal["transformers", "vllm"]
Quantiser = Literal["rtn", "clip", "gptq"]
Compensation = Literal["none", "svd", "eora"]

# What vLLM runs on every device: 4 = W4A16 groups, 8 = W8A8 int8 channels with dynamic tokens.
VLLM_BITS = (4, 8, 16)


class BlockPlan(BaseModel):
    """What one block of the base keeps.

    Attributes:
        dropped: the block is left out; nothing else counts then.
        ffn_width: channels of the feed-forward layer; None keeps all.
        ffn_channels: which of them, in rising order; None lets the importance of the channels decide.
        kv_groups: kept KV groups (a key/value head with its query heads), in rising order; None keeps all.
        attention_bits: stored width of q, k, v and o; engines fuse q, k and v, so they share it.
        mlp_bits: stored width of gate, up and down; engines fuse gate and up.
        group_size: weights of one row that share a scale; it divides the inputs of every quantised layer.
        symmetric: no zero points are stored.
        rank: rank of the adapter that every linear layer of the block gets; 0 is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dropped: bool = False
    ffn_width: int | None = Field(default=None, ge=1)
    ffn_channels: tuple[int, ...] | None = None
    kv_groups: tuple[int, ...] | None = None
    attention_bits: Bits = 16
    mlp_bits: Bits = 16
    group_size: int = Field(default=64, ge=8)
    symmetric: bool = True
    rank: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _channels_fit_width(self) -> Self:
        for name, kept in (("ffn_channels", self.ffn_channels), ("kv_groups", self.kv_groups)):
            if kept is not None and (not kept or list(kept) != sorted(set(kept)) or kept[0] < 0):
                raise ValueError(f"{name} has to name at least one, in rising order, each once")
        if self.ffn_channels is not None and self.ffn_width not in (None, len(self.ffn_channels)):
            raise ValueError(
                f"ffn_width is {self.ffn_width}, but {len(self.ffn_channels)} ffn_channels are kept"
            )
        return self

    def bits(self, linear: str) -> int:
        """Return the stored width of a linear layer, named as inside the block."""
        return self.attention_bits if linear.startswith("self_attn.") else self.mlp_bits


class Plan(BaseModel):
    """A compression of one base checkpoint.

    Attributes:
        format: version of this document.
        base: SHA-256 of the base's weights.
        model_type: architecture of the base.
        blocks: one entry per block of the base, dropped ones too.
        target: `vllm` keeps to what vLLM runs everywhere; there 8 bits are W8A8 with int8 activations.
        quantiser: `rtn` rounds to nearest with min/max scales, `clip` searches the scales, `gptq` searches
            the scales and then feeds the error of each column into the next ones.
        compensation: how the adapters of `rank` are found from the quantisation error.
        custom_code: blocks may have different FFN widths; the folder then brings a small modelling file and
            loads with trust_remote_code only.
        calibration: hash of the calibration tokens; None where nothing was calibrated.
        seeds: every seed that had a say, by what it decided.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    base: str = Field(min_length=1)
    model_type: str
    blocks: tuple[BlockPlan, ...] = Field(min_length=1)
    target: Target = "transformers"
    quantiser: Quantiser = "gptq"
    compensation: Compensation = "none"
    custom_code: bool = False
    calibration: str | None = None
    seeds: dict[str, int] = Field(default_factory=dict)

    def kept(self) -> Iterator[tuple[int, BlockPlan]]:
        """Yield (index in the base, plan) of every block that is not dropped."""
        return ((index, block) for index, block in enumerate(self.blocks) if not block.dropped)

    def hash(self) -> str:
        """Return the SHA-256 of the plan; equal plans have equal hashes on every machine."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> str:
        """Return the plan as JSON, one block a line, so that a diff shows what changed where."""
        data = self.model_dump(mode="json")
        blocks = ",\n".join("  " + json.dumps(block) for block in data.pop("blocks"))
        head = json.dumps(data, indent=1).removesuffix("\n}")
        return f'{head},\n "blocks": [\n{blocks}\n ]\n}}\n'


def uniform_plan(model: ModelMap, **settings: Any) -> Plan:
    """Return a plan that treats every block alike; `settings` are fields of `BlockPlan` or `Plan`.

    Raises:
        PlanError: a setting has an impossible value.
    """
    own = {name: settings.pop(name) for name in list(settings) if name in BlockPlan.model_fields}
    try:
        block = BlockPlan(**own)
        return Plan(base=model.base, model_type=model.model_type, blocks=(block,) * model.blocks, **settings)
    except ValidationError as error:
        raise PlanError(f"no such plan: {_first(error)}") from None


def read_plan(path: Path) -> Plan:
    """Read a plan from a JSON file.

    Raises:
        PlanError: the file cannot be read or is no plan; the field and the reason are named.
    """
    try:
        return Plan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PlanError(f"{path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise PlanError(f"{path} is no plan: {_first(error)}") from None


def differences(old: Plan, new: Plan) -> list[str]:
    """Return one line per field that differs, such as `blocks.3.mlp_bits: 4 -> 3`."""
    before, after = _flat("", old.model_dump(mode="json")), _flat("", new.model_dump(mode="json"))
    names = dict.fromkeys([*before, *after])
    return [
        f"{name}: {before.get(name, '-')} -> {after.get(name, '-')}"
        for name in names
        if before.get(name, "-") != after.get(name, "-")
    ]


def check_plan(plan: Plan, model: ModelMap) -> None:
    """Check that a plan can be carried out on this model.

    Raises:
        PlanError: it is a plan for another model, drops everything, names channels or groups that are not
            there, has a group size that does not divide, or asks for what the target does not run.
    """
    if plan.base != model.base:
        raise PlanError(
            f"the plan is for another model: its base is {plan.base[:12]}, this one is {model.base[:12]}"
        )
    if len(plan.blocks) != model.blocks:
        raise PlanError(f"the plan has {len(plan.blocks)} blocks, the model {model.blocks}")
    kept = list(plan.kept())
    if not kept:
        raise PlanError("the plan drops every block", "At least one has to stay.")
    for index, block in kept:
        _check_block(plan, index, block, model)
    groups = {len(block.kv_groups or range(model.kv_heads)) for _, block in kept}
    if len(groups) > 1:
        raise PlanError("the blocks keep different numbers of KV groups", "A stock config has one number.")
    widths = {kept_width(block, model) for _, block in kept}
    if len(widths) > 1 and not plan.custom_code:
        raise PlanError(
            f"the blocks have different FFN widths ({min(widths)} to {max(widths)})",
            "A stock config has one width; set custom_code to write a modelling file beside the weights.",
        )


def kept_width(block: BlockPlan, model: ModelMap) -> int:
    """Return the number of FFN channels that a block keeps."""
    if block.ffn_channels is not None:
        return len(block.ffn_channels)
    return model.ffn if block.ffn_width is None else block.ffn_width


def kept_shape(linear: str, block: BlockPlan, model: ModelMap) -> tuple[int, int]:
    """Return (outputs, inputs) of a linear layer after pruning."""
    groups = model.kv_heads if block.kv_groups is None else len(block.kv_groups)
    keys = groups * model.head_dim
    width, query = kept_width(block, model), keys * model.group_heads
    return {
        "self_attn.q_proj": (query, model.hidden),
        "self_attn.k_proj": (keys, model.hidden),
        "self_attn.v_proj": (keys, model.hidden),
        "self_attn.o_proj": (model.hidden, query),
        "mlp.gate_proj": (width, model.hidden),
        "mlp.up_proj": (width, model.hidden),
        "mlp.down_proj": (model.hidden, width),
    }[linear]


def _check_block(plan: Plan, index: int, block: BlockPlan, model: ModelMap) -> None:
    if kept_width(block, model) > model.ffn or (block.ffn_channels and block.ffn_channels[-1] >= model.ffn):
        raise PlanError(f"block {index}: the FFN has {model.ffn} channels, the plan asks for more")
    if block.kv_groups and block.kv_groups[-1] >= model.kv_heads:
        raise PlanError(f"block {index}: there are {model.kv_heads} KV groups, numbered from 0")
    if block.rank and block.rank > min(model.hidden, kept_width(block, model)):
        raise PlanError(f"block {index}: rank {block.rank} is more than the smallest layer has")
    for linear in LINEARS:
        bits, inputs = block.bits(linear), kept_shape(linear, block, model)[1]
        if plan.target == "vllm" and bits not in VLLM_BITS:
            raise PlanError(
                f"block {index}: {bits} bits do not run in vLLM everywhere",
                f"Choose from {VLLM_BITS}, or target transformers.",
            )
        grouped = bits < 8 or (bits == 8 and plan.target == "transformers")
        if grouped and inputs % block.group_size:
            raise PlanError(
                f"block {index}: group size {block.group_size} does not divide"
                f" the {inputs} inputs of {linear}",
                f"Sizes that do: {', '.join(str(s) for s in (16, 32, 64, 128) if inputs % s == 0)}.",
            )
    if plan.target == "vllm" and not block.symmetric and {block.attention_bits, block.mlp_bits} & {4}:
        raise PlanError(f"block {index}: target vllm writes symmetric weights only")


def _flat(prefix: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        pairs = ((str(key), item) for key, item in value.items())
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        pairs = ((str(number), item) for number, item in enumerate(value))
    else:
        return {prefix: value}
    return {
        name: leaf for key, item in pairs for name, leaf in _flat(f"{prefix}.{key}".lstrip("."), item).items()
    }


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else str(first["msg"])
