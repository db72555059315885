"""The small rules beneath the OpenAI engine: what to learn from a refusal, how long to wait."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core_bench.engines.remote.async_stream import AsyncStream
from core_bench.engines.remote.backoff import LONGEST_WAIT, backoff, retry_after
from core_bench.engines.remote.dialect import Dialect, adapt


@pytest.mark.parametrize(
    ("refusal", "learned"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            Dialect(limit="max_completion_tokens"),
        ),
        (
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value.",
            Dialect(sends_temperature=False),
        ),
        ("Unsupported parameter: 'stop' is not supported with this model.", Dialect(sends_stop=False)),
        (
            "Unrecognized request arguments: stop, temperature",
            Dialect(sends_stop=False, sends_temperature=False),
        ),
        ("body.stop: Extra inputs are not permitted", Dialect(sends_stop=False)),
        ("max_tokens is too large: 5000. This model supports at most 4096 completion tokens", None),
        ("This model's maximum context length is 1024 tokens", None),
        ("Unknown model", None),
    ],
)
def test_what_a_refusal_teaches(refusal: str, learned: Dialect | None) -> None:
    assert adapt(Dialect(), refusal) == learned


def test_learning_comes_to_an_end() -> None:
    poorest = Dialect("max_completion_tokens", sends_stop=False, sends_temperature=False)
    assert adapt(poorest, "unsupported: max_tokens, max_completion_tokens, stop, temperature") is None
    assert poorest.left_out == "stop,temperature"


def test_pauses_double_up_to_a_limit_with_jitter() -> None:
    assert all(0.5 <= backoff(1, 1.0) <= 1.0 for _ in range(50))
    assert all(2.0 <= backoff(3, 1.0) <= 4.0 for _ in range(50))
    assert backoff(50, 1.0) <= LONGEST_WAIT
    assert len({backoff(5, 1.0) for _ in range(5)}) > 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after": "soon"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_retry_after_as_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert retry_after({"retry-after": moment}) == pytest.approx(30, abs=2)


def test_an_error_comes_after_what_was_emitted_before_it() -> None:
    async def produce(emit: Callable[[int], None]) -> None:
        emit(1)
        await asyncio.sleep(0)
        emit(2)
        raise KeyError("x")

    seen: list[int] = []
    stream: AsyncStream[int] = AsyncStream(produce)
    with pytest.raises(KeyError):
        seen.extend(stream)
    stream.close()
    assert seen == [1, 2]


def test_a_closed_stream_ends_and_runs_its_cleanup() -> None:
    cleaned: list[bool] = []

    async def produce(emit: Callable[[int], None]) -> None:
        emit(1)
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)

    stream: AsyncStream[int] = AsyncStream(produce)
    assert next(iter(stream)) == 1
    stream.close()
    stream.close()
    assert cleaned == [True]
    assert list(stream) == []
