"""Any OpenAI-compatible server answers: OpenAI itself, vLLM, llama.cpp, `transformers serve`, ..."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from core_bench.engines.base import LikelihoodRequest, Measured, Request, Scored
from core_bench.engines.local.fingerprint import settings_sha256, weights_sha256
from core_bench.engines.remote.asker import Asker
from core_bench.engines.remote.async_stream import AsyncStream
from core_bench.engines.remote.batch_api import answer_in_batch
from core_bench.engines.remote.context import ContextWindow
from core_bench.engines.remote.dialect import first_dialect
from core_bench.engines.remote.faults import Server
from core_bench.engines.remote.pacing import Pace
from core_bench.engines.remote.spending import Purse, read_price
from core_bench.engines.replies import no_likelihoods
from core_bench.errors import CoreBenchError
from core_bench.records import EngineDescription, Reply

_OPENAI = "https://api.openai.com/v1"
_CONNECT_SECONDS = 15.0
_LOOK_AGAIN_SECONDS = 0.05
_R = TypeVar("_R")


class OpenAIEngine:
    """Asks a server, several requests at a time; replies come one by one, in the order of arrival.

    A failed attempt is repeated with growing pauses; how often is in the reply's `attempts`. A reply's
    `seconds` are those of the attempt that succeeded.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        concurrency: int = 8,
        timeout_s: float = 300.0,
        max_attempts: int = 6,
        backoff_s: float = 1.0,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        max_cost: float | None = None,
        prices: Path | None = None,
        batch_api: bool = False,
        batch_poll_s: float = 30.0,
        served_folder: Path | None = None,
        stream: bool = False,
        context_window: int | None = None,
    ) -> None:
        """Prepare the engine; nothing is sent yet.

        Args:
            model: The model's name on the server.
            base_url: The server's address, often ending in `/v1`; None takes `$OPENAI_BASE_URL` or OpenAI.
            api_key_env: The environment variable that has the key. A server of one's own needs none.
            concurrency: How many requests are in flight at most.
            timeout_s: Seconds that one attempt may take.
            max_attempts: How often a request is tried before it gets an error reply.
            backoff_s: The pause after a request's first failure; it doubles with each further one.
            requests_per_minute: How many attempts are made a minute at most.
            tokens_per_minute: The same for tokens of prompts (estimated) and longest replies.
            max_cost: The most to spend, in the currency of the prices.
            prices: A price table (`remote/spending.py`); None if costs do not matter.
            batch_api: Whether everything is handed in as one batch.
            batch_poll_s: Seconds between two looks at a batch.
            served_folder: What the server serves, if that is known: its hashes then stand for the address.
            stream: Whether replies are streamed, which tells the time to their first token. A server that
                does not stream is asked plainly.
            context_window: Tokens of prompt and reply together; None asks the server, which need not tell.

        Raises:
            CoreBenchError: There is neither a key nor an address, the address is no http(s) URL, or the
                prices do not tell that of the model.
        """
        if concurrency < 1 or max_attempts < 1:
            raise CoreBenchError("concurrency and attempts must be at least 1")
        address = base_url or os.environ.get("OPENAI_BASE_URL")
        key = os.environ.get(api_key_env, "").strip()
        if not key and not address:
            raise CoreBenchError(
                f"openai:{model} needs a key: {api_key_env} is not set",
                f"Set {api_key_env}, or name a server of your own with --base-url.",
            )
        self._server = Server(_checked(address or _OPENAI), model, api_key_env)
        self._base_url = address or _OPENAI
        self._key = key or "none"
        self._concurrency = concurrency
        self._timeout_s = timeout_s
        self._asker = Asker(
            self._server,
            replace(first_dialect(model), streams=stream),
            Pace(requests_per_minute, tokens_per_minute),
            timeout_s=timeout_s,
            max_attempts=max_attempts,
            backoff_s=backoff_s,
        )
        self._window = ContextWindow(context_window)
        if max_cost is not None and prices is None:
            raise CoreBenchError("--max-cost needs to know prices", "Name a file of them: --prices FILE")
        price, currency = (None, None) if prices is None else read_price(prices, model)
        self._purse = Purse(price, currency, max_cost, batch=batch_api)
        self._batch_api = batch_api
        self._batch_poll_s = batch_poll_s
        self._served_folder = served_folder
        self._streams: set[AsyncStream[Any]] = set()

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield each reply as it arrives, in a group of its own; what is known not to fit comes first.

        Closing the iterator early cancels what is in flight.

        Raises:
            CoreBenchError: Nobody listens at the address, the key is refused, the model is unknown, or the
                quota is used up; or the first ten requests were all rejected.
        """
        if not requests:
            return
        stream: AsyncStream[Reply] = AsyncStream(lambda emit: self._answer_all(requests, emit))
        self._streams.add(stream)
        try:
            for reply in stream:
                yield [reply]
        finally:
            stream.close()
            self._streams.discard(stream)

    def likelihoods(self, requests: Sequence[LikelihoodRequest]) -> Iterator[Sequence[Scored]]:
        """Yield the scores of each request as they arrive.

        Raises:
            CoreBenchError: The prompts are chats, or the server does not echo prompts with log-probabilities.
        """
        if any(not isinstance(request.prompt, str) for request in requests):
            raise no_likelihoods(f"{self._server.address} in the chat shape")
        if not requests:
            return
        stream: AsyncStream[Scored] = AsyncStream(lambda emit: self._score_all(requests, emit))
        self._streams.add(stream)
        try:
            for scored in stream:
                yield [scored]
        finally:
            stream.close()
            self._streams.discard(stream)

    def measured(self) -> Measured:
        """Return what was spent, as far as the prices are known."""
        if not self._purse.knows_prices:
            return Measured()
        return Measured(cost=self._purse.spent, currency=self._purse.currency)

    def describe(self) -> EngineDescription:
        """Return the model's name and the server's address, without any key."""
        return EngineDescription(
            engine="openai",
            model=self._server.model,
            identity=self._identity(),
            environment={
                "openai": version("openai"),
                "concurrency": self._concurrency,
                "limit_parameter": self._asker.dialect.limit,
                "parameters_left_out": self._asker.dialect.left_out,
                "streams": self._asker.dialect.streams,
            },
        )

    def _identity(self) -> dict[str, str | int | float | bool | None]:
        if self._served_folder is None:
            return {"base_url": self._server.address}
        return {
            "served": "vllm",
            "weights_sha256": weights_sha256(self._served_folder),
            "settings_sha256": settings_sha256(self._served_folder),
        }

    def close(self) -> None:
        """Cancel whatever is still in flight."""
        for stream in list(self._streams):
            stream.close()

    async def _answer_all(self, requests: Sequence[Request], emit: Callable[[Reply], None]) -> None:
        if self._batch_api:
            await self._answer_in_batch(requests, emit)
            return

        async def answer(client: Any, request: Request) -> None:
            emit(await self._paid_answer(client, request))

        await self._work_off(requests, answer, self._fitting(emit))

    def _fitting(
        self, emit: Callable[[Reply], None]
    ) -> Callable[[Any, Sequence[Request]], Awaitable[Sequence[Request]]]:
        """Return what tells requests that fit the context window; the others are emitted as errors."""

        async def fitting(client: Any, requests: Sequence[Request]) -> Sequence[Request]:
            model, many = self._server.model, self._concurrency
            fit, refused = await self._window.fit(client, model, requests, side_by_side=many)
            for reply in refused:
                emit(reply)
            return fit

        return fitting

    async def _score_all(self, requests: Sequence[LikelihoodRequest], emit: Callable[[Scored], None]) -> None:
        async def answer(client: Any, request: LikelihoodRequest) -> None:
            emit(await self._asker.scored(client, request))

        await self._work_off(requests, answer)

    async def _answer_in_batch(self, requests: Sequence[Request], emit: Callable[[Reply], None]) -> None:
        most = sum(map(self._purse.most, requests))
        if not self._purse.allows(most):
            raise self._purse.exhausted()

        def settled(reply: Reply) -> None:
            self._purse.settle(0.0, reply.prompt_tokens, reply.completion_tokens)
            emit(reply)

        async def hand_in(client: Any, all_of_them: Sequence[Request]) -> None:
            fit = await self._fitting(emit)(client, all_of_them)
            if not fit:
                return
            await answer_in_batch(
                client,
                self._server.model,
                fit,
                self._asker.dialect,
                settled,
                every_seconds=self._batch_poll_s,
            )

        await self._work_off([requests], hand_in)

    async def _paid_answer(self, client: Any, request: Request) -> Reply:
        most = self._purse.most(request)
        while not self._purse.allows(most):
            if not self._purse.may_recover:
                raise self._purse.exhausted()
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        self._purse.promise(most)
        reply: Reply | None = None
        try:
            reply = await self._asker.answer(client, request)
        finally:
            told = (None, None) if reply is None else (reply.prompt_tokens, reply.completion_tokens)
            self._purse.settle(most, *told)
        return reply

    async def _work_off(
        self,
        requests: Sequence[_R],
        answer: Callable[[Any, _R], Awaitable[None]],
        prepare: Callable[[Any, Sequence[_R]], Awaitable[Sequence[_R]]] | None = None,
    ) -> None:
        import openai

        # The client's own retries are off: each attempt is counted here.
        async with openai.AsyncOpenAI(
            api_key=self._key,
            base_url=self._base_url,
            max_retries=0,
            timeout=openai.Timeout(self._timeout_s, connect=min(_CONNECT_SECONDS, self._timeout_s)),
        ) as client:
            waiting = iter(requests if prepare is None else await prepare(client, requests))

            async def work() -> None:
                for request in waiting:
                    await answer(client, request)

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self._concurrency, len(requests))):
                        group.create_task(work())
            except BaseExceptionGroup as failed:
                # Several requests may meet the same obstacle at once; one report is enough.
                raise failed.exceptions[0] from None


def _checked(address: str) -> str:
    """Return `address` without user name and password, which must not be written into a manifest."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise CoreBenchError(f"no server address: {address}", "It looks like http://localhost:8000/v1")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
