"""Which prompts do not fit a server's context window: found before anything is sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from core_bench.engines.base import Request
from core_bench.engines.remote.spending import estimated_tokens
from core_bench.engines.replies import error_reply
from core_bench.records import Reply

_WINDOW_FIELDS = ("max_model_len", "context_length", "context_window")
"""What servers call it in their list of models: vLLM; OpenRouter and llama-swap; Groq."""
_PATIENCE_SECONDS = 10.0
_MOST_CHARACTERS_A_TOKEN = 8
"""A prompt of code with longer tokens than that on average has not been seen."""


class ContextWindow:
    """How many tokens prompt and reply may have together, as far as it is known.

    Nothing that goes wrong here is an error: a server need not tell, and it says no itself where a prompt
    does not fit.
    """

    def __init__(self, tokens: int | None) -> None:
        """Begin with what the user says; None asks the server."""
        self.tokens = tokens
        self._counts = True

    async def fit(
        self, client: Any, model: str, requests: Sequence[Request], *, side_by_side: int
    ) -> tuple[list[Request], list[Reply]]:
        """Tell requests that can be asked from those that can not, which get their error replies.

        A reply that would not fit is asked for shorter: servers refuse the whole request otherwise.

        Args:
            client: An `openai.AsyncOpenAI`.
            model: The model's name on the server.
            requests: What is to be asked.
            side_by_side: How many prompts are counted at a time.
        """
        if self.tokens is None:
            self.tokens = await _told_window(client, model)
        window = self.tokens
        if window is None:
            return list(requests), []
        places = asyncio.Semaphore(side_by_side)

        async def judged(request: Request) -> Request | Reply:
            if estimated_tokens(request) + request.max_tokens <= window:
                return request
            async with places:
                return await self._judge(client, model, request, window)

        found = await asyncio.gather(*map(judged, requests))
        refused = [one for one in found if isinstance(one, Reply)]
        return [one for one in found if isinstance(one, Request)], refused

    async def _judge(self, client: Any, model: str, request: Request, window: int) -> Request | Reply:
        count = await self._count(client, model, request)
        if count is None:
            least = _characters(request) // _MOST_CHARACTERS_A_TOKEN
            if least < window:
                return request
            return error_reply(request, _reason(f"at least {least}", model, window))
        if count >= window:
            return error_reply(request, _reason(str(count), model, window), prompt_tokens=count)
        return replace(request, max_tokens=min(request.max_tokens, window - count))

    async def _count(self, client: Any, model: str, request: Request) -> int | None:
        """Return how many tokens the server makes of a prompt, as vLLM tells."""
        if not self._counts:
            return None
        asked: dict[str, Any] = {"model": model}
        if isinstance(request.prompt, str):
            asked["prompt"] = request.prompt
        else:
            asked["messages"] = [{"role": turn.role, "content": turn.content} for turn in request.prompt]
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                told = await client.post(_beside(client, "tokenize"), cast_to=object, body=asked)
        except Exception:  # it has no such thing
            told = None
        count = told.get("count") if isinstance(told, dict) else None
        if not isinstance(count, int):
            self._counts = False
            return None
        return count


def _reason(tokens: str, model: str, window: int) -> str:
    return f"the prompt has {tokens} tokens, the context window of {model} holds {window}"


def _characters(request: Request) -> int:
    texts = [request.prompt] if isinstance(request.prompt, str) else [turn.content for turn in request.prompt]
    return sum(map(len, texts))


async def _told_window(client: Any, model: str) -> int | None:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            told = await client.get("/models", cast_to=object)
    except Exception:  # whatever it is, asking the model itself will tell
        return None
    rows = told.get("data") if isinstance(told, dict) else None
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("id") == model:
            windows = [row.get(name) for name in _WINDOW_FIELDS]
            return next((each for each in windows if isinstance(each, int) and each > 0), None)
    return None


def _beside(client: Any, name: str) -> str:
    """Return the address of what vLLM has beside its OpenAI interface."""
    parts = urlsplit(str(client.base_url))
    place = parts.path.rstrip("/").removesuffix("/v1")
    return urlunsplit((parts.scheme, parts.netloc, f"{place}/{name}", "", ""))
