"""What computing shared starts once is worth: `python benchmarks/run_prefix_reuse.py [--split full]`.

Asks SmolLM2 (bf16, greedy, the method io) for every item of core-mini, once as the engine does it and
once with every prompt computed whole (batches of 16, nothing shared), and prints tokens asked and
computed, the times, and how many replies are equal: in bf16 another way of summing can tip a token. Wants
a quiet machine.
"""

import argparse
import time
from typing import NamedTuple

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

    with_reuse = ask(requests, reuse=True)
    print(f"tokens asked     {with_reuse.asked:>9,}")
    fewer = with_reuse.asked / with_reuse.computed
    print(f"tokens computed  {with_reuse.computed:>9,}   {fewer:.1f} times fewer")
    print(f"with reuse       {with_reuse.seconds:>9.1f} s   {with_reuse.cpu_seconds:.1f} s of CPU")
    PaddedBatch._shared_start = lambda *_: (0, None)  # type: ignore[method-assign,assignment]
    without = ask(requests, reuse=False)
    slower, dearer = without.seconds / with_reuse.seconds, without.cpu_seconds / with_reuse.cpu_seconds
    print(f"without reuse    {without.seconds:>9.1f} s   {without.cpu_seconds:.1f} s of CPU")
    print(f"speed-up         {slower:>9.1f} times, {dearer:.1f} times in CPU time   (asked: at least 2)")
    equal = sum(with_reuse.texts[item] == text for item, text in without.texts.items())
    print(f"equal replies    {equal:>9,}   of {len(requests):,}")


class Asked(NamedTuple):
    """Texts by item, tokens of all prompts, tokens computed, and the seconds of generation."""

    texts: dict[str, str]
    asked: int
    computed: int
    seconds: float
    cpu_seconds: float


def ask(requests: list[Request], *, reuse: bool) -> Asked:
    """Ask everything with a model that is loaded."""
    engine = TransformersEngine(
        fetch("smollm2-135m", progress=print), batch_size=64 if reuse else 16, reuse=reuse
    )
    engine.describe()
    checkpoint: Checkpoint = engine._loaded()
    assert checkpoint.shares == reuse
    started, cpu = time.perf_counter(), time.process_time()
    replies = [reply for group in engine.generate(requests) for reply in group]
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    computed = engine.measured().prompt_tokens_computed or 0
    engine.close()
    texts = {reply.item: reply.text for reply in replies}
    asked = sum(reply.prompt_tokens or 0 for reply in replies)
    return Asked(texts, asked, computed, seconds, cpu_seconds)


if __name__ == "__main__":
    main()
