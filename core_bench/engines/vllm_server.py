"""vLLM's server for as long as a run needs it."""

import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core_bench.engines.local.checkpoint import DType
from core_bench.engines.vllm_place import DTYPE_NAMES, has_cards, interpreter, vllm_environment
from core_bench.errors import CoreBenchError


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers: its OpenAI interface, and what it calls the model."""

    address: str
    model: str


@contextmanager
def serving(
    folder: Path,
    *,
    python: str | None = None,
    dtype: DType = "bf16",
    options: Sequence[str] = (),
    log: Path | None = None,
    start_seconds: float = 600.0,
) -> Iterator[Served]:
    """Start a server for a model folder on a free loopback port, and end it afterwards.

    Raises:
        CoreBenchError: There is no vLLM, or the server ended or was not healthy in time (with its words).
    """
    name = folder.resolve().name
    port = _free_port()
    command = [interpreter(python), "-m", "vllm.entrypoints.openai.api_server", "--model", str(folder)]
    command += ["--served-model-name", name, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--dtype", DTYPE_NAMES[dtype], "--enable-prefix-caching"]
    if not has_cards():
        command.append("--enforce-eager")
    words = (log.open("w+b")) if log is not None else tempfile.TemporaryFile()  # noqa: SIM115 - closed below
    process = subprocess.Popen(
        [*command, *options],
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=subprocess.STDOUT,
        env=vllm_environment(),
        start_new_session=True,
    )
    try:
        _wait_until_healthy(process, port, start_seconds, words.seek, words.read)
        yield Served(f"http://127.0.0.1:{port}/v1", name)
    finally:
        _end(process)
        words.close()


def _wait_until_healthy(process, port, start_seconds, seek, read) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + start_seconds
    while not _healthy(port):
        late = time.monotonic() > deadline
        if process.poll() is None and not late:
            time.sleep(0.3)
            continue
        seek(0)
        lines = read().decode(errors="replace").strip().splitlines()
        telling = [line for line in lines if "rror" in line] or lines or ["it said nothing"]
        what = f"was not healthy after {start_seconds:g} s" if late else "ended while it was starting"
        raise CoreBenchError(
            f"vLLM's server {what}: {telling[-1][-400:]}", "--server-log FILE keeps all it says."
        )


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the server and the processes that it started."""
    for kind, patience in ((signal.SIGINT, 15), (signal.SIGKILL, 10)):
        try:
            os.killpg(process.pid, kind)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
