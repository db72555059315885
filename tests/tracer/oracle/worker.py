"""Runs rewritten programs, each call in a forked process of its own: `python -m tests.tracer.oracle.worker`.

Requests and results go through the standard input and output, each as its length and a pickle.
"""

import builtins
import gc
import os
import pickle
import resource
import select
import signal
import struct
import sys
import time
import types
from functools import lru_cache
from typing import Any

from tests.tracer.oracle import runtime
from tests.tracer.oracle.rewrite import CannotRewriteError, rewrite
from tests.tracer.oracle.sites import Table
from tests.tracer.oracle.told import Told

SECONDS = 10
MEMORY = 2 << 30


@lru_cache(maxsize=32)
def prepared(code: str) -> tuple[types.CodeType, Table] | str:
    """Return the rewritten program, or why there is none."""
    try:
        tree, table = rewrite(code)
        return compile(tree, "<program>", "exec", dont_inherit=True), table
    except (SyntaxError, CannotRewriteError, RecursionError, ValueError) as error:
        return f"not rewritten: {type(error).__name__}: {error}"


def run(program: tuple[types.CodeType, Table] | str, entry: str, arguments: str, outcome: Any) -> Told:
    """Run one call in this process; `outcome` is called early if the run must end at once."""
    if isinstance(program, str):
        return Told(program)
    compiled, table = program
    state = runtime.start(table)

    def told(problem: str | None = None) -> Told:
        return Told(problem or state.stopped, table, state.log, list(state.texts), state.foreign)

    runtime.finish = lambda: outcome(told())
    builtins._o_ = runtime  # type: ignore[attr-defined]
    module = types.ModuleType("program")
    sys.modules["program"] = module
    positional, keyword = _arguments(arguments)
    try:
        exec(compiled, module.__dict__)
        called = module.__dict__[entry]
        state.on = True
        called(*positional, **keyword)
        state.on = False
    except BaseException as error:
        if not state.on:
            return told(f"not loaded: {type(error).__name__}: {error}")
        state.on = False  # what dies with the exception dies after the call
    return told()


def _arguments(text: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    import collections
    import datetime
    import decimal
    import fractions

    known = {**vars(collections), "datetime": datetime, "Decimal": decimal.Decimal}
    known |= {"Fraction": fractions.Fraction, "given": lambda *one, **two: (one, two)}
    result: tuple[tuple[Any, ...], dict[str, Any]] = eval(f"given({text})", known)
    return result


def _child(program: tuple[types.CodeType, Table] | str, entry: str, arguments: str, channel: int) -> None:
    def outcome(told: Told) -> None:
        data = pickle.dumps(told)
        while data:
            data = data[os.write(channel, data) :]
        os._exit(0)

    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        outcome(run(program, entry, arguments, outcome))
    finally:
        os._exit(1)


def _made(request: tuple[str, str, str]) -> bytes:
    code, entry, arguments = request
    program = prepared(code)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(program, entry, arguments, writing)
    os.close(writing)
    parts: list[bytes] = []
    until = time.monotonic() + 2 * SECONDS
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            break
        part = os.read(reading, 1 << 20)
        if not part:
            break
        parts.append(part)
    os.close(reading)
    os.waitpid(child, 0)
    return b"".join(parts) or pickle.dumps(Told("the process ended by itself, or took too long"))


def main() -> None:
    """Answer requests until there are no more."""
    gc.disable()  # what is collected, and when, would depend on what the oracle allocates
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    while header := asked.read(4):
        (size,) = struct.unpack("<I", header)
        data = _made(pickle.loads(asked.read(size)))
        answered.write(struct.pack("<I", len(data)) + data)
        answered.flush()


if __name__ == "__main__":
    main()
