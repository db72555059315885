"""Runs programs in a subprocess with limits: one process a program, many inputs.

Layers here: a process of its own in its own session with a cleared environment, no site-packages, limits
on CPU, memory, file size and open files, a wall-clock deadline for each call, capped output. No network
or file-system isolation: run only code that you chose.
"""

import json
import os
import secrets
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from tracer.program import ProgramError, parse_source
from tracer.trace import Trace

Status = Literal["returned", "raised", "timeout", "memory", "output", "crashed", "bad_program", "bad_input"]

_ROOT = str(Path(__file__).resolve().parent.parent)
_BOOT = f"import sys; sys.path.insert(0, {_ROOT!r}); from tracer.child import main; main()"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use. CPU seconds and memory are per process, wall seconds per call."""

    cpu_s: int = 10
    wall_s: float = 10.0
    memory_bytes: int = 1 << 30
    output_chars: int = 100_000
    events: int = 20_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call did.

    Attributes:
        status: `returned` or `raised`, or why there is neither.
        value: canonical literal of the returned value, or a marker where it has none.
        exception: name of the exception's type, with its text in `message`; `message` also explains any
            other status.
        arguments: canonical literal of `[positional, keyword]` after the call: shows mutated arguments.
        stdout: what the call printed.
        trace: what `record_calls` recorded.
    """

    status: Status
    value: str | None = None
    exception: str | None = None
    message: str | None = None
    arguments: str | None = None
    stdout: str = ""
    trace: Trace | None = None


def run_calls(
    code: str, entry_point: str, inputs: Sequence[str], *, limits: Limits | None = None, hash_seed: int = 0
) -> list[Outcome]:
    """Call a program's entry point on each input, in isolation; one outcome an input, in order.

    `inputs` are argument lists of literals (`"[3, 1], k=2"`); each call gets fresh arguments and fresh
    module globals. Nothing that the program does raises here: every failure is an outcome's status.
    """
    return _run("run", code, entry_point, inputs, limits or Limits(), hash_seed)


def record_calls(
    code: str, entry_point: str, inputs: Sequence[str], *, limits: Limits | None = None, hash_seed: int = 0
) -> list[Outcome]:
    """Do what `run_calls` does and record a `Trace` with each outcome that returned or raised."""
    return _run("record", code, entry_point, inputs, limits or Limits(), hash_seed)


def _run(
    mode: str, code: str, entry_point: str, inputs: Sequence[str], limits: Limits, hash_seed: int
) -> list[Outcome]:
    try:
        parse_source(code)
    except ProgramError as error:
        return [Outcome("bad_program", message=str(error)) for _ in inputs]
    outcomes: list[Outcome] = []
    while len(outcomes) < len(inputs):  # a new process after each one that did not survive a call
        job = {
            "mode": mode,
            "code": code,
            "entry_point": entry_point,
            "inputs": list(inputs[len(outcomes) :]),
            "limits": asdict(limits),
            "nonce": secrets.token_hex(8),
        }
        outcomes.extend(_process(job, limits, hash_seed))
    return outcomes


def _process(job: dict[str, Any], limits: Limits, hash_seed: int) -> Iterator[Outcome]:
    """Yield outcomes of one process: those of the calls that it finished, then how it died, if it did."""
    with tempfile.TemporaryDirectory(prefix="core-bench-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-S", "-B", "-c", _BOOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"PYTHONHASHSEED": str(hash_seed), "LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(job).encode())
            process.stdin.close()
            done = 0
            for line in _lines(process, limits.wall_s):
                outcome = _parse(line, job)
                yield outcome
                done += 1
                if outcome.message == _TAMPERED:
                    return
            if done < len(job["inputs"]):
                yield _death(process)
        finally:
            _kill(process)


def _lines(process: subprocess.Popen[bytes], wall_s: float) -> Iterator[bytes]:
    """Yield the lines of the process's result channel until it ends or one takes longer than `wall_s`."""
    assert process.stdout is not None
    channel = process.stdout.fileno()
    buffer = b""
    deadline = time.monotonic() + wall_s + 2.0  # two seconds for the interpreter to start
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            chunk = os.read(channel, 1 << 16)
            if not chunk:
                return
            *lines, buffer = (buffer + chunk).split(b"\n")
            if lines:
                yield from lines
                deadline = time.monotonic() + wall_s


_TAMPERED = "the program wrote to the result channel"


def _parse(line: bytes, job: dict[str, Any]) -> Outcome:
    nonce, _, body = line.partition(b" ")
    if nonce != job["nonce"].encode():
        return Outcome("crashed", message=_TAMPERED)
    data = json.loads(body)
    trace = data.pop("trace", None)
    return Outcome(**data, trace=Trace.from_json({**trace, "code": job["code"]}) if trace else None)


def _death(process: subprocess.Popen[bytes]) -> Outcome:
    try:
        code = process.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return Outcome("timeout", message="the wall-clock limit was reached")
    if code == -signal.SIGXCPU:
        return Outcome("timeout", message="the CPU limit was reached")
    if code < 0:
        return Outcome("crashed", message=f"the process was killed by {signal.Signals(-code).name}")
    return Outcome("crashed", message=f"the process ended with exit code {code}")


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
