"""Replies that carry their request's key."""

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


def no_likelihoods(who: str) -> CoreBenchError:
    """Return the error of an engine that can not tell log-probabilities."""
    return CoreBenchError(
        f"{who} cannot tell the log-probability of a given answer",
        "Use --score loglik with a local model, or with a server that echoes prompts with log-probabilities "
        "(vLLM, llama.cpp) and --shape completion.",
    )
