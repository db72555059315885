"""The batch interface of OpenAI and those that copy it: everything in one file, answered within a day."""

import asyncio
import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from core_bench.engines.base import Request
from core_bench.engines.remote.dialect import Dialect
from core_bench.engines.remote.exchange import UnusableAnswerError, as_reply, parameters_for, read_answer
from core_bench.engines.replies import error_reply
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

_OPEN = frozenset({"validating", "in_progress", "finalizing"})
_USABLE = _OPEN | {"completed"}
_MARK = "core_bench"


async def answer_in_batch(
    client: Any,
    model: str,
    requests: Sequence[Request],
    dialect: Dialect,
    emit: Callable[[Reply], None],
    *,
    every_seconds: float = 30.0,
) -> None:
    """Hand requests in as one batch, wait for it, and emit a reply for each.

    A batch carries a hash of what it asks: a run that was interrupted while waiting finds its batch again and
    asks nothing twice.

    Raises:
        CoreBenchError: The batch failed as a whole.
    """
    chat = not isinstance(requests[0].prompt, str)
    endpoint = "/v1/chat/completions" if chat else "/v1/completions"
    lines = [
        json.dumps(
            {
                "custom_id": str(number),
                "method": "POST",
                "url": endpoint,
                "body": parameters_for(model, request, dialect),
            }
        )
        for number, request in enumerate(requests)
    ]
    content = "\n".join(lines) + "\n"
    mark = hashlib.sha256(content.encode()).hexdigest()
    batch = await _known(client, mark)
    if batch is None:
        file = await client.files.create(
            file=("core-bench.jsonl", io.BytesIO(content.encode())), purpose="batch"
        )
        batch = await client.batches.create(
            input_file_id=file.id, endpoint=endpoint, completion_window="24h", metadata={_MARK: mark}
        )
    while batch.status in _OPEN:
        await asyncio.sleep(every_seconds)
        batch = await client.batches.retrieve(batch.id)
    answers = await _lines(client, getattr(batch, "output_file_id", None))
    errors = await _lines(client, getattr(batch, "error_file_id", None))
    if not answers and not errors:
        raise CoreBenchError(f"the batch {batch.id} ended as {batch.status} without any answer")
    for number, request in enumerate(requests):
        emit(_reply(request, answers.get(str(number)) or errors.get(str(number)), batch.status))


async def _known(client: Any, mark: str) -> Any | None:
    async for batch in client.batches.list(limit=100):
        if (getattr(batch, "metadata", None) or {}).get(_MARK) == mark and batch.status in _USABLE:
            return batch
    return None


async def _lines(client: Any, file: str | None) -> dict[str, Mapping[str, Any]]:
    if not file:
        return {}
    content = await client.files.content(file)
    rows = [json.loads(line) for line in content.text.split("\n") if line.strip()]
    return {str(row.get("custom_id")): row for row in rows}


def _reply(request: Request, row: Mapping[str, Any] | None, status: str) -> Reply:
    if row is None:
        return error_reply(request, f"the batch ended as {status} without this answer")
    response = row.get("response") or {}
    body = response.get("body") or {}
    if row.get("error") or response.get("status_code") != 200:
        told = row.get("error") or body.get("error") or {}
        return error_reply(request, f"HTTP {response.get('status_code')}: {told.get('message', 'no reason')}")
    try:
        answer = read_answer(_spaced(body), is_chat=not isinstance(request.prompt, str), stop=request.stop)
    except UnusableAnswerError as error:
        return error_reply(request, str(error))
    return as_reply(request, answer, attempts=1, seconds=None)


def _spaced(value: Any) -> Any:
    """Return JSON with its objects as attributes, as the client's own answers have them."""
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _spaced(inner) for key, inner in value.items()})
    return [_spaced(inner) for inner in value] if isinstance(value, list) else value
