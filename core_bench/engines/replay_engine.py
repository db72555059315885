"""Saved replies answer: scoring again, or scoring somebody else's replies, without any model."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from core_bench.engines.base import LikelihoodRequest, Measured, Request, Scored, cut_at_stop
from core_bench.engines.replies import error_reply, no_likelihoods
from core_bench.errors import CoreBenchError
from core_bench.records import EngineDescription, Reply

REPLIES_FILE = "replies.jsonl"
_Key = tuple[str, str, int, int]


class ReplayEngine:
    """Answers each request with the reply that was saved under its key (item, method, epoch).

    A line of the file is a `Reply`; `item`, `method` and `text` suffice, so that replies from elsewhere
    are easy to bring along. Of several lines with one key the last counts, as in a run folder.
    """

    def __init__(self, path: Path) -> None:
        """Read all replies.

        Args:
            path: A replies.jsonl, or a run folder that has one.

        Raises:
            CoreBenchError: There is no such file, or a line of it is no reply.
        """
        self._file = path / REPLIES_FILE if path.is_dir() else path
        try:
            content = self._file.read_bytes()
        except OSError as error:
            raise CoreBenchError(f"can not read the saved replies {self._file}: {error.strerror}") from error
        self._sha256 = hashlib.sha256(content).hexdigest()
        self._replies: dict[_Key, Reply] = {}
        for number, line in enumerate(content.splitlines(), start=1):
            if line.strip():
                reply = _parse(line, self._file, number)
                self._replies[reply.item, reply.method, reply.epoch, reply.round] = reply

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield one group with everything; what is not saved gets an error reply."""
        if requests:
            yield [self._answer(request) for request in requests]

    def likelihoods(self, requests: Sequence[LikelihoodRequest]) -> Iterator[Sequence[Scored]]:
        """Refuse: saved replies know no log-probabilities."""
        raise no_likelihoods("saved replies")

    def measured(self) -> Measured:
        """Return nothing: no model computes."""
        return Measured()

    def describe(self) -> EngineDescription:
        """Return the name and the hash of the file."""
        return EngineDescription(
            engine="replay",
            model=self._file.parent.name if self._file.name == REPLIES_FILE else self._file.name,
            identity={"replies_sha256": self._sha256},
            environment={"file": str(self._file), "replies": len(self._replies)},
        )

    def close(self) -> None:
        """Nothing to release."""

    def _answer(self, request: Request) -> Reply:
        saved = self._replies.get((request.item, request.method, request.epoch, request.round))
        if saved is None:
            return error_reply(request, "no saved reply")
        text = cut_at_stop(saved.text, request.stop)
        return saved if text == saved.text else saved.model_copy(update={"text": text, "finish": "stop"})


def _parse(line: bytes, file: Path, number: int) -> Reply:
    where = f"{file}, line {number}"
    try:
        fields = json.loads(line)
    except ValueError:
        raise CoreBenchError(
            f"{where} is no valid JSON",
            "Delete it if it is the last one: a killed run can leave half a line.",
        ) from None
    if not isinstance(fields, dict):
        raise CoreBenchError(f"{where} is no reply: an object is expected")
    try:
        return Reply.model_validate({"finish": "stop", **fields})
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise CoreBenchError(f"{where} is no reply: {field}: {first['msg']}") from None
