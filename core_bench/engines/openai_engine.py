"""Any OpenAI-compatible server answers: OpenAI itself, vLLM, llama.cpp, `transformers serve`, ..."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from core_bench.engines.base import Request
from core_bench.engines.remote.async_stream import AsyncStream
from core_bench.engines.remote.backoff import backoff
from core_bench.engines.remote.dialect import Dialect, adapt
from core_bench.engines.remote.exchange import Answer, as_reply, exchange
from core_bench.engines.remote.faults import Fault, Server, judge
from core_bench.engines.replies import error_reply
from core_bench.errors import CoreBenchError
from core_bench.records import EngineDescription, Reply

_OPENAI = "https://api.openai.com/v1"
_CONNECT_SECONDS = 15.0
# Some servers say "no such model" with a 400, like everything that is wrong with one request only.
_REJECTIONS_TO_GIVE_UP = 10


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

        Raises:
            CoreBenchError: There is neither a key nor an address, or the address is no http(s) URL.
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
        self._dialect = Dialect()
        self._reached = False
        self._answered = False
        self._rejections = 0
        self._resume_at = 0.0
        self._streams: set[AsyncStream[Reply]] = set()

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

    def describe(self) -> EngineDescription:
        """Return the model's name and the server's address, without any key."""
        return EngineDescription(
            engine="openai",
            model=self._server.model,
            identity={"base_url": self._server.address},
            environment={
                "openai": version("openai"),
                "concurrency": self._concurrency,
                "limit_parameter": self._dialect.limit,
                "parameters_left_out": self._dialect.left_out,
            },
        )

    def close(self) -> None:
        """Cancel whatever is still in flight."""
        for stream in list(self._streams):
            stream.close()

    async def _answer_all(self, requests: Sequence[Request], emit: Callable[[Reply], None]) -> None:
        import openai

        waiting = iter(requests)

        async def work() -> None:
            for request in waiting:
                emit(await self._answer(client, request))

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
