"""What computing shared starts once is worth: `python benchmarks/run_prefix_reuse.py [--split full]`.

Asks SmolLM2 (bf16, greedy, the method io) for every item of core-mini, once as the engine does it and
once with every prompt computed whole (batches of 16, nothing shared), and prints tokens asked and
computed, the times, and how many replies are equal: in bf16 another way of summing can tip a token. Wants
a quiet machine.
"""

import argparse
import time

from core_bench.engines.base import Request
from core_bench.engines.local.checkpoint import Checkpoint
from core_bench.engines.local.padded_batch import PaddedBatch
from core_bench.engines.transformers_engine import TransformersEngine
from core_bench.methods import load_method
from core_bench.models import fetch
from core_bench.runs import requests_for
from core_bench.suites import load_suite


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", default="core-mini")
    parser.add_argument("--split", default="full")
    parser.add_argument("--limit", type=int, help="only the first N items")
    options = parser.parse_args()
    suite = load_suite(options.suite)
    requests = requests_for(suite.split(options.split)[: options.limit], load_method("io"), "completion")
    print(f"{suite.header.name} {options.split}: {len(requests)} items, method io, completion prompts")

    shared, asked, shared_seconds, computed = ask(requests, reuse=True)
    print(f"tokens asked     {asked:>9,}")
    print(f"tokens computed  {computed:>9,}   {asked / computed:.1f} times fewer")
    print(f"with reuse       {shared_seconds:>9.1f} s")
    PaddedBatch._shared_start = lambda *_: (0, None)  # type: ignore[method-assign,assignment]
    whole, _, whole_seconds, _ = ask(requests, reuse=False)
    print(f"without reuse    {whole_seconds:>9.1f} s   {whole_seconds / shared_seconds:.1f} times as long")
    equal = sum(shared[item] == whole[item] for item in shared)
    print(f"equal replies    {equal:>9,}   of {len(shared):,}")


def ask(requests: list[Request], *, reuse: bool) -> tuple[dict[str, str], int, float, int]:
    """Return the texts, the tokens of all prompts, the seconds of generation, and the tokens computed."""
    engine = TransformersEngine(fetch("smollm2-135m"), batch_size=32 if reuse else 16, reuse=reuse)
    engine.describe()
    checkpoint: Checkpoint = engine._loaded()
    assert checkpoint.shares == reuse
    started = time.perf_counter()
    replies = [reply for group in engine.generate(requests) for reply in group]
    seconds = time.perf_counter() - started
    computed = engine.measured().prompt_tokens_computed or 0
    engine.close()
    texts = {reply.item: reply.text for reply in replies}
    return texts, sum(reply.prompt_tokens or 0 for reply in replies), seconds, computed


if __name__ == "__main__":
    main()
