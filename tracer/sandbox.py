"""Runs programs in isolation, behind as many layers as the machine has; every failure has a name.

A zygote (`tracer.isolation`) forks per program. `layers()` says which layers hold here; each outcome says
which held for it. What a program reports about itself is its own claim: isolation protects the machine, the
harness and the other programs from it.
"""

import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, TypedDict, Unpack

from tracer.conversation import Conversation, Job, Mode
from tracer.isolation.client import ZygoteError
from tracer.isolation.pool import Pool, StoppedError
from tracer.results import Limits, Outcome

Isolation = Literal["program", "call"]

_ATTEMPTS = 3  # of starting a zygote, before we give up
_POOL = Pool()

WALLS_FOR_UNTRUSTED = (("limits",), ("no_new_privs",), ("seccomp",), ("user", "landlock", "private_root"))
"""Of each group, code that we do not trust needs at least one layer."""


class IsolationError(RuntimeError):
    """This machine cannot isolate code that must not be trusted, or no sandbox could be started."""


class IsolationWarning(RuntimeWarning):
    """Programs run with fewer layers of isolation than a Linux kernel can give."""


class Options(TypedDict, total=False):
    """How calls are made; all three ways to make them take these.

    Attributes:
        limits: What the program may use.
        hash_seed: Value of PYTHONHASHSEED, 0 by default.
        trusted: Whether we chose this code, as by default. Code of others (written by a model, say) is
            refused where the machine lacks the layers to hold it.
        isolation: `program` makes all calls in one process and is much faster; `call` gives each call a
            process of its own, so that none can disturb another. By default trusted code gets the first.
        allow_unsafe: Run untrusted code in spite of missing layers.
    """

    limits: Limits | None
    hash_seed: int
    trusted: bool
    isolation: Isolation | None
    allow_unsafe: bool


def run_calls(
    code: str, entry_point: str, inputs: Sequence[str], **options: Unpack[Options]
) -> list[Outcome]:
    """Call a program's entry point on each input, in isolation; one outcome an input, in order.

    `inputs` are argument lists of literals (`"[3, 1], k=2"`); each call gets fresh arguments and fresh
    module globals. Nothing that the program does raises here: every failure is an outcome's status.

    Args:
        code: Source text of a module.
        entry_point: Name of the function to call.
        inputs: Argument lists.
        **options: See `Options`.

    Raises:
        IsolationError: untrusted code and too few layers, or no sandbox could be started.
        StoppedError: `stop_calls` was called.
    """
    return _calls("run", code, entry_point, inputs, **options)


def record_calls(
    code: str, entry_point: str, inputs: Sequence[str], **options: Unpack[Options]
) -> list[Outcome]:
    """Do what `run_calls` does and record a `Trace` with each outcome that returned or raised."""
    return _calls("record", code, entry_point, inputs, **options)


def observe_calls(
    code: str, entry_point: str, inputs: Sequence[str], **options: Unpack[Options]
) -> list[Outcome]:
    """Do what `run_calls` does with an instrumented copy, and add an `Observation` of its sub-expressions."""
    return _calls("observe", code, entry_point, inputs, **options)


def stop_calls() -> None:
    """End all programs that run now, at once; their callers and all later ones get a `StoppedError`.

    For the way out: a Ctrl-C while other threads wait for programs. May be called from any thread.
    """
    _POOL.stop()


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


def _calls(
    mode: Mode,
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
    if not trusted and not allow_unsafe and (lacking := missing_for_untrusted(layers())):
        raise IsolationError(
            f"code that is not trusted does not run here: this machine gives no {', no '.join(lacking)}. "
            "Run it on Linux with seccomp, or pass allow_unsafe=True (--allow-unsafe) if you trust it."
        )
    job = Job(mode, code, entry_point, limits or Limits(), hash_seed)
    alone = (isolation or ("program" if trusted else "call")) == "call"
    outcomes: list[Outcome] = []
    while len(outcomes) < len(inputs):  # a new process after each one that did not survive a call
        rest = inputs[len(outcomes) :]
        outcomes += _process(job, rest[:1] if alone else rest)
    return outcomes


def _process(job: Job, inputs: Sequence[str]) -> list[Outcome]:
    """Make calls in a new process, until one of them ends it."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with _POOL.lend(job.hash_seed) as zygote:
                _warn(tuple(zygote.missing.items()))
                return Conversation(zygote, job, inputs).outcomes()
        except ZygoteError as error:  # it was killed, or the machine is out of processes
            if _POOL.stopped:
                raise StoppedError from None
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
