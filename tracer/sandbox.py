"""Runs programs in isolation, behind as many layers as the machine has; every failure has a name.

A zygote (`tracer.isolation`) forks per program. `layers()` says which layers hold here; each outcome says
which held for it. What a program reports about itself is its own claim: isolation protects the machine, the
harness and the other programs from it.
"""

import json
import marshal
import os
import secrets
import signal
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Literal

from tracer.isolation.client import Zygote, ZygoteError
from tracer.isolation.pool import Pool
from tracer.isolation.protocol import (
    NONCE_BYTES,
    ChannelClosedError,
    DeadlineError,
    Exit,
    Records,
    TamperedError,
)
from tracer.observation import Observation
from tracer.trace import Trace

Status = Literal[
    "returned", "raised", "timeout", "memory", "output", "crashed", "tampered", "bad_program", "bad_input"
]
Isolation = Literal["program", "call"]

_START_S = 20.0  # for a fork to lock itself in, on a busy machine
_ATTEMPTS = 3  # of starting a zygote, before we give up
_POOL = Pool()

WALLS_FOR_UNTRUSTED = (("limits",), ("no_new_privs",), ("seccomp",), ("user", "landlock", "private_root"))
"""Of each group, code that we do not trust needs at least one layer."""


class IsolationError(RuntimeError):
    """This machine cannot isolate code that must not be trusted, or no sandbox could be started."""


class IsolationWarning(RuntimeWarning):
    """Programs run with fewer layers of isolation than a Linux kernel can give."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use. CPU seconds and memory are per process, wall seconds per call.

    `result_bytes` bounds the size of one outcome with its trace, as JSON.
    """

    cpu_s: int = 10
    wall_s: float = 10.0
    memory_bytes: int = 1 << 30
    output_chars: int = 100_000
    events: int = 20_000
    result_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call did.

    Attributes:
        status: `returned` or `raised`, or why there is neither. `tampered`: the program wrote to the
            channel that its results come back on, so that nothing it says can be used.
        value: canonical literal of the returned value, or a marker where it has none.
        exception: name of the exception's type, with its text in `message`; `message` also explains any
            other status.
        arguments: canonical literal of `[positional, keyword]` after the call: shows mutated arguments.
        stdout: what the call printed.
        trace: what `record_calls` recorded.
        observation: what `observe_calls` observed.
        layers: the layers of isolation that held; they take no part in comparing outcomes.
    """

    status: Status
    value: str | None = None
    exception: str | None = None
    message: str | None = None
    arguments: str | None = None
    stdout: str = ""
    trace: Trace | None = None
    observation: Observation | None = None
    layers: tuple[str, ...] = field(default=(), compare=False, repr=False)


def run_calls(
    code: str,
    entry_point: str,
    inputs: Sequence[str],
    *,
    limits: Limits | None = None,
    hash_seed: int = 0,
    trusted: bool = True,
    isolation: Isolation | None = None,
    allow_unsafe: bool = False,
) -> list[Outcome]:
    """Call a program's entry point on each input, in isolation; one outcome an input, in order.

    `inputs` are argument lists of literals (`"[3, 1], k=2"`); each call gets fresh arguments and fresh
    module globals. Nothing that the program does raises here: every failure is an outcome's status.

    Args:
        code: Source text of a module.
        entry_point: Name of the function to call.
        inputs: Argument lists.
        limits: What the program may use.
        hash_seed: Value of PYTHONHASHSEED.
        trusted: Whether we chose this code. Code of others (written by a model, say) is refused where the
            machine lacks the layers to hold it.
        isolation: `program` makes all calls in one process and is much faster; `call` gives each call a
            process of its own, so that none can disturb another. By default trusted code gets the first.
        allow_unsafe: Run untrusted code in spite of missing layers.

    Raises:
        IsolationError: untrusted code and too few layers, or no sandbox could be started.
    """
    job = _Job("run", code, entry_point, limits or Limits(), hash_seed)
    return _run(job, inputs, trusted, isolation, allow_unsafe)


def record_calls(
    code: str,
    entry_point: str,
    inputs: Sequence[str],
    *,
    limits: Limits | None = None,
    hash_seed: int = 0,
    trusted: bool = True,
    isolation: Isolation | None = None,
    allow_unsafe: bool = False,
) -> list[Outcome]:
    """Do what `run_calls` does and record a `Trace` with each outcome that returned or raised."""
    job = _Job("record", code, entry_point, limits or Limits(), hash_seed)
    return _run(job, inputs, trusted, isolation, allow_unsafe)


def observe_calls(
    code: str,
    entry_point: str,
    inputs: Sequence[str],
    *,
    limits: Limits | None = None,
    hash_seed: int = 0,
    trusted: bool = True,
    isolation: Isolation | None = None,
    allow_unsafe: bool = False,
) -> list[Outcome]:
    """Do what `run_calls` does with an instrumented copy, and add an `Observation` of its sub-expressions."""
    job = _Job("observe", code, entry_point, limits or Limits(), hash_seed)
    return _run(job, inputs, trusted, isolation, allow_unsafe)


def layers() -> tuple[str, ...]:
    """Return the names of the layers that hold for programs on this machine."""
    return _layers_here()


@lru_cache(maxsize=1)
def _layers_here() -> tuple[str, ...]:
    [outcome] = run_calls("def f(): pass\n", "f", [""])
    return outcome.layers


def missing_for_untrusted(held: Sequence[str]) -> list[str]:
    """Return what `held` lacks before code that we do not trust may run, in words."""
    return [" or ".join(group) for group in WALLS_FOR_UNTRUSTED if not set(group) & set(held)]


@dataclass(frozen=True, slots=True)
class _Job:
    mode: Literal["run", "record", "observe"]
    code: str
    entry_point: str
    limits: Limits
    hash_seed: int

    def encoded(self, inputs: Sequence[str]) -> bytes:
        """Return the job as a zygote's fork reads it, without the nonce."""
        fields = {"mode": self.mode, "code": self.code, "entry_point": self.entry_point}
        # marshal: quick to read for a fork that must not touch much memory, and both ends are one interpreter
        return marshal.dumps(
            {**fields, "inputs": [str(text) for text in inputs], "limits": asdict(self.limits)}
        )


