"""Starts a worker and asks it what calls of programs do."""

import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from tests.tracer.oracle.told import Told

ROOT = Path(__file__).resolve().parents[3]


class Machine:
    """A worker process, started when it is first asked; use it in a `with` statement."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, code: str, entry: str, arguments: str) -> Told:
        """Return what the rewritten program told of one call."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        data = pickle.dumps((code, entry, arguments))
        process.stdin.write(struct.pack("<I", len(data)) + data)
        process.stdin.flush()
        (size,) = struct.unpack("<I", process.stdout.read(4))
        told: Told = pickle.loads(process.stdout.read(size))
        return told

    def __enter__(self) -> "Machine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            settings = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "tests.tracer.oracle.worker"],
                cwd=ROOT,
                env=settings,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process
