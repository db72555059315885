"""What quantising and pruning SmolLM2 costs: perplexity on held-out Python source, with paired intervals.

    python -m benchmarks.compress_quality bits|mixed|clip|depth|width [--tokens 768] [--windows 64] [--write
    FOLDER]

Calibrates on one part of the standard library and measures on another (`compress.text`), the first `--tokens`
tokens of 30 modules; beside it stands the text of the notes (the first 1,536 tokens of heapq). SmolLM2's
weights were unpacked from a 4-bit file, so that 4-bit weights with zero points and groups of 32 would be
nearly free: everything here is symmetric with groups of 64.
"""

import argparse
import hashlib
import json
import time
from pathlib import Path
from typing import Any

from compress.calibration import Calibration, Passage, calibrate_on, passages
from compress.carry_out import Compressed, carry_out, needs_calibration
from compress.likelihood import Likelihood, PassageLoss, compare, measure
from compress.loading import load_base, load_tokenizer
from compress.memory import predict
from compress.model_map import ModelMap, read_map
from compress.operators.depth import greedy_removals
from compress.plan import BlockPlan, Plan, uniform_plan
from compress.text import read_documents
from compress.write import write_checkpoint


class Bench:
    """The base, its texts, and one line per plan; what was measured once is read from the cache."""

    def __init__(self, options: argparse.Namespace) -> None:
        from core_bench.models import resolve

        self.folder: Path = resolve("smollm2-135m")
        self.map: ModelMap = read_map(self.folder)
        tokenizer = load_tokenizer(self.folder)
        held_out = read_documents("stdlib:held-out")
        self.texts = passages(held_out, tokenizer, options.tokens)
        self.note: list[Passage] = [p for p in passages(held_out[:1], tokenizer, 1536) if p.name == "heapq"]
        self.calibration: Calibration = calibrate_on(
            read_documents("stdlib"), tokenizer, options.windows, 256, 0
        )
        self.write: Path | None = options.write
        self.cache: Path = options.cache
        self.text_hash = hashlib.sha256(repr([p.tokens.tolist() for p in self.texts]).encode()).hexdigest()[
            :12
        ]
        tokens = sum(p.tokens.numel() - 1 for p in self.texts)
        print(
            f"{len(self.texts)} modules, {tokens:,} predicted tokens; calibrated on {options.windows} x 256"
        )
        print(
            f"{'plan':34} {'bytes':>12} {'bits/w':>7} {'ppl':>9} {'heapq':>9}  nats against the base [95 %]"
        )
        whole = uniform_plan(self.map)
        measured = self._known("base") or self._measure("base", load_base(self.folder, self.map), 0.0)
        self.base = self._line("16 bits (base)", whole, *measured)

    def plan(self, name: str, plan: Plan) -> Likelihood:
        """Carry out a plan, measure it, print its line."""
        key = f"{plan.hash()[:16]}-{self.calibration.hash[:8] if needs_calibration(plan) else 'none'}"
        known = self._known(key)
        if known is not None:
            return self._line(name, plan, *known)
        started = time.monotonic()
        compressed = carry_out(plan, self.folder, self.map, self.calibration)
        seconds = time.monotonic() - started
        found = self._measure(key, compressed.model, seconds)
        if self.write is not None:
            self._keep(compressed, name)
        return self._line(name, plan, *found)

    def _known(self, key: str) -> tuple[Likelihood, float, float] | None:
        path = self.cache / f"{key}-{self.text_hash}.json"
        if not path.exists():
            return None
        data = json.loads(path.read_text())
        return Likelihood(tuple(PassageLoss(*row) for row in data["passages"])), data["note"], data["seconds"]

    def _measure(self, key: str, model: Any, seconds: float) -> tuple[Likelihood, float, float]:
        found, note = measure(model, self.texts), measure(model, self.note).perplexity
        rows = [[p.name, p.nats, p.tokens] for p in found.passages]
        self.cache.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"passages": rows, "note": note, "seconds": seconds})
        (self.cache / f"{key}-{self.text_hash}.json").write_text(text)
        return found, note, seconds

    def _line(self, name: str, plan: Plan, found: Likelihood, note: float, seconds: float) -> Likelihood:
        memory = predict(plan, self.map)
        against = f"{compare(self.base, found)}  made in {seconds:.0f} s" if seconds else ""
        print(
            f"{name:34} {memory.total:12,} {memory.bits_per_weight:7.3f}",
            f"{found.perplexity:9.3f} {note:9.2f}  {against}",
            flush=True,
        )
        return found

    def _keep(self, compressed: Compressed, name: str) -> None:
        assert self.write is not None
        target = self.write / name.replace(" ", "-").replace("/", "_")
        if not target.exists():
            write_checkpoint(compressed, self.folder, self.map, target)


