"""Log-probabilities of given text from a server that echoes prompts, as vLLM and llama.cpp do."""

from typing import Any

from core_bench.engines.base import AnswerScore, LikelihoodRequest
from core_bench.engines.remote.exchange import UnusableAnswerError


async def echoed_scores(client: Any, model: str, request: LikelihoodRequest) -> tuple[AnswerScore, ...]:
    """Return the score of each answer.

    Args:
        client: An `openai.AsyncOpenAI`.
        model: The model's name on the server.
        request: In the completion shape.

    Raises:
        UnusableAnswerError: The server does not tell log-probabilities of the prompt.
        openai.APIError: The request failed.
    """
    before = f"{request.prompt}{request.lead}"
    return tuple([await _echoed(client, model, before, answer) for answer in request.answers])


async def _echoed(client: Any, model: str, before: str, answer: str) -> AnswerScore:
    got = await client.completions.create(
        model=model, prompt=before + answer, max_tokens=1, temperature=0, echo=True, logprobs=1
    )
    choices = getattr(got, "choices", None)
    told = getattr(choices[0], "logprobs", None) if isinstance(choices, list) and choices else None
    tokens = getattr(told, "tokens", None)
    chances = getattr(told, "token_logprobs", None)
    offsets = getattr(told, "text_offset", None)
    if not tokens or not chances or not offsets or not len(tokens) == len(chances) == len(offsets):
        raise UnusableAnswerError("the server does not echo the prompt with log-probabilities")
    end = len(before) + len(answer)
    # A token that begins before the answer and ends in it belongs to it.
    ends = [*offsets[1:], end + 1]
    mine = [at for at in range(len(tokens)) if ends[at] > len(before) and offsets[at] < end]
    if not mine or any(chances[at] is None for at in mine):
        raise UnusableAnswerError("the server does not echo the prompt with log-probabilities")
    best = getattr(told, "top_logprobs", None) or [None] * len(tokens)
    greedy = all(best[at] and chances[at] >= max(best[at].values()) - 1e-6 for at in mine)
    return AnswerScore(sum(chances[at] for at in mine), len(mine), greedy)
