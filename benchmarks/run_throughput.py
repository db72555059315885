"""Generation beside lm-evaluation-harness: `python benchmarks/run_throughput.py`.

SmolLM2 in bf16 gets 100 CRUXEval output prompts with the same two-shot header, greedy, at most 64 new
tokens, the same stop strings. The peer (its `hf` model, batch 16) runs in an environment of its own, made
here the first time; both generate the very same prompts, in turn. Printed: seconds of generation (models
are loaded before), the ratio, what scoring takes beside it, and how many replies are equal. Wants a quiet
machine, and CRUXEval's file (`CORE_BENCH_DATA`, default ../shared/data).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.peers import peer_python
from core_bench.engines.base import Request
from core_bench.engines.transformers_engine import TransformersEngine
from core_bench.items import Item
from core_bench.methods import load_method
from core_bench.models import fetch
from core_bench.scoring import judge_all

ROOT = Path(__file__).resolve().parent.parent
PEER = "lm-eval[hf]==0.4.13"
ITEMS, MAX_TOKENS, BATCH = 100, 64, 16

# Runs inside the peer's environment: its own model class, on the prompts of a file.
PEER_PROGRAM = """
import json, sys, time
from lm_eval.api.instance import Instance
from lm_eval.models.huggingface import HFLM
asked = json.load(open(sys.argv[1]))
model = HFLM(
    pretrained=asked["folder"], dtype="bfloat16", batch_size=asked["batch"], device="cpu"
)
limits = {"until": asked["stop"], "max_gen_toks": asked["max_tokens"]}
settings = {**limits, "do_sample": False, "temperature": 0.0}
wanted = [
    Instance("generate_until", {}, (prompt, dict(settings)), number)
    for number, prompt in enumerate(asked["prompts"])
]
started, cpu = time.perf_counter(), time.process_time()
texts = model.generate_until(wanted, disable_tqdm=True)
told = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu, "texts": texts}
json.dump(told, open(sys.argv[2], "w"))
"""


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=2, help="how often each generates; the best counts")
    parser.add_argument("--items", type=int, default=ITEMS, help="how many prompts")
    options = parser.parse_args()
    data = Path(os.environ.get("CORE_BENCH_DATA", ROOT.parent / "shared" / "data")) / "cruxeval.jsonl"
    if not data.is_file():
        sys.exit(f"no CRUXEval at {data}: set CORE_BENCH_DATA")
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()][: options.items]
    method = load_method("io")
    stop = method.settings("completion").stop
    items = [
        Item(row["id"], "sample", row["id"], row["id"], row["code"], "f", row["input"], f"f({row['input']})")
        for row in rows
    ]
    prompts = [str(method.render(item, "completion")) for item in items]
    folder = fetch("smollm2-135m", progress=print)
    interpreter = peer_python("lm-eval-0.4.13", PEER, options=("--constraint", str(ROOT / "constraints.txt")))

    ours, theirs, our_cpu, their_cpu = [], [], [], []
    texts: dict[str, str] = {}
    peer_texts: list[str] = []
    scoring = right = 0.0
    for _ in range(options.rounds):
        engine = TransformersEngine(folder)
        engine.describe()
        requests = [
            Request(item.id, "io", 0, prompt, stop, MAX_TOKENS, group=("sample", f"{len(item.code):07}"))
            for item, prompt in zip(items, prompts, strict=True)
        ]
        started, cpu = time.perf_counter(), time.process_time()
        replies = [reply for group in engine.generate(requests) for reply in group]
        ours.append(time.perf_counter() - started)
        our_cpu.append(time.process_time() - cpu)
        engine.close()
        started = time.perf_counter()
        verdicts = judge_all(replies, {row["id"]: row["output"] for row in rows}, "start")
        scoring = time.perf_counter() - started
        right = sum(verdict.verdict == "correct" for verdict in verdicts)
        texts = {reply.item: reply.text for reply in replies}
        peer = run_peer(interpreter, folder, prompts, list(stop))
        theirs.append(peer["seconds"])
        their_cpu.append(peer["cpu_seconds"])
        peer_texts = peer["texts"]

    print(f"{len(items)} prompts, SmolLM2 bf16, greedy, at most {MAX_TOKENS} new tokens, stop {list(stop)}")
    print(f"core-bench   generation {min(ours):6.1f} s   (all: {', '.join(f'{one:.1f}' for one in ours)})")
    peers = ", ".join(f"{one:.1f}" for one in theirs)
    print(f"lm-eval      generation {min(theirs):6.1f} s   (all: {peers})")
    less = min(their_cpu) / min(our_cpu)
    print(f"CPU time     {min(our_cpu):.1f} s and {min(their_cpu):.1f} s, {less:.2f} times")
    print(f"ratio        {min(theirs) / min(ours):.2f}   (asked: at least 3)")
    share = 100 * scoring / (scoring + min(ours))
    print(f"scoring      {scoring:.2f} s, {share:.1f} % of the whole (asked: at most 20 %)")
    equal = sum(texts[item.id].strip() == text.strip() for item, text in zip(items, peer_texts, strict=True))
    print(f"equal texts  {equal} of {len(items)}; right: {right:.0f}")


def run_peer(interpreter: Path, folder: Path, prompts: list[str], stop: list[str]) -> dict[str, Any]:
    """Let the peer generate; return its seconds and texts."""
    with tempfile.TemporaryDirectory() as scratch:
        asked, told = Path(scratch, "asked.json"), Path(scratch, "told.json")
        asked.write_text(
            json.dumps(
                {
                    "folder": str(folder),
                    "prompts": prompts,
                    "stop": stop,
                    "max_tokens": MAX_TOKENS,
                    "batch": BATCH,
                }
            )
        )
        offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
        done = subprocess.run(
            [interpreter, "-c", PEER_PROGRAM, asked, told],
            env={**os.environ, **offline},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            sys.exit(f"the peer failed:\n{done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads(told.read_text())
        return found


if __name__ == "__main__":
    main()
