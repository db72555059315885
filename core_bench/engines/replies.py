"""Replies that carry their request's key."""

import hashlib

from core_bench.engines.base import Request, cut_at_stop
from core_bench.errors import CoreBenchError
from core_bench.records import Reply


def error_reply(
    request: Request,
    reason: str,
    *,
    attempts: int = 1,
    prompt_tokens: int | None = None,
    seconds: float | None = None,
) -> Reply:
    """Return the reply to a request that could not be answered, with the reason for a person to read."""
    return Reply(
        item=request.item,
        method=request.method,
        epoch=request.epoch,
        round=request.round,
        text="",
        finish="error",
        error=reason,
        attempts=attempts,
        prompt_tokens=prompt_tokens,
        seconds=seconds,
    )


def ready_reply(request: Request, text: str) -> Reply:
    """Return `text`, which needed no model, as the reply to `request`: cut at its stop strings, untimed."""
    return Reply(
        item=request.item,
        method=request.method,
        epoch=request.epoch,
        round=request.round,
        text=cut_at_stop(text, request.stop),
        finish="stop",
    )


def sampling_seed(request: Request) -> int:
    """Derive the seed of the sampling from the key, so that each epoch differs and each run repeats."""
    key = f"{request.item}\0{request.method}\0{request.epoch}".encode()
    if request.round or request.seed:
        key += f"\0{request.round}\0{request.seed}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:6])


def no_likelihoods(who: str) -> CoreBenchError:
    """Return the error of an engine that can not tell log-probabilities."""
    return CoreBenchError(
        f"{who} cannot tell the log-probability of a given answer",
        "Use --score loglik with a local model, or with a server that echoes prompts with log-probabilities "
        "(vLLM, llama.cpp) and --shape completion.",
    )
