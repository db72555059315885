"""Can these figures be? The submitter measured them, so they are held against what is possible."""

from collections.abc import Iterator, Sequence

from core_bench.leaderboard.refusal import Finding
from core_bench.leaderboard.submission import ModelCard
from core_bench.records import Efficiency, Reply, RunManifest

_BITS = (0.5, 40.0)
"""Bits a weight that a checkpoint can have: nothing useful has less, nobody stores more."""
_TOKENS_PER_SECOND = 1e6
_CHARS_PER_TOKEN = 64


def implausible(
    manifest: RunManifest, efficiency: Efficiency | None, replies: Sequence[Reply], model: ModelCard
) -> Iterator[Finding]:
    """Yield what cannot be (faults) and what is odd (warnings)."""
    for reply in replies:
        tokens = reply.completion_tokens
        if tokens is None or reply.finish == "error":
            continue
        if tokens < 0 or (reply.seconds is not None and reply.seconds < 0):
            yield Finding("fault", "efficiency", f"the reply to {reply.item} took less than nothing")
            break
        if tokens > manifest.max_tokens or len(reply.text) > _CHARS_PER_TOKEN * (tokens + 1):
            told = f"{len(reply.text):,} characters from {tokens} tokens, {manifest.max_tokens} allowed"
            yield Finding("fault", "efficiency", f"the reply to {reply.item} cannot be: {told}")
            break
    if efficiency is None:
        return
    figures = efficiency.model_dump()
    negative = [name for name, value in figures.items() if isinstance(value, int | float) and value < 0]
    if negative:
        yield Finding("fault", "efficiency", f"{negative[0]} is below zero")
    parameters = model.parameters or efficiency.parameters
    size = efficiency.checkpoint_bytes
    if parameters and size and not _BITS[0] <= 8 * size / parameters <= _BITS[1]:
        told = f"{size:,} bytes for {parameters:,} weights are {8 * size / parameters:.2f} bits a weight"
        yield Finding("fault", "efficiency", told)
    rate = efficiency.decode_tokens_per_second
    if rate is not None and rate > _TOKENS_PER_SECOND:
        yield Finding("fault", "efficiency", f"{rate:,.0f} tokens a second")
    if (
        efficiency.parameters
        and model.parameters
        and not 0.8 < model.parameters / efficiency.parameters < 1.25
    ):
        told = f"the card says {model.parameters:,} weights, the run counted {efficiency.parameters:,}"
        yield Finding("warning", "parameters", told)
