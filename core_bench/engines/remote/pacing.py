"""How fast a server may be asked: token buckets."""

import asyncio
import time
from collections.abc import Callable


class Bucket:
    """Lets so much through a minute, evenly; what was saved up while idle is at most a few seconds' worth."""

    def __init__(
        self, per_minute: float, *, burst_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin full.

        Args:
            per_minute: The allowance, more than 0.
            burst_seconds: How long saving up pays.
            clock: Seconds.
        """
        self._rate = per_minute / 60
        self._most = max(1.0, self._rate * burst_seconds)
        self._level = self._most
        self._clock = clock
        self._seen = clock()

    def wait_for(self, amount: float) -> float:
        """Take `amount` and return the seconds to wait before using it.

        The level may fall below nothing: who comes later waits longer. More than the bucket holds is let
        through, too, once it has been paid for.
        """
        now = self._clock()
        self._level = min(self._most, self._level + (now - self._seen) * self._rate)
        self._seen = now
        self._level -= amount
        return max(0.0, -self._level / self._rate)


class Pace:
    """The limits of requests and of tokens a minute, together."""

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        self._requests = None if requests_per_minute is None else Bucket(requests_per_minute)
        self._tokens = None if tokens_per_minute is None else Bucket(tokens_per_minute)

    async def take(self, tokens: float) -> None:
        """Wait until one more request of so many tokens may be sent."""
        waits = [0.0]
        if self._requests is not None:
            waits.append(self._requests.wait_for(1))
        if self._tokens is not None:
            waits.append(self._tokens.wait_for(tokens))
        await asyncio.sleep(max(waits))
