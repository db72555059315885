"""vLLM through core-bench beside vLLM alone: `python benchmarks/run_vllm.py [--limit 200]`.

One after the other, each in a process of its own: a bare `LLM.generate` on the token ids of core-mini's
prompts (io, completion, greedy), then the vllm engine on the same, then the transformers engine. Printed:
tokens a second of both and their ratio (asked: at least 95 %), and which greedy replies of vLLM and
transformers differ (asked: at most 5 %). Needs vLLM: `make vllm-env`. Wants a quiet machine.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core_bench.engines import EngineOptions, open_engine
from core_bench.engines.base import Engine, Request
from core_bench.engines.vllm_place import has_cards, interpreter, vllm_environment
from core_bench.methods import load_method
from core_bench.models import fetch
from core_bench.runs import requests_for
from core_bench.suites import load_suite

WINDOW = 2048

BARE = """
import json, sys, time

def main():
    from vllm import LLM, SamplingParams
    asked = json.load(open(sys.argv[1]))
    model = LLM(
        model=asked["folder"], dtype="bfloat16", enforce_eager=asked["eager"], max_model_len=asked["window"],
        enable_prefix_caching=True, disable_log_stats=True, seed=0,
    )
    parameters = SamplingParams(temperature=0, max_tokens=asked["max_tokens"], stop=asked["stop"])
    prompts = [{"prompt_token_ids": tokens} for tokens in asked["prompts"]]
    model.generate(prompts[:1], parameters, use_tqdm=False)
    started = time.perf_counter()
    outputs = model.generate(prompts, parameters, use_tqdm=False)
    seconds = time.perf_counter() - started
    tokens = sum(len(output.outputs[0].token_ids) for output in outputs)
    json.dump({"seconds": seconds, "tokens": tokens}, open(sys.argv[2], "w"))

if __name__ == "__main__":
    main()
"""


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--split", default="full")
    parser.add_argument("--limit", type=int, default=200, help="only the first N items")
    parser.add_argument("--vllm-python", help="the interpreter that has vLLM")
    options = parser.parse_args()
    folder = fetch("smollm2-135m", progress=print)
    method = load_method("io")
    items = load_suite("core-mini").split(options.split)[: options.limit]
    requests = requests_for(items, method, "completion")
    print(f"core-mini {options.split}: {len(requests)} items, SmolLM2 bf16, greedy")

    bare_seconds, bare_tokens = bare(str(folder), requests, options.vllm_python)
    print(
        f"LLM.generate   {bare_tokens / bare_seconds:8.1f} tokens/s   ({bare_tokens} in {bare_seconds:.1f} s)"
    )
    engine = open_engine(
        f"vllm:{folder}", EngineOptions(vllm_python=options.vllm_python, context_window=WINDOW)
    )
    served, seconds, tokens = ask(engine, requests)
    print(f"core-bench     {tokens / seconds:8.1f} tokens/s   ({tokens} in {seconds:.1f} s)")
    ratio = (tokens / seconds) / (bare_tokens / bare_seconds)
    print(f"ratio          {100 * ratio:8.1f} %   (asked: at least 95 %)")

    local, _, _ = ask(open_engine(str(folder), EngineOptions()), requests)
    differ = [item for item in local if local[item] != served[item]]
    equal = len(local) - len(differ)
    print(
        f"equal replies  {equal} of {len(local)}, {100 * equal / len(local):.1f} %   (asked: at least 95 %)"
    )
    for item in differ:
        print(f"  {item}: transformers {local[item]!r}, vLLM {served[item]!r}")


def ask(engine: Engine, requests: list[Request]) -> tuple[dict[str, str], float, int]:
    """Return the texts, the seconds and the tokens written, the engine being warm."""
    engine.describe()
    list(engine.generate(requests[:1]))
    started = time.perf_counter()
    replies = [reply for group in engine.generate(requests) for reply in group]
    seconds = time.perf_counter() - started
    engine.close()
    tokens = sum(reply.completion_tokens or 0 for reply in replies)
    return {reply.item: reply.text for reply in replies}, seconds, tokens


def bare(folder: str, requests: list[Request], python: str | None) -> tuple[float, int]:
    """Return seconds and tokens of `LLM.generate` alone."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)  # type: ignore[no-untyped-call]
    asked = {
        "folder": folder,
        "prompts": [tokenizer(request.prompt)["input_ids"] for request in requests],
        "stop": list(requests[0].stop),
        "max_tokens": requests[0].max_tokens,
        "window": WINDOW,
        "eager": not has_cards(),
    }
    with tempfile.TemporaryDirectory() as scratch:
        program, questions, told = (Path(scratch, name) for name in ("bare.py", "asked.json", "told.json"))
        program.write_text(BARE)
        questions.write_text(json.dumps(asked))
        command = [interpreter(python), str(program), str(questions), str(told)]
        done = subprocess.run(command, env=vllm_environment(), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"vLLM failed:\n{done.stderr[-3000:]}")
        found = json.loads(told.read_text())
    return found["seconds"], found["tokens"]


if __name__ == "__main__":
    main()
