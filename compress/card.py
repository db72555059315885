"""The model card of a checkpoint: what was done, what it weighs, what was measured, how to load it."""

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compress.model_map import ModelMap
from compress.plan import Plan, kept_width

_SCORES = "## Scores"


def model_card(plan: Plan, model_map: ModelMap, manifest: Mapping[str, Any]) -> str:
    """Return the card as Markdown with the YAML head that model hubs read."""
    sizes = manifest["bytes"]
    loading = (
        "from_pretrained(folder, trust_remote_code=True)" if plan.custom_code else "from_pretrained(folder)"
    )
    lines = [
        "---",
        "library_name: transformers",
        "tags: [compressed-tensors, core-bench]",
        "---",
        "",
        f"# A compressed {model_map.model_type} model",
        "",
        f"Made by `core-bench compress` from a base whose weights have the SHA-256 `{model_map.base}`.",
        "",
        "## What was done",
        "",
        *(f"- {line}" for line in plan_summary(plan, model_map)),
        "",
        "The whole plan is in `compress_plan.json`; versions and measures are in `compress_manifest.json`.",
        "",
        "## Bytes",
        "",
        "| | bytes |",
        "|---|---:|",
        f"| on disk | {sizes['written']:,} |",
        f"| predicted from the plan | {sizes['predicted']:,} |",
        f"| resident, engines that compute on packed weights | {sizes['resident_packed']:,} |",
        f"| resident, stock transformers (it unpacks everything) | {sizes['resident_dense']:,} |",
        "",
        f"Stored bits per linear weight, scales included: {manifest['bits_per_weight']}.",
        "",
        *_measures(manifest),
        "## Loading",
        "",
        "```python",
        "from transformers import AutoModelForCausalLM, AutoTokenizer",
        f"model = AutoModelForCausalLM.{loading.replace('folder', chr(34) + 'THIS FOLDER' + chr(34))}",
        "```",
        "",
        *_adapter(plan),
        f"Targets: {'vLLM and transformers' if plan.target == 'vllm' else 'transformers'}.",
        "",
    ]
    return "\n".join(lines)


def add_scores(folder: Path, scores: Mapping[str, str]) -> None:
    """Write what an evaluation found into the card of a checkpoint; an older evaluation is replaced.

    Args:
        folder: a written checkpoint; one without a card of ours is left alone.
        scores: what was measured -> the value with its interval.
    """
    path = folder / "README.md"
    if not (folder / "compress_plan.json").exists() or not path.exists():
        return
    text = path.read_text(encoding="utf-8").split(_SCORES)[0].rstrip("\n")
    rows = [f"| {name} | {value} |" for name, value in scores.items()]
    whole = "\n".join([text, "", _SCORES, "", "| what | value |", "|---|---|", *rows, ""])
    draft = path.with_name(f".README.{os.getpid()}")
    draft.write_text(whole, encoding="utf-8")
    draft.replace(path)


def plan_summary(plan: Plan, model_map: ModelMap) -> list[str]:
    """Say in a few lines what a plan does."""
    kept = [block for _, block in plan.kept()]
    dropped = [str(index) for index, block in enumerate(plan.blocks) if block.dropped]
    lines = []
    if dropped:
        lines.append(f"blocks dropped: {', '.join(dropped)} of {model_map.blocks}")
    widths = Counter(kept_width(block, model_map) for block in kept)
    if set(widths) != {model_map.ffn}:
        lines.append(f"FFN width: {_counts(widths)} (was {model_map.ffn})")
    groups = Counter(len(block.kv_groups or range(model_map.kv_heads)) for block in kept)
    if set(groups) != {model_map.kv_heads}:
        lines.append(f"KV groups: {_counts(groups)} (was {model_map.kv_heads})")
    for name in ("attention", "mlp"):
        bits = Counter(getattr(block, f"{name}_bits") for block in kept)
        lines.append(f"{name} bits: {_counts(bits)}")
    if any(min(block.attention_bits, block.mlp_bits) < 16 for block in kept):
        sizes = sorted({block.group_size for block in kept})
        kind = "symmetric" if all(block.symmetric for block in kept) else "with zero points"
        lines.append(f"quantiser {plan.quantiser}, groups of {', '.join(map(str, sizes))}, {kind}")
    ranks = Counter(block.rank for block in kept)
    if set(ranks) != {0}:
        lines.append(f"adapter ranks: {_counts(ranks)} ({plan.compensation})")
    return lines


def _counts(counts: Counter[int]) -> str:
    if len(counts) == 1:
        return str(next(iter(counts)))
    return ", ".join(f"{value} in {count} blocks" for value, count in sorted(counts.items()))


def _measures(manifest: Mapping[str, Any]) -> list[str]:
    measures = manifest.get("measures")
    if not measures:
        return []
    rows = [f"| {name} | {value} |" for name, value in measures.items()]
    return ["## Measured", "", "| what | value |", "|---|---:|", *rows, ""]


def _adapter(plan: Plan) -> list[str]:
    if plan.compensation == "none" or not any(block.rank for _, block in plan.kept()):
        return []
    return [
        "The LoRA adapter in `adapter/` belongs to it: `peft.PeftModel.from_pretrained(model, folder + "
        '"/adapter")` after one forward pass (which unpacks the weights), or `--enable-lora` in vLLM.',
        "",
    ]
