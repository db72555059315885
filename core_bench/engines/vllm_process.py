"""One vLLM process, and the thread that reads what it says."""

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from core_bench.engines.vllm_place import vllm_environment
from core_bench.errors import CoreBenchError

_WORKER = Path(__file__).with_name("vllm_worker.py")


class VllmProcess:
    """Asked in JSON lines, and answers in them (`vllm_worker.py`)."""

    def __init__(self, python: str, settings: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        """Start it.

        Args:
            python: The interpreter that has vLLM.
            settings: What the worker's first line says.
            environment: Variables besides `vllm_environment`.
        """
        self.described: dict[str, Any] = {}
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `end`
        self._process = subprocess.Popen(
            [python, str(_WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env={**vllm_environment(), **environment},
            start_new_session=True,  # Ctrl-C is for us; we then end it
        )
        self._write(settings)

    def wait_until_ready(self) -> None:
        """Wait for the model; raises `CoreBenchError` with vLLM's last words if it does not come."""
        told = self._read()
        if "ready" not in told:
            raise CoreBenchError(f"vLLM does not start: {told['failed']}", _remedy(told["failed"]))
        self.described = told["ready"]

    def send(self, asked: object, results: "queue.SimpleQueue[Any]") -> None:
        """Ask; every line of the answer goes into `results`."""
        self._write(asked)

        def forward() -> None:
            while True:
                told = self._read()
                results.put(told)
                if "finished" not in told:
                    return

        threading.Thread(target=forward, name="core-bench vllm", daemon=True).start()

    def end(self) -> None:
        """End the process and those that it started."""
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, 15)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, 9)
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._errors.close()

    def _write(self, what: object) -> None:
        with contextlib.suppress(BrokenPipeError):  # it is dead: reading will tell
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        try:
            line = self._process.stdout.readline()
            if line:
                told: dict[str, Any] = json.loads(line)
                return told
        except ValueError as error:
            return {"failed": str(error)}
        return {"failed": self._last_words()}

    def _last_words(self) -> str:
        with contextlib.suppress(ValueError, OSError):
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").strip().splitlines()
            telling = [line for line in lines if "Error" in line] or lines
            if telling:
                return telling[-1][-500:]
        return "it ended without a word"


def _remedy(words: str) -> str:
    if "kernel" in words or "quant" in words.lower():
        return "This vLLM has no kernel for this quantisation here; the transformers engine may load it."
    if "KV cache" in words or "memory" in words.lower():
        return "Use a shorter --context-window, or give it more memory (VLLM_CPU_KVCACHE_SPACE on a CPU)."
    return "Does this vLLM fit the machine? docs/engines.md has a recipe for CPUs."