def _run(
    job: _Job, inputs: Sequence[str], trusted: bool, isolation: Isolation | None, allow_unsafe: bool
) -> list[Outcome]:
    if not trusted and not allow_unsafe and (lacking := missing_for_untrusted(layers())):
        raise IsolationError(
            f"code that is not trusted does not run here: this machine gives no {', no '.join(lacking)}. "
            "Run it on Linux with seccomp, or pass allow_unsafe=True (--allow-unsafe) if you trust it."
        )
    alone = (isolation or ("program" if trusted else "call")) == "call"
    outcomes: list[Outcome] = []
    while len(outcomes) < len(inputs):  # a new process after each one that did not survive a call
        rest = inputs[len(outcomes) :]
        outcomes += _process(job, rest[:1] if alone else rest)
    return outcomes


def _process(job: _Job, inputs: Sequence[str]) -> list[Outcome]:
    """Make calls in a new process, until one of them ends it."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with _POOL.lend(job.hash_seed) as zygote:
                _warn(tuple(zygote.missing.items()))
                return _Conversation(zygote, job, inputs).outcomes()
        except ZygoteError as error:  # it was killed, or the machine is out of processes
            if attempt == _ATTEMPTS:
                raise IsolationError(f"the sandbox fails again and again: {error}") from error
    raise AssertionError("unreachable")


@lru_cache(maxsize=8)
def _warn(missing: tuple[tuple[str, str], ...]) -> None:
    """Say once what this machine does not give."""
    if missing:
        reasons = "; ".join(f"{layer} ({reason})" for layer, reason in missing)
        warnings.warn(
            f"programs run without these layers of isolation: {reasons}", IsolationWarning, stacklevel=5
        )


class _Conversation:
    """Hears out one process, from its first record to its end."""

    def __init__(self, zygote: Zygote, job: _Job, inputs: Sequence[str]) -> None:
        self._zygote = zygote
        self._job = job
        self._inputs = inputs
        self._nonce = secrets.token_bytes(NONCE_BYTES)

    def outcomes(self) -> list[Outcome]:
        """Return the outcomes of at least one call, up to the first that ended the process."""
        channel = self._zygote.start(self._nonce + self._job.encoded(self._inputs))
        try:
            return self._listen(Records(channel, self._nonce, self._job.limits.result_bytes))
        finally:
            os.close(channel)

    def _listen(self, records: Records) -> list[Outcome]:
        try:
            first = json.loads(records.next(_START_S))
        except (ChannelClosedError, DeadlineError) as error:
            raise ZygoteError(f"a program did not start ({type(error).__name__})") from None
        if "error" in first:
            raise ZygoteError(f"a program could not be locked in: {first['error']}")
        held = tuple(first["layers"])
        heard: list[Outcome] = []
        end: Outcome | None = None
        while end is None and len(heard) < len(self._inputs):
            try:
                heard.append(self._outcome(records.next(self._job.limits.wall_s), held))
            except TamperedError:
                self._zygote.end()
                end = Outcome("tampered", message=_TAMPERED, layers=held)
            except DeadlineError:
                self._zygote.end()
                end = Outcome("timeout", message="the wall-clock limit was reached", layers=held)
            except ChannelClosedError:
                return self._without_heirs(heard, _death(self._zygote.report(), self._job.limits, held))
            else:
                if heard[-1].status == "memory":
                    self._zygote.end()
                    return self._without_heirs(heard[:-1], heard[-1])
        if end is not None:
            return [*heard, end]
        self._zygote.end()
        try:
            records.expect_nothing()
        except TamperedError:
            heard[-1] = Outcome("tampered", message=_TAMPERED, layers=held)
        return heard

    @staticmethod
    def _without_heirs(heard: list[Outcome], last: Outcome) -> list[Outcome]:
        """Blame a call for the end of a process only if it had the process to itself.

        Limits on CPU and memory are per process, and an earlier call may have left damage behind; where
        there was one, the call is left out here and made again in a new process.
        """
        return heard or [last]

    def _outcome(self, body: bytes, held: tuple[str, ...]) -> Outcome:
        try:
            data: dict[str, Any] = json.loads(body)
            code = {"code": self._job.code}  # ours, whatever the process says
            if trace := data.pop("trace", None):
                data["trace"] = Trace.from_json({**trace, **code})
            if observation := data.pop("observation", None):
                data["observation"] = Observation.from_json({**observation, **code})
            return Outcome(**data, layers=held)
        except (ValueError, TypeError, KeyError, RecursionError):
            raise TamperedError from None


_TAMPERED = "the program wrote to the result channel"


def _death(exit_: Exit, limits: Limits, held: tuple[str, ...]) -> Outcome:
    if exit_.code == -signal.SIGXCPU or (exit_.code == -signal.SIGKILL and exit_.cpu_s >= limits.cpu_s):
        return Outcome("timeout", message="the CPU limit was reached", layers=held)
    if exit_.code < 0:
        name = signal.strsignal(-exit_.code) or "unknown"
        signals = {member.value: member.name for member in signal.Signals}
        how = f"was killed by {signals.get(-exit_.code, name)}"
    else:
        how = f"ended with exit code {exit_.code}"
    return Outcome("crashed", message=f"the process {how}", layers=held)
