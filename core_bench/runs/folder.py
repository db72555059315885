"""A run on disk: `manifest.json`, `replies.jsonl` (append-only), `verdicts.jsonl`, `summary.json`.

Only the manifest and the replies are sources; verdicts and summary are derived and may be made again.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from core_bench.errors import CoreBenchError
from core_bench.jsonl import dump_row, make_folder, parse_rows, read_text, write_rows, write_text
from core_bench.records import Reply, RunManifest, Verdict
from core_bench.scoring import Summary

FORMAT = 1


class RunFolder:
    """Reads and writes one run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._replies = path / "replies.jsonl"

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

    def replies(self) -> dict[tuple[str, str, int], Reply]:
        """Return the replies by key; of several for one key (re-asked after an error) the last counts."""
        if not self._replies.exists():
            return {}
        text = read_text(self._replies)
        complete = text[: text.rfind("\n") + 1]
        rows = parse_rows(complete, Reply, self._replies)
        return {(row.item, row.method, row.epoch): row for row in rows}

    def append(self, replies: Sequence[Reply]) -> None:
        """Write replies at the end, in one piece: a kill at any moment leaves whole groups.

        Raises:
            CoreBenchError: the disk is full, say; what was written before is kept.
        """
        data = "".join(map(dump_row, replies)).encode()
        try:
            descriptor = os.open(self._replies, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            try:
                while data:
                    data = data[os.write(descriptor, data) :]
            finally:
                os.close(descriptor)
        except OSError as error:
            raise CoreBenchError(
                f"{self._replies} cannot be written: {error.strerror}",
                "Every reply written so far is kept. Make room and run the same command again.",
            ) from None

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
        """Cut off the line that a kill or a full disk left unfinished."""
        if not self._replies.is_file():
            return
        data = self._replies.read_bytes()
        complete = data.rfind(b"\n") + 1
        if complete < len(data):
            os.truncate(self._replies, complete)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 32 else f"{text[:12]}..."
