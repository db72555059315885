"""Asks one thing until it is answered: attempts, pauses, what is learned from refusals, when to give up."""

import asyncio
import re
import time
from dataclasses import replace
from typing import Any

from core_bench.engines.base import LikelihoodRequest, Request, Scored
from core_bench.engines.remote.backoff import backoff
from core_bench.engines.remote.dialect import Dialect, adapt
from core_bench.engines.remote.echoing import echoed_scores
from core_bench.engines.remote.exchange import (
    Answer,
    NotStreamedError,
    UnusableAnswerError,
    as_reply,
    exchange,
)
from core_bench.engines.remote.faults import Fault, Server, judge
from core_bench.engines.remote.pacing import Pace
from core_bench.engines.remote.spending import estimated_tokens
from core_bench.engines.replies import error_reply, no_likelihoods
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

# Some servers say "no such model" with a 400, like everything that is wrong with one request only.
_REJECTIONS_TO_GIVE_UP = 10


class Asker:
    """Knows one server; what one request learns about it holds for all."""

    def __init__(
        self,
        server: Server,
        dialect: Dialect,
        pace: Pace,
        *,
        timeout_s: float,
        max_attempts: int,
        backoff_s: float,
    ) -> None:
        """Prepare.

        Args:
            server: Who is asked.
            dialect: Which parameters are sent at first.
            pace: How fast.
            timeout_s: Seconds that one attempt may take.
            max_attempts: How often a request is tried before it gets an error reply.
            backoff_s: The pause after a request's first failure; it doubles with each further one.
        """
        self.dialect = dialect
        self._server = server
        self._pace = pace
        self._timeout_s = timeout_s
        self._max_attempts = max_attempts
        self._backoff_s = backoff_s
        self._reached = False
        self._answered = False
        self._rejections = 0
        self._resume_at = 0.0

    async def answer(self, client: Any, request: Request) -> Reply:
        """Return the reply to a request, which may be an error's.

        Raises:
            CoreBenchError: What happened concerns all requests.
        """
        failures = 0
        attempts = 0
        while True:
            await asyncio.sleep(max(0.0, self._resume_at - time.monotonic()))
            await self._pace.take(estimated_tokens(request) + request.max_tokens)
            dialect = self.dialect
            attempts += 1
            started = time.perf_counter()
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await exchange(client, self._server.model, request, dialect)
            except NotStreamedError:
                self.dialect = replace(self.dialect, streams=False)
                continue
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

    async def scored(self, client: Any, request: LikelihoodRequest) -> Scored:
        """Return the scores of a request's answers; raises as `answer` does."""
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

    def _learned(self, sent: Dialect, fault: Fault) -> bool:
        """Adapt to a refused parameter; true if asking again differs from what was `sent`."""
        self._reached = True
        if self.dialect != sent:  # another request has learned something in the meantime
            return True
        adapted = adapt(sent, fault.reason)
        if adapted is None:
            return False
        self.dialect = adapted
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
