"""Predicted against real bytes of SmolLM2 checkpoints, plan by plan.

    python -m benchmarks.compress_memory [--folders FOLDER ...]

Writes every plan into a temporary folder (round to nearest, so that it takes seconds), or weighs
checkpoints that are there already, and prints prediction, file size and their difference. Also prints the
training peak that is predicted for the base.
"""

import argparse
import tempfile
from pathlib import Path

from compress import BlockPlan, Plan, predict, predict_training, read_map, read_plan, uniform_plan
from compress.calibration import calibrate_on
from compress.carry_out import carry_out
from compress.loading import load_tokenizer
from compress.model_map import ModelMap
from compress.text import read_documents
from compress.write import write_checkpoint


def plans(model: ModelMap) -> dict[str, Plan]:
    """Return plans that use every operator that changes bytes."""

    def of(blocks: list[BlockPlan], **settings: object) -> Plan:
        named = {"quantiser": "rtn", **settings}
        return Plan(base=model.base, model_type=model.model_type, blocks=tuple(blocks), **named)  # type: ignore[arg-type]

    every = range(model.blocks)
    found = {
        f"{bits} bits": uniform_plan(model, attention_bits=bits, mlp_bits=bits, quantiser="rtn")
        for bits in (2, 3, 4, 8, 16)
    }
    four = {"attention_bits": 4, "mlp_bits": 4, "quantiser": "rtn"}
    three = {"attention_bits": 3, "mlp_bits": 3, "quantiser": "rtn"}
    in_turn, halves = (2, 3, 4, 8, 16) * 6, [8] * 10 + [4] * 20
    narrow = {"ffn_width": 1344, "attention_bits": 4, "mlp_bits": 4}
    return found | {
        "4 bits, groups of 32": uniform_plan(model, group_size=32, **four),
        "2/3/4/8/16 in turn": of([BlockPlan(attention_bits=b, mlp_bits=b) for b in in_turn]),
        "attention 8, mlp 3": uniform_plan(model, attention_bits=8, mlp_bits=3, quantiser="rtn"),
        "W8A8 + W4A16": of([BlockPlan(attention_bits=b, mlp_bits=b) for b in halves], target="vllm"),
        "5 blocks dropped": of([BlockPlan(dropped=20 <= i < 25) for i in every]),
        "ffn 1344": uniform_plan(model, ffn_width=1344),
        "2 of 3 KV groups": uniform_plan(model, kv_groups=(0, 2)),
        "ffn 1344, 3 dropped, 4 bits": of([BlockPlan(dropped=20 <= i < 23, **narrow) for i in every]),
        "3 bits, adapters of rank 16": uniform_plan(model, rank=16, compensation="svd", **three),
        "widths 1280 to 1536": of(
            [BlockPlan(ffn_width=1280 + 64 * (i % 5)) for i in every], custom_code=True
        ),
    }


def main() -> None:
    """Print the table."""
    from core_bench.models import resolve

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folders", type=Path, nargs="*", help="weigh these instead of writing new ones")
    options = parser.parse_args()
    base = resolve("smollm2-135m")
    model = read_map(base)
    print(
        f"{'plan':30} {'predicted':>12} {'real':>12} {'off by':>8} {'bits/w':>7} {'in vLLM':>9} {'in hf':>9}"
    )
    if options.folders:
        for folder in options.folders:
            _line(folder.name, read_plan(folder / "compress_plan.json"), model, folder)
    else:
        calibration = calibrate_on(read_documents("stdlib"), load_tokenizer(base), 4, 128)
        for name, plan in plans(model).items():
            with tempfile.TemporaryDirectory() as place:
                compressed = carry_out(plan, base, model, calibration)
                _line(name, plan, model, write_checkpoint(compressed, base, model, Path(place) / "made"))
    peak = predict_training(uniform_plan(model), model, dict.fromkeys(range(model.blocks), 16), 16, 256)
    print(f"training peak, rank 16, 16 x 256 tokens: {peak.total / 1e6:,.0f} MB (an estimate): {peak}")


def _line(name: str, plan: Plan, model: ModelMap, folder: Path) -> None:
    memory = predict(plan, model)
    adapter = folder / "adapter" / "adapter_model.safetensors"
    real = (folder / "model.safetensors").stat().st_size + (adapter.stat().st_size if adapter.exists() else 0)
    off = 100 * (memory.total / real - 1)
    print(
        f"{name:30} {memory.total:12,} {real:12,} {off:7.3f}% {memory.bits_per_weight:7.3f}",
        f"{memory.resident_packed / 1e6:7.1f}MB {memory.resident_dense / 1e6:7.1f}MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
