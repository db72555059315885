"""The inside of the sandbox: takes one job, makes the calls, writes one line a call to the parent."""

import builtins
import io
import json
import os
import resource
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from tracer.calls import Arguments, InputError, parse_arguments
from tracer.recorder import Recorder
from tracer.values import literal

_FILENAME = "<program>"


class _OutputLimitError(BaseException):
    """More was printed than the limit allows; no `except Exception` of the program swallows it."""


class _Capture(io.StringIO):
    def __init__(self, limit: int) -> None:
        super().__init__()
        self.left = limit

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            raise _OutputLimitError
        return super().write(text)


def main() -> None:
    """Run the job on standard input."""
    job = json.load(sys.stdin)
    channel = os.dup(1)
    void = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(void, descriptor)
    sys.stdin = io.StringIO()
    _limit(job["limits"])
    nonce = job["nonce"]
    for text in job["inputs"]:
        line = f"{nonce} {json.dumps(_call(job, text))}\n".encode()
        while line:
            line = line[os.write(channel, line) :]
    os._exit(0)  # no exit handlers of the program


def _limit(limits: dict[str, Any]) -> None:
    cpu = limits["cpu_s"]
    for what, soft, hard in (
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_AS, limits["memory_bytes"], limits["memory_bytes"]),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 32, 32),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))


def _call(job: dict[str, Any], text: str) -> dict[str, Any]:
    """Make one call and return the fields of its `Outcome`."""
    try:
        arguments = parse_arguments(text)
    except InputError as error:
        return {"status": "bad_input", "message": str(error)}
    capture = _Capture(job["limits"]["output_chars"])
    sys.stdout = sys.stderr = capture
    try:
        function = _load(compile(job["code"], _FILENAME, "exec"), job["entry_point"])
    except BaseException as error:  # whatever the program does at import
        return {"status": "bad_program", "message": f"{type(error).__name__}: {error}"}
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    if isinstance(function, str):
        return {"status": "bad_program", "message": function}
    recorder = (
        Recorder(_FILENAME, job["limits"]["events"], source=job["code"]) if job["mode"] == "record" else None
    )
    fields = _observe(function, arguments, recorder, capture)
    if recorder and fields["status"] in ("returned", "raised"):
        fields["trace"] = recorder.trace().to_json()
    return fields


def _load(code: CodeType, entry_point: str) -> Callable[..., object] | str:
    """Execute the module and return its entry point, or what is wrong with it."""
    namespace: dict[str, Any] = {"__name__": "program", "__builtins__": builtins}
    exec(code, namespace)
    function = namespace.get(entry_point)
    if function is None:
        return f"it defines no {entry_point}"
    return function if callable(function) else f"{entry_point} is not callable"


def _observe(
    function: Callable[..., object], arguments: Arguments, recorder: Recorder | None, capture: _Capture
) -> dict[str, Any]:
    sys.stdout = sys.stderr = capture
    try:
        if recorder is None:
            value = function(*arguments.positional, **arguments.keyword)
        else:
            with recorder.watching():
                value = function(*arguments.positional, **arguments.keyword)
        fields = {"status": "returned", "value": literal(value)}
    except _OutputLimitError:
        fields = {"status": "output", "message": "more was printed than the limit allows"}
    except MemoryError:
        fields = {"status": "memory", "message": "the memory limit was reached"}
    except BaseException as error:  # SystemExit and KeyboardInterrupt are outcomes, too
        fields = {"status": "raised", "exception": type(error).__name__, "message": _text(error)}
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    return {**fields, "arguments": arguments.as_literal(), "stdout": capture.getvalue()}


def _text(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:  # a __str__ of the program's own
        return "<no text>"
