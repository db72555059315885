"""The zygote: an interpreter that has everything imported and forks once per program.

`main` runs in a process of its own, started by `tracer.isolation.client`. What must stay out of a program's
reach is held by no variable while the program runs: frames and their variables can be walked from inside
(`sys._getframe`), the operands of a C function that is being called cannot.
"""

import fcntl
import gc
import importlib
import marshal
import os
import select
import signal
import socket
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tracer import child
from tracer.isolation import libc, lockdown, namespaces, protocol
from tracer.isolation.lockdown import CHANNEL, Walls
from tracer.wire import Packer

# What programs import most. The rest of the standard library is imported when a program asks for it, from
# the one folder that it can read: each module here makes each fork slower.
_PRELOADED = """
    abc array bisect cmath collections collections.abc contextlib copy dataclasses datetime decimal enum
    fractions functools heapq itertools json math numbers operator re string textwrap time
    types typing
"""

# Imported ahead only where programs cannot read the library: `random` takes a new seed in each fork.
_PRELOADED_ELSE = "random statistics"

_AHEAD = 2
_HARNESS_FAILED = 70

# What a fork does for the first time is slow: it copies the memory that it touches. So it does all of it once
# if it waits for longer than this; where jobs come one after the other, that would be work done twice.
_IDLE_S = 0.003
_WARM_UP: dict[str, Any] = {
    "mode": "run",
    "trusted": True,
    "sources": 0,
    "code": "def f(xs, k=0):\n    for x in xs:\n        k += x\n    return [k]\n",
    "entry_point": "f",
    "inputs": [marshal.dumps((([1, 2],), {"k": 3})), "{1}"],
    "limits": {"output_chars": 1000, "events": 10, "result_bytes": 10_000},
}


def main() -> None:
    """Serve the control socket whose descriptor is the first argument; in each fork, run one program."""
    try:
        deque(map(*_program(*_serve(*_prepare()))), maxlen=0)  # no variables here: see the module's text
    except BaseException:
        os._exit(_HARNESS_FAILED)
    os._exit(0)  # no exit handlers of the program


def _prepare() -> tuple[socket.socket, Walls]:
    """Import, put up the walls around this process, and report them."""
    given = int(sys.argv[1])
    control = socket.socket(fileno=fcntl.fcntl(given, fcntl.F_DUPFD_CLOEXEC, CHANNEL + 1))
    os.close(given)
    os.dup2(0, CHANNEL)  # keep its number free of anything that we open
    without = frozenset(sys.argv[2].split())
    sys.argv = sys.orig_argv = ["program"]
    for name in _PRELOADED.split():
        try:
            importlib.import_module(name)
        except ImportError:  # an interpreter built without it
            continue
    child.prepare()
    for _ in range(20):  # lets the interpreter specialise its code once, and not in each fork
        child.warm_up(_WARM_UP)
    missing: dict[str, str] = {}
    around: list[str] = []
    show = lockdown.readable()
    if sys.platform == "linux":
        around = namespaces.enter(show, without, missing)
        if "pid_namespace" in around:
            _become_first_process(control)
    os.chdir("/")
    walls = lockdown.prepare(around, show, without, missing)
    if not lockdown.reads_standard_library(walls.layers):
        for name in _PRELOADED_ELSE.split():
            importlib.import_module(name)
        child.explain_missing_modules()
    protocol.send_block(control, _packed(missing))
    gc.collect()
    gc.freeze()
    return control, walls


def _packed(missing: dict[str, str]) -> bytes:
    packer = Packer()
    packer.texts(missing)
    packer.texts(missing.values())
    return packer.body()


def _become_first_process(control: socket.socket) -> None:
    """Fork: only children are in the new namespace. The parent waits, so that the caller can end both."""
    first = os.fork()
    if first:
        control.close()
        os.waitpid(first, 0)
        os._exit(0)
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(slots=True)
class _Fork:
    """A fork, while it waits for its job and after.

    Attributes:
        pid: its process.
        job: the end of a pipe to write its job to.
        channel: the end of its result channel to read from.
    """

    pid: int
    job: int
    channel: int

    def start(self, body: bytes, control: socket.socket) -> bool:
        """Hand the job over, and the channel to the caller; False if the fork is gone."""
        try:
            with os.fdopen(self.job, "wb") as pipe:
                pipe.write(body)
        except BrokenPipeError:
            os.close(self.channel)
            return False
        protocol.send_descriptor(control, self.channel)
        os.close(self.channel)
        return True


