"""How a compressed model lies on the disk: its tensors, and what config.json says about them.

The form is compressed-tensors' own (>= 0.19, whose dense packing of 3-bit weights differs from older ones):
`pack-quantized` for weights of 2 to 8 bits, `int-quantized` for W8A8. Codes are packed as they were chosen;
the library's compressor would round the (already rounded) values a second time.
"""

from typing import Any

import torch

from compress.carry_out import Compressed, grid_of
from compress.errors import CompressError
from compress.model_map import LINEARS
from compress.operators.grid import QuantisedWeight
from compress.plan import BlockPlan, Plan

OLDEST_WRITER = (0, 19)


def writer_version() -> str:
    """Return the version of compressed-tensors that packs.

    Raises:
        CompressError: it is missing, or older than 0.19.
    """
    try:
        import compressed_tensors
    except ImportError:
        raise CompressError(
            "writing quantised weights needs compressed-tensors",
            "Install core-bench with its compress extra.",
        ) from None
    version = str(compressed_tensors.__version__)
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_WRITER:
        raise CompressError(
            f"compressed-tensors {version} packs 3-bit weights in a form that others cannot read"
        )
    return version


def require_reloadable(plan: Plan) -> None:
    """Refuse zero points where the installed library cannot read them back.

    transformers builds an empty model first, and compressed-tensors 0.20 forgets there to pack the shape of
    the zero points, so that a folder with zero points does not load (tried with transformers 5.23). The
    check asks the library instead of its version: the refusal ends when the library is mended.

    Raises:
        CompressError: the plan stores zero points, and stock transformers would not load them.
    """
    if all(block.symmetric or min(block.attention_bits, block.mlp_bits) == 16 for _, block in plan.kept()):
        return
    from compressed_tensors.compressors.pack_quantized.base import PackedQuantizationCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme

    arguments = QuantizationArgs(num_bits=4, symmetric=False, strategy="group", group_size=32)
    empty = {
        "weight": torch.empty(64, 64, device="meta"),
        "weight_scale": torch.empty(64, 2, device="meta"),
        "weight_zero_point": torch.empty(64, 2, dtype=torch.int8, device="meta"),
    }
    packed_empty = PackedQuantizationCompressor.compress(
        empty, QuantizationScheme(targets=[], weights=arguments)
    )
    if packed_empty["weight_zero_point"].shape[0] != 8:
        raise CompressError(
            f"stock transformers cannot load zero points with compressed-tensors {writer_version()}",
            "Use symmetric weights; smaller groups win back most of the difference.",
        )


def stored_weights(compressed: Compressed) -> dict[str, torch.Tensor]:
    """Return every tensor of `model.safetensors` by name."""
    tensors = dict(compressed.model.state_dict())
    if compressed.model.config.tie_word_embeddings:
        tensors.pop("lm_head.weight", None)
    for name, quantised in compressed.quantised.items():
        del tensors[f"{name}.weight"]
        tensors |= {f"{name}.{part}": tensor for part, tensor in packed(quantised).items()}
    return {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}


def packed(quantised: QuantisedWeight) -> dict[str, torch.Tensor]:
    """Return the stored parts of one quantised weight."""
    from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32

    if quantised.int8_activations:
        return {"weight": quantised.codes, "weight_scale": quantised.scales}
    bits = quantised.grid.bits
    parts = {
        "weight_packed": pack_to_int32(quantised.codes, bits),
        "weight_scale": quantised.scales,
        "weight_shape": torch.tensor(quantised.codes.shape),
    }
    if not quantised.grid.symmetric:
        parts["weight_zero_point"] = pack_to_int32(quantised.zeros, bits, packed_dim=0).contiguous()
    return parts


