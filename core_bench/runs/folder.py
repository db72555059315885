"""A run on disk: `manifest.json`, `replies.jsonl` and `likelihoods.jsonl` (append-only), `efficiency.json`.

`verdicts.jsonl` and `summary.json` are derived from these and may be made again.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from core_bench.errors import CoreBenchError
from core_bench.jsonl import Row, dump_row, make_folder, parse_rows, read_text, write_rows, write_text
from core_bench.records import Efficiency, Likelihood, Reply, RunManifest, Verdict
from core_bench.scoring import Summary

FORMAT = 1
Key = tuple[str, str, int]
"""Item, method, epoch."""


class RunFolder:
    """Reads and writes one run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._replies = path / "replies.jsonl"
        self._likelihoods = path / "likelihoods.jsonl"

    @property
    def started(self) -> bool:
        """Tell whether a run has been here before."""
        return (self.path / "manifest.json").is_file()

    def manifest(self) -> RunManifest:
        """Read the manifest; raises `CoreBenchError` if this is no run folder."""
        path = self.path / "manifest.json"
        if not path.is_file():
            raise CoreBenchError(f"{self.path} is no run folder: it holds no manifest.json")
        try:
            return RunManifest.model_validate_json(read_text(path))
        except ValidationError as error:
            first = error.errors()[0]
            raise CoreBenchError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None

    @contextmanager
    def open(self, manifest: RunManifest) -> Iterator[None]:
        """Begin or continue a run in this folder, alone.

        Raises:
            CoreBenchError: another process writes here, or the folder holds a different run.
        """
        make_folder(self.path)
        try:
            lock = (self.path / ".lock").open("w")
        except OSError as error:
            raise CoreBenchError(f"{self.path} cannot be written: {error.strerror}") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CoreBenchError(f"another process is writing to {self.path}") from None
            if self.started:
                manifest = self._continued(manifest)
            write_text(self.path / "manifest.json", manifest.model_dump_json(indent=1) + "\n")
            self._drop_torn_line()
            yield

    def replies(self) -> dict[Key, Reply]:
        """Return the reply of the last round by key: the one that is judged."""
        return {key: history[-1] for key, history in self.histories().items()}

    def histories(self) -> dict[Key, list[Reply]]:
        """Return the replies of all rounds by key, first round first."""
        found: dict[Key, list[Reply]] = {}
        for (item, method, epoch, _), reply in sorted(self.every_reply().items(), key=lambda one: one[0][3]):
            found.setdefault((item, method, epoch), []).append(reply)
        return found

    def every_reply(self) -> dict[tuple[str, str, int, int], Reply]:
        """Return the replies by key and round; of several (re-asked after an error) the last counts."""
        rows = _complete_rows(self._replies, Reply)
        return {(row.item, row.method, row.epoch, row.round): row for row in rows}

    def likelihoods(self) -> dict[Key, Likelihood]:
        """Return the likelihoods by key; of several for one the last counts."""
        rows = _complete_rows(self._likelihoods, Likelihood)
        return {(row.item, row.method, row.epoch): row for row in rows}

    def append(self, replies: Sequence[Reply]) -> None:
        """Write replies at the end, in one piece: a kill at any moment leaves whole groups.

        Raises:
            CoreBenchError: the disk is full, say; what was written before is kept.
        """
        _append(self._replies, replies)

    def append_likelihoods(self, rows: Sequence[Likelihood]) -> None:
        """Write likelihoods at the end, as `append` does."""
        _append(self._likelihoods, rows)

    def efficiency(self) -> Efficiency | None:
        """Return what the run has cost so far; None if nobody measured."""
        path = self.path / "efficiency.json"
        try:
            return Efficiency.model_validate_json(read_text(path)) if path.is_file() else None
        except ValidationError:
            return None

    def write_efficiency(self, efficiency: Efficiency) -> None:
        """Replace what the run has cost."""
        write_text(self.path / "efficiency.json", efficiency.model_dump_json(indent=1) + "\n")

    def summary(self) -> Summary | None:
        """Return what the last scoring wrote; None if there is none, or it is of another version."""
        path = self.path / "summary.json"
        try:
            return Summary.model_validate_json(read_text(path)) if path.is_file() else None
        except ValidationError:
            return None

    def write_results(self, verdicts: Sequence[Verdict], summary: Summary) -> None:
        """Replace what is derived from the replies."""
        write_rows(self.path / "verdicts.jsonl", verdicts)
        write_text(self.path / "summary.json", summary.model_dump_json(indent=1) + "\n")

    def _continued(self, manifest: RunManifest) -> RunManifest:
        """Return the manifest to continue with; refuse if it is that of a different run."""
        before = self.manifest()
        old, new = before.identity, manifest.identity
        changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        if changed:
            told = [f"{name}: {_short(old.get(name))} -> {_short(new.get(name))}" for name in changed[:3]]
            more = f"; and {len(changed) - 3} more" if len(changed) > 3 else ""
            raise CoreBenchError(
                f"{self.path} holds a different run ({'; '.join(told)}{more})",
                "Give this run a folder of its own with --out, or remove the old folder.",
            )
        return manifest.model_copy(update={"started": before.started})

    def _drop_torn_line(self) -> None:
        """Cut off the lines that a kill or a full disk left unfinished."""
        for path in (self._replies, self._likelihoods):
            if not path.is_file():
                continue
            data = path.read_bytes()
            complete = data.rfind(b"\n") + 1
            if complete < len(data):
                os.truncate(path, complete)


def _complete_rows(path: Path, kind: type[Row]) -> list[Row]:
    if not path.exists():
        return []
    text = read_text(path)
    return parse_rows(text[: text.rfind("\n") + 1], kind, path)


def _append(path: Path, rows: Sequence[BaseModel]) -> None:
    data = "".join(map(dump_row, rows)).encode()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            while data:
                data = data[os.write(descriptor, data) :]
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CoreBenchError(
            f"{path} cannot be written: {error.strerror}",
            "Every reply written so far is kept. Make room and run the same command again.",
        ) from None


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 32 else f"{text[:12]}..."
