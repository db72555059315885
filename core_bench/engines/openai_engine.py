"""Any OpenAI-compatible server answers: OpenAI itself, vLLM, llama.cpp, `transformers serve`, ..."""

import asyncio
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from core_bench.engines.base import LikelihoodRequest, Measured, Request, Scored
from core_bench.engines.local.fingerprint import settings_sha256, weights_sha256
from core_bench.engines.remote.async_stream import AsyncStream
from core_bench.engines.remote.backoff import backoff
from core_bench.engines.remote.batch_api import answer_in_batch
from core_bench.engines.remote.dialect import Dialect, adapt, first_dialect
from core_bench.engines.remote.echoing import echoed_scores
from core_bench.engines.remote.exchange import Answer, UnusableAnswerError, as_reply, exchange
from core_bench.engines.remote.faults import Fault, Server, judge
from core_bench.engines.remote.pacing import Pace
from core_bench.engines.remote.spending import Purse, estimated_tokens, read_price
from core_bench.engines.replies import error_reply, no_likelihoods
from core_bench.errors import CoreBenchError
from core_bench.records import EngineDescription, Reply

_OPENAI = "https://api.openai.com/v1"
_CONNECT_SECONDS = 15.0
# Some servers say "no such model" with a 400, like everything that is wrong with one request only.
_REJECTIONS_TO_GIVE_UP = 10
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
        self._max_attempts = max_attempts
        self._backoff_s = backoff_s
        self._dialect = first_dialect(model)
        self._pace = Pace(requests_per_minute, tokens_per_minute)
        if max_cost is not None and prices is None:
            raise CoreBenchError("--max-cost needs to know prices", "Name a file of them: --prices FILE")
        price, currency = (None, None) if prices is None else read_price(prices, model)
        self._purse = Purse(price, currency, max_cost, batch=batch_api)
        self._batch_api = batch_api
        self._batch_poll_s = batch_poll_s
        self._served_folder = served_folder
        self._reached = False
        self._answered = False
        self._rejections = 0
        self._resume_at = 0.0
        self._streams: set[AsyncStream[Any]] = set()

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield each reply as it arrives, in a group of its own.

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
                "limit_parameter": self._dialect.limit,
                "parameters_left_out": self._dialect.left_out,
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

        await self._work_off(requests, answer)

    async def _score_all(self, requests: Sequence[LikelihoodRequest], emit: Callable[[Scored], None]) -> None:
        async def answer(client: Any, request: LikelihoodRequest) -> None:
            emit(await self._scored(client, request))

        await self._work_off(requests, answer)

    async def _answer_in_batch(self, requests: Sequence[Request], emit: Callable[[Reply], None]) -> None:
        most = sum(map(self._purse.most, requests))
        if not self._purse.allows(most):
            raise self._purse.exhausted()

        def settled(reply: Reply) -> None:
            self._purse.settle(0.0, reply.prompt_tokens, reply.completion_tokens)
            emit(reply)

        async def hand_in(client: Any, all_of_them: Sequence[Request]) -> None:
            await answer_in_batch(
                client,
                self._server.model,
                all_of_them,
                self._dialect,
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
            reply = await self._answer(client, request)
        finally:
            told = (None, None) if reply is None else (reply.prompt_tokens, reply.completion_tokens)
            self._purse.settle(most, *told)
        return reply

    async def _scored(self, client: Any, request: LikelihoodRequest) -> Scored:
        reason = "no scores"
        for failures in range(1, self._max_attempts + 1):
            try:
                async with asyncio.timeout(self._timeout_s):
                    return Scored(request, await echoed_scores(client, self._server.model, request))
            except UnusableAnswerError as error:
                raise no_likelihoods(self._server.address) from error
            except Exception as error:
                fault = judge(error, self._server)
            reason = fault.reason
            if fault.kind == "rejected":
                if re.search(r"echo|logprobs", reason):
                    raise no_likelihoods(self._server.address)
                break
            self._stop_if_nobody_is_there(fault, failures)
            if failures < self._max_attempts:
                await self._pause(fault, failures)
        return Scored(request, (), reason)

    async def _work_off(self, requests: Sequence[_R], answer: Callable[[Any, _R], Awaitable[None]]) -> None:
        import openai

        waiting = iter(requests)

        async def work() -> None:
            for request in waiting:
                await answer(client, request)

        # The client's own retries are off: each attempt is counted here.
        async with openai.AsyncOpenAI(
            api_key=self._key,
            base_url=self._base_url,
            max_retries=0,
            timeout=openai.Timeout(self._timeout_s, connect=min(_CONNECT_SECONDS, self._timeout_s)),
        ) as client:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self._concurrency, len(requests))):
                        group.create_task(work())
            except BaseExceptionGroup as failed:
                # Several requests may meet the same obstacle at once; one report is enough.
                raise failed.exceptions[0] from None

    async def _answer(self, client: Any, request: Request) -> Reply:
        failures = 0
        attempts = 0
        while True:
            await asyncio.sleep(max(0.0, self._resume_at - time.monotonic()))
            await self._pace.take(estimated_tokens(request) + request.max_tokens)
            dialect = self._dialect
            attempts += 1
            started = time.perf_counter()
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await exchange(client, self._server.model, request, dialect)
            except Exception as error:
                fault = judge(error, self._server)
            else:
                self._reached = self._answered = True
                seconds = time.perf_counter() - started
                return as_reply(request, answer, attempts=attempts, seconds=seconds)
            if fault.kind == "refused":
                refusal = Answer(fault.reason, "refused", None, None)
                return as_reply(request, refusal, attempts=attempts, seconds=time.perf_counter() - started)
            if fault.kind == "rejected":
                if self._learned(dialect, fault):
                    continue
                self._stop_if_nothing_pleases(fault)
                return error_reply(request, fault.reason, attempts=attempts)
            failures += 1
            self._stop_if_nobody_is_there(fault, failures)
            if failures >= self._max_attempts:
                return error_reply(request, f"{fault.reason} ({attempts} attempts)", attempts=attempts)
            await self._pause(fault, failures)

    def _learned(self, sent: Dialect, fault: Fault) -> bool:
        """Adapt to a refused parameter; true if asking again differs from what was `sent`."""
        self._reached = True
        if self._dialect != sent:  # another request has learned something in the meantime
            return True
        adapted = adapt(sent, fault.reason)
        if adapted is None:
            return False
        self._dialect = adapted
        return True

    def _stop_if_nothing_pleases(self, fault: Fault) -> None:
        self._rejections += 1
        if not self._answered and self._rejections == _REJECTIONS_TO_GIVE_UP:
            raise CoreBenchError(
                f"{self._server.address} rejected the first {self._rejections} requests: {fault.reason}"
            )

    def _stop_if_nobody_is_there(self, fault: Fault, failures: int) -> None:
        if fault.kind != "unreachable":
            self._reached = True
        elif not self._reached:
            raise CoreBenchError(
                f"nobody answers at {self._server.address}: {fault.reason}",
                "Is the server running, and is the address right?",
            )
        elif failures >= self._max_attempts:
            # It did answer and is gone now: error replies for all that is left would help nobody.
            raise CoreBenchError(
                f"{self._server.address} went away: {fault.reason}",
                "Run the same command again when it is back: it continues where it stopped.",
            )

    async def _pause(self, fault: Fault, failures: int) -> None:
        if fault.wait is None:
            await asyncio.sleep(backoff(failures, self._backoff_s))
        else:
            # Asking the others to wait as well saves attempts that are bound to fail.
            self._resume_at = max(self._resume_at, time.monotonic() + fault.wait)


def _checked(address: str) -> str:
    """Return `address` without user name and password, which must not be written into a manifest."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise CoreBenchError(f"no server address: {address}", "It looks like http://localhost:8000/v1")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
