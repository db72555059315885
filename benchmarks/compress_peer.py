"""GPTQ at mixed 8 and 4 bits, ours beside llmcompressor's: the same layers, the same calibration windows.

    python -m benchmarks.compress_peer [--windows 32] [--tokens 768]

SmolLM2's first ten blocks get 8 bits, the others 4, symmetric in groups of 64. llmcompressor runs in its own
environment (it and vLLM cannot share one), gets the token ids of our windows, and writes a folder that is
loaded and measured here, by the same code as ours. SmolLM2's weights were unpacked from a 4-bit file: see
`compress_quality`.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.peers import peer_python
from compress.calibration import Calibration, calibrate_on, passages
from compress.carry_out import carry_out
from compress.likelihood import Likelihood, compare, measure
from compress.loading import load_base, load_tokenizer
from compress.model_map import read_map
from compress.opening import open_with_adapter
from compress.plan import BlockPlan, Plan
from compress.text import read_documents
from core_bench.models import resolve

PEER = "llmcompressor==0.14.0.1"
EIGHT = 10
PEER_PROGRAM = """
import json, sys, time, torch
from datasets import Dataset
from llmcompressor import oneshot
from llmcompressor.modifiers.quantization import GPTQModifier
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme, QuantizationStrategy
from transformers import AutoModelForCausalLM, AutoTokenizer
asked = json.load(open(sys.argv[1]))
model = AutoModelForCausalLM.from_pretrained(asked["folder"], dtype=torch.bfloat16)
def scheme(bits, blocks):
    names = "|".join(map(str, blocks))
    return QuantizationScheme(
        targets=["re:.*layers[.](" + names + ")[.](self_attn|mlp)[.].*_proj$"],
        weights=QuantizationArgs(num_bits=bits, type="int", symmetric=True, strategy="group", group_size=64))
eight, blocks = asked["eight"], model.config.num_hidden_layers
groups = {"eight": scheme(8, range(eight)), "four": scheme(4, range(eight, blocks))}
windows = asked["windows"]
rows = Dataset.from_dict({"input_ids": windows, "attention_mask": [[1] * len(one) for one in windows]})
start = time.perf_counter()
oneshot(model=model, recipe=GPTQModifier(config_groups=groups, ignore=["lm_head"]), dataset=rows,
        max_seq_length=len(windows[0]), num_calibration_samples=len(windows))
seconds = time.perf_counter() - start
model.save_pretrained(asked["out"], save_compressed=True)
AutoTokenizer.from_pretrained(asked["folder"]).save_pretrained(asked["out"])
json.dump({"seconds": seconds}, open(sys.argv[2], "w"))
"""


def run_peer(folder: Path, calibration: Calibration, out: Path) -> float:
    """Let llmcompressor write its checkpoint; return its seconds."""
    python = peer_python("llmcompressor-0.14.0.1", PEER, "torch==2.13.0")
    with tempfile.TemporaryDirectory() as scratch:
        asked, told = Path(scratch, "asked.json"), Path(scratch, "told.json")
        rows = calibration.tokens.tolist()
        asked.write_text(
            json.dumps({"folder": str(folder), "windows": rows, "eight": EIGHT, "out": str(out)})
        )
        done = subprocess.run(
            [python, "-c", PEER_PROGRAM, asked, told],
            capture_output=True,
            text=True,
            cwd=scratch,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"the peer failed:\n{done.stderr[-3000:]}")
        seconds: float = json.loads(told.read_text())["seconds"]
        return seconds


def main() -> None:
    """Print the two side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=32, help="calibration windows of 256 tokens")
    parser.add_argument("--tokens", type=int, default=768, help="tokens of each held-out module")
    options = parser.parse_args()
    folder = resolve("smollm2-135m")
    model_map, tokenizer = read_map(folder), load_tokenizer(folder)
    texts = passages(read_documents("stdlib:held-out"), tokenizer, options.tokens)
    calibration = calibrate_on(read_documents("stdlib"), tokenizer, options.windows, 256, 0)
    widths = [8 if index < EIGHT else 4 for index in range(model_map.blocks)]
    blocks = tuple(BlockPlan(attention_bits=bits, mlp_bits=bits) for bits in widths)
    plan = Plan(base=model_map.base, model_type=model_map.model_type, blocks=blocks, quantiser="gptq")

    def line(name: str, found: Likelihood, seconds: float) -> Likelihood:
        against = "" if name == "16 bits" else f"  {compare(base, found)}"
        print(f"{name:14} {found.perplexity:9.3f} {seconds:7.0f} s{against}", flush=True)
        return found

    tokens = sum(text.tokens.numel() - 1 for text in texts)
    print(f"perplexity on {tokens:,} tokens of {len(texts)} modules; nats a token against 16 bits [95 %]")
    base = measure(load_base(folder, model_map), texts)
    line("16 bits", base, 0)
    start = time.monotonic()
    compressed = carry_out(plan, folder, model_map, calibration)
    seconds = time.monotonic() - start
    ours = line("core-bench", measure(compressed.model, texts), seconds)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "peer")
        seconds = run_peer(folder, calibration, out)
        theirs = line("llmcompressor", measure(open_with_adapter(out), texts), seconds)
    print(f"ours - theirs: {compare(theirs, ours)} nats a token")


if __name__ == "__main__":
    main()