def _serve(control: socket.socket, walls: Walls) -> tuple[int, int, Walls, tuple[bytes | memoryview, ...]]:
    """Carry out orders; return in each fork, with the descriptors of its job and its channel.

    Forks are made ahead: they lock themselves in and warm up while an earlier program runs.
    """
    locked_in = _locked_in(walls.layers)
    waiting: deque[_Fork] = deque()
    current = 0
    ending: set[int] = set()  # killed, not waited for yet: their end overlaps with the next program
    while True:
        while len(waiting) < _AHEAD:
            job, their_job = os.pipe()
            channel, their_channel = os.pipe()
            pid = os.fork()
            if not pid:
                control.detach()  # its descriptor is closed with all others
                return job, their_channel, walls, locked_in
            os.close(job)
            os.close(their_channel)
            waiting.append(_Fork(pid, their_job, channel))
        ending -= {pid for pid in ending if os.waitpid(pid, os.WNOHANG)[0]}
        try:
            order, body = protocol.receive_order(control)
        except (EOFError, OSError):
            order, body = b"", b""
        if current and order in (protocol.END, b""):
            _kill(current)
            ending.add(current)
            current = 0
        if order == b"":
            for fork in waiting:
                _kill(fork.pid)
            os._exit(0)
        elif order == protocol.REPORT:
            protocol.send_exit(control, _end(current))
            current = 0
        elif order == protocol.RUN:
            fork = waiting.popleft()
            current = fork.pid
            if not fork.start(body, control):
                os._exit(_HARNESS_FAILED)  # the caller starts another zygote


def _kill(pid: int) -> None:
    """Kill a program with all that it started; it leads a process group of its own."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it has not come to its setsid yet, or is dead (macOS)
        os.kill(pid, signal.SIGKILL)


def _end(pid: int) -> protocol.Exit:
    _kill(pid)
    _, status, usage = os.wait4(pid, 0)
    return protocol.Exit(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)


def _program(
    job_pipe: int, channel: int, walls: Walls, locked_in: tuple[bytes | memoryview, ...]
) -> tuple[Any, Iterator[Any]]:
    """Lock this fork in, wait for its job; return the way to its channel and the records to send on it.

    Sending is made of C functions only, so that the nonce is never in a frame that a signal handler, a
    finaliser or a profiling function of the program could look into.
    """
    os.setsid()
    os.dup2(job_pipe, 0)
    os.dup2(channel, CHANNEL, inheritable=True)
    failure = None
    try:
        lockdown.lock(walls)
        if not select.select([0], [], [], _IDLE_S)[0]:
            child.warm_up({**_WARM_UP, "inputs": _WARM_UP["inputs"][:1]})
    except Exception as error:  # better no program than one with a wall missing that we promised
        failure = f"{type(error).__name__}: {error}"
        os.closerange(CHANNEL + 1, 256)  # the pipes of other forks, which would wait for us
    body = _read_all(0)
    os.dup2(1, 0)  # the null device
    nonce, job = body[: protocol.NONCE_BYTES], marshal.loads(body[protocol.NONCE_BYTES :])
    if failure:
        os.writev(CHANNEL, (nonce, *_locked_in((), failure)))
        os._exit(_HARNESS_FAILED)
    if not lockdown.limit(job["limits"]["cpu_s"], job["limits"]["memory_bytes"]):
        locked_in = _locked_in(["some_limits" if layer == "limits" else layer for layer in walls.layers])
    os.writev(CHANNEL, (nonce, *locked_in))
    records = map(protocol.record, child.outcomes(job))
    return partial(os.writev, CHANNEL), map((nonce,).__add__, records)


def _read_all(descriptor: int) -> bytes:
    """Read to the end; nothing at all means that the zygote is gone."""
    parts = bytearray()
    while chunk := os.read(descriptor, 1 << 20):
        parts += chunk
    if not parts:
        os._exit(0)
    return bytes(parts)


def _locked_in(layers: Sequence[str], failure: str | None = None) -> tuple[bytes | memoryview, ...]:
    """Return the first record of a fork, which says that it has locked itself in, or why not."""
    packer = Packer()
    packer.text(failure)
    packer.texts(layers)
    return protocol.record((packer.body(),))