def quantisation_config(plan: Plan, scale_type: torch.dtype) -> dict[str, Any] | None:
    """Return the `quantization_config` of config.json; None where nothing is quantised."""
    from compressed_tensors.quantization import QuantizationArgs, QuantizationConfig, QuantizationScheme

    members: dict[tuple[Any, ...], list[str]] = {}
    for number, (_, block) in enumerate(plan.kept()):
        for part, linear in (("self_attn", "self_attn.q_proj"), ("mlp", "mlp.up_proj")):
            grid = grid_of(linear, block, plan, scale_type)
            if grid is not None:
                key = (part, grid.bits, grid.group_size, grid.symmetric)
                members.setdefault(key, []).append(str(number))
    if not members:
        return None
    groups, formats = {}, set()
    for number, ((part, bits, group_size, symmetric), blocks) in enumerate(members.items()):
        whole_rows = group_size is None
        form = "int-quantized" if whole_rows else "pack-quantized"
        formats.add(form)
        groups[f"group_{number}"] = QuantizationScheme(
            targets=[rf"re:.*layers\.({'|'.join(blocks)})\.{part}\..*_proj$"],
            weights=QuantizationArgs(
                num_bits=bits,
                type="int",
                symmetric=symmetric,
                strategy="channel" if whole_rows else "group",
                group_size=group_size,
            ),
            input_activations=QuantizationArgs(
                num_bits=8, type="int", symmetric=True, strategy="token", dynamic=True
            )
            if whole_rows
            else None,
            format=form,
        )
    config = QuantizationConfig(
        config_groups=groups,
        ignore=["lm_head"],
        format=formats.pop() if len(formats) == 1 else "mixed-precision",
        quantization_status="compressed",
    )
    return {
        "version": writer_version(),
        "quant_method": "compressed-tensors",
        "sparsity_config": {},
        "transform_config": {},
        **config.model_dump(mode="json", exclude={"quant_method"}),
    }


def adapter_tensors(compressed: Compressed) -> dict[str, torch.Tensor]:
    """Return the tensors of the adapter as peft names them."""
    return {
        f"base_model.model.{name}.lora_{letter}.weight": tensor
        for name, addition in compressed.adapters.items()
        for letter, tensor in (("A", addition.down), ("B", addition.up))
    }


def adapter_config(ranks: dict[str, int]) -> dict[str, Any]:
    """Return peft's `adapter_config.json` for ranks by layer name; every alpha equals its rank (scale 1)."""
    from peft import LoraConfig

    highest = max(ranks.values())
    other = {
        rf"^{name.replace('.', chr(92) + '.')}$": rank for name, rank in ranks.items() if rank != highest
    }
    whole = {name.rsplit(".", 1)[1] for name in ranks} == {linear.rsplit(".", 1)[1] for linear in LINEARS}
    complete = whole and len(ranks) % len(LINEARS) == 0
    config = LoraConfig(
        r=highest,
        lora_alpha=highest,
        lora_dropout=0.0,
        task_type="CAUSAL_LM",
        target_modules=[linear.rsplit(".", 1)[1] for linear in LINEARS] if complete else sorted(ranks),
        rank_pattern=other,
        alpha_pattern=dict(other),
        inference_mode=True,
    )
    return {
        key: sorted(value) if isinstance(value, set) else value for key, value in config.to_dict().items()
    }


def changed_settings(compressed: Compressed, blocks: tuple[BlockPlan, ...]) -> dict[str, Any]:
    """Return the fields of config.json that pruning changed."""
    config, changed = compressed.model.config, {}
    if any(block.dropped for block in blocks):
        changed["num_hidden_layers"] = config.num_hidden_layers
        if getattr(config, "layer_types", None):
            changed["layer_types"] = list(config.layer_types)
    if any(block.kv_groups is not None for block in blocks):
        for name in ("num_attention_heads", "num_key_value_heads", "head_dim"):
            changed[name] = getattr(config, name)
    if any(block.ffn_width is not None for block in blocks):
        changed["intermediate_size"] = config.intermediate_size
    if getattr(config, "ffn_widths", None):
        changed["ffn_widths"] = list(config.ffn_widths)
    return changed