def bits(bench: Bench) -> None:
    """GPTQ with clip search against plain rounding, at 4, 3 and 2 bits."""
    for width in (3, 4, 2):
        found = {
            how: bench.plan(
                f"{width} bits {how}",
                uniform_plan(bench.map, attention_bits=width, mlp_bits=width, quantiser=how),
            )
            for how in ("rtn", "gptq")
        }
        ratio = found["gptq"].perplexity / found["rtn"].perplexity
        print(
            f"  {width} bits, gptq - rtn: {compare(found['rtn'], found['gptq'])} nats; ppl x {ratio:.3f}",
            flush=True,
        )


def clip(bench: Bench) -> None:
    """Clip search without GPTQ."""
    for width in (3, 4, 2):
        plan = uniform_plan(bench.map, attention_bits=width, mlp_bits=width, quantiser="clip")
        bench.plan(f"{width} bits clip", plan)


def mixed(bench: Bench) -> None:
    """10 blocks at 8 bits, 20 at 4; and the vLLM form, W8A8 with W4A16."""
    for target in ("transformers", "vllm"):
        for how in ("rtn", "gptq"):
            blocks = tuple(
                BlockPlan(attention_bits=8 if i < 10 else 4, mlp_bits=8 if i < 10 else 4)
                for i in range(bench.map.blocks)
            )
            plan = Plan(
                base=bench.map.base,
                model_type=bench.map.model_type,
                blocks=blocks,
                quantiser=how,
                target=target,
            )
            bench.plan(f"mixed 8/4 {how} {target}", plan)


def removal_order(bench: Bench) -> list[int]:
    """Return the five blocks that go first, from the cache where they are known."""
    tokens = bench.calibration.first(12)
    path = bench.cache / f"removals-{tokens.hash[:16]}.json"
    if not path.exists():
        started = time.monotonic()
        found = greedy_removals(load_base(bench.folder, bench.map), tokens.tokens, 5)
        print(
            f"  found in {time.monotonic() - started:.0f} s on {tokens.tokens.numel():,} tokens", flush=True
        )
        path.write_text(json.dumps([removal.block for removal in found]))
    order: list[int] = json.loads(path.read_text())
    print(f"  removed in this order: {order}", flush=True)
    return order


def depth(bench: Bench) -> None:
    """Drop 3 and 5 blocks, chosen by greedy leave-one-out on calibration windows."""
    order = removal_order(bench)
    for count in (1, 2, 3, 4, 5):
        gone = set(order[:count])
        blocks = tuple(BlockPlan(dropped=index in gone) for index in range(bench.map.blocks))
        plan = Plan(base=bench.map.base, model_type=bench.map.model_type, blocks=blocks)
        bench.plan(f"{count} blocks dropped", plan)


def width(bench: Bench) -> None:
    """FFN 1536 -> 1344 and 1024; one of three KV groups in every block."""
    for kept in (1344, 1024):
        bench.plan(f"ffn {kept}", uniform_plan(bench.map, ffn_width=kept))


def main() -> None:
    """Measure one or all parts."""
    parts = {"bits": bits, "mixed": mixed, "clip": clip, "depth": depth, "width": width}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "part", nargs="*", choices=[*parts, []], help="which figures; all without an argument"
    )
    parser.add_argument("--tokens", type=int, default=768, help="tokens of each held-out module")
    parser.add_argument("--windows", type=int, default=64, help="calibration windows of 256 tokens")
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/compress_quality"), help="what was measured before"
    )
    parser.add_argument("--write", type=Path, help="keep the checkpoints in this folder")
    options = parser.parse_args()
    bench = Bench(options)
    for name in options.part or parts:
        parts[name](bench)


if __name__ == "__main__":
    main()
