"""What a failed request means: ask again, give this one up, or give everything up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core_bench.engines.remote.backoff import retry_after
from core_bench.engines.remote.exchange import UnusableAnswerError
from core_bench.errors import CoreBenchError

_RETRIED = frozenset({408, 409, 425, 429})
_UNREACHABLE = frozenset({"ConnectError", "ConnectTimeout"})
_FILTERED = frozenset({"content_filter", "content_policy_violation"})
# A server that asks for more is out of its daily quota: better to stop and be continued later.
_LONGEST_OBEYED_WAIT = 300.0


@dataclass(frozen=True, slots=True)
class Server:
    """Whom we talk to, as far as messages to people need it."""

    address: str
    model: str
    key_variable: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one attempt failed.

    Attributes:
        kind: `again` (worth another attempt), `unreachable` (nobody listens there), `refused` (by a content
            filter), `rejected` (this request is wrong, or has a parameter that the server does not know).
        reason: For a person, one line.
        wait: Seconds that the server asks to wait.
    """

    kind: Literal["again", "unreachable", "refused", "rejected"]
    reason: str
    wait: float | None = None


def judge(error: Exception, server: Server) -> Fault:
    """Say what `error` means for the request.

    Raises:
        CoreBenchError: It concerns every request: a refused key, an unknown model, no quota left.
        Exception: `error` itself, when it did not come from talking to a server.
    """
    import openai

    if isinstance(error, UnusableAnswerError):
        return Fault("again", str(error))
    if isinstance(error, TimeoutError | openai.APITimeoutError) and not _unreachable(error):
        return Fault("again", "timed out")
    if isinstance(error, openai.APIConnectionError):
        cause = str(error.__cause__ or error)
        return Fault("unreachable" if _unreachable(error) else "again", f"connection failed: {cause}")
    if isinstance(error, openai.APIStatusError):
        return _judge_status(error.status_code, error.code, _words(error), error.response.headers, server)
    if isinstance(error, openai.APIError):
        return Fault("again", _words(error))
    raise error


def _judge_status(
    status: int, code: str | None, words: str, headers: Mapping[str, str], server: Server
) -> Fault:
    if status == 401:
        raise CoreBenchError(
            f"{server.address} refuses the key (401): {words}", f"Set {server.key_variable} to a valid key."
        )
    if status == 403:
        raise CoreBenchError(f"{server.address} denies access to {server.model} (403): {words}")
    if status == 404:
        raise CoreBenchError(
            f"{server.address} does not know {server.model}, or has no such interface (404): {words}",
            "Check the model's name, the end of the address (often /v1), and the shape: "
            "not every server answers plain completions.",
        )
    if code == "insufficient_quota":
        raise CoreBenchError(f"{server.address}: the quota is used up: {words}")
    if code in _FILTERED:
        return Fault("refused", words)
    if status not in _RETRIED and status < 500:
        return Fault("rejected", f"HTTP {status}: {words}")
    wait = retry_after(headers)
    if wait is not None and wait > _LONGEST_OBEYED_WAIT:
        raise CoreBenchError(
            f"{server.address} asks to wait {wait:.0f} s (HTTP {status}): {words}",
            "Run the same command again later: it continues where it stopped.",
        )
    return Fault("again", f"HTTP {status}: {words}", wait)


def _unreachable(error: Exception) -> bool:
    # By name: the HTTP library beneath the client has changed its package name before.
    return type(error.__cause__).__name__ in _UNREACHABLE


def _words(error: Exception) -> str:
    """Return the server's own words: the message inside its JSON body where there is one."""
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        for field in ("message", "detail", "error"):
            if isinstance(body.get(field), str):
                return str(body[field])
    return " ".join(str(error).split())[:500]
