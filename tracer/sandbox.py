"""Runs programs in isolation, behind as many layers as the machine has; every failure has a name.

A zygote (`tracer.isolation`) forks for each call. `layers()` says which layers hold here; each outcome says
which held for it. What a program reports about itself is its own claim: isolation protects the machine, the
harness and the other programs from it.
"""

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache, partial
from typing import Literal, TypedDict, Unpack

from tracer.certified import Runs, differing
from tracer.conversation import Conversation, Heard, Input, Job, prepared_input
from tracer.instrument import instrument
from tracer.isolation.client import ZygoteError
from tracer.isolation.crew import each
from tracer.isolation.pool import Pool, StoppedError, Wave
from tracer.program import ProgramError
from tracer.results import Limits, Outcome
from tracer.told import Mode

Isolation = Literal["program", "call"]

_ATTEMPTS = 3  # of starting a zygote, before we give up
_HANDS = max(1, os.cpu_count() or 1)
_POOL = Pool()
_GROUP: ContextVar[Wave | None] = ContextVar("group", default=None)

WALLS_FOR_UNTRUSTED = (("limits",), ("no_new_privs",), ("seccomp",), ("user", "landlock", "private_root"))
"""Of each group, code that we do not trust needs at least one layer."""


class IsolationError(RuntimeError):
    """This machine cannot isolate code that must not be trusted, or no sandbox could be started."""


class IsolationWarning(RuntimeWarning):
    """Programs run with fewer layers of isolation than a Linux kernel can give."""


class Options(TypedDict, total=False):
    """How calls are made; all ways to make them take these.

    Attributes:
        limits: What the program may use.
        hash_seed: Value of PYTHONHASHSEED, 0 by default.
        trusted: Whether we chose this code, as by default. Code of others (written by a model, say) is
            refused where the machine lacks the layers to hold it, and may use less of the interpreter.
        isolation: `call`, the default, gives each call a process of its own, so that none can depend on an
            earlier one. `program` makes plain calls in one process, up to 30 times as fast, and gives that
            up: what a call leaves behind in a library (an event loop, a decimal context, the environment) is
            there for the next. It is meant for screening whose survivors run again alone; recorded and
            observed runs are alone always.
        allow_unsafe: Run untrusted code in spite of missing layers.
        observers: How many observers see a recorded or observed call: 2 by default; 1 leaves the witness out,
            and then nothing confirms what the other one saw.
        certified: Whether a plain run says what a recorded or observed call does, as by default. False saves
            it, for more hash seeds of a call that is compared with a certified one.
    """

    limits: Limits | None
    hash_seed: int
    trusted: bool
    isolation: Isolation
    allow_unsafe: bool
    observers: int
    certified: bool


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
    calls = _Calls(code, entry_point, **options)
    if options.get("isolation") == "program":
        return calls.together(inputs)
    return calls.apart(lambda make: make("run").outcome, inputs)


def record_calls(
    code: str, entry_point: str, inputs: Sequence[str], **options: Unpack[Options]
) -> list[Outcome]:
    """Do what `run_calls` does and record a `Trace` with each outcome that returned or raised.

    The outcome is that of a plain run; a recorded run that ends differently gives no trace, and
    `Outcome.refused` says why. A second observer, the witness, sees the call in a run of its own.
    """
    calls = _Calls(code, entry_point, **options)
    return calls.apart(lambda make: calls.runs(make).recorded(options.get("observers", 2)), inputs)


def observe_calls(
    code: str, entry_point: str, inputs: Sequence[str], **options: Unpack[Options]
) -> list[Outcome]:
    """Do what `run_calls` does, and add an `Observation` of sub-expressions by an instrumented copy.

    As for `record_calls`, the outcome is that of a plain run, which the instrumented one must match, and a
    second observer sees the call in a run of its own.
    """
    calls = _Calls(code, entry_point, **options)
    with suppress(ProgramError):  # which the calls will say; here it is parsed by one thread, and kept
        instrument(code)
    return calls.apart(lambda make: calls.runs(make).observed(options.get("observers", 2)), inputs)


def nondeterminism(
    code: str, entry_point: str, inputs: Sequence[str], **options: Unpack[Options]
) -> list[tuple[str, ...]]:
    """Return, for each input, the names of the sources of non-determinism that its call reaches.

    It is not left to whether two runs happen to differ: the sources themselves (ids, hashes of strings,
    clocks, generators without a seed, random bytes of the system, the process id, the environment, threads,
    the standard input, addresses in what is printed) are watched, and varied on purpose. What differs all
    the same between two variations is named by the difference, and a call that does not end by its status.
    """
    calls = _Calls(code, entry_point, **options)
    return each(calls.sources, list(map(prepared_input, inputs)), _HANDS, calls.stop)


def stop_calls() -> None:
    """End all programs that run now, at once; their callers get a `StoppedError`, and so do open groups.

    For the way out: a Ctrl-C while other threads wait for programs. May be called from any thread. Calls
    that begin later are not concerned.
    """
    _POOL.stop()


class CallGroup:
    """Calls of several threads that can be stopped together, those that are not begun yet, too."""

    def __init__(self) -> None:
        self._wave = _POOL.wave(_GROUP.get())

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Have the calls that this thread makes in the body of the `with` belong to the group."""
        token = _GROUP.set(self._wave)
        try:
            yield
        finally:
            _GROUP.reset(token)

    def stop(self) -> None:
        """End what runs, and let no later call of the group begin: they raise `StoppedError`."""
        _POOL.stop(self._wave)


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


class _Calls:
    """Calls of one program that are stopped together."""

    def __init__(
        self,
        code: str,
        entry_point: str,
        *,
        limits: Limits | None = None,
        hash_seed: int = 0,
        trusted: bool = True,
        isolation: Isolation = "call",
        allow_unsafe: bool = False,
        observers: int = 2,
        certified: bool = True,
    ) -> None:
        if not trusted and not allow_unsafe and (lacking := missing_for_untrusted(layers())):
            raise IsolationError(
                f"code that is not trusted does not run here: this machine gives no {', no '.join(lacking)}. "
                "Run it on Linux with seccomp, or pass allow_unsafe=True (--allow-unsafe) if you trust it."
            )
        self._job = Job("run", code, entry_point, limits or Limits(), hash_seed, trusted)
        self._certified = certified
        self._wave = _POOL.wave(_GROUP.get())

    def apart(
        self, work: Callable[[Callable[[Mode], Heard]], Outcome], inputs: Sequence[str]
    ) -> list[Outcome]:
        """Do the work of each input with processes of its own, several at a time."""
        given = list(map(prepared_input, inputs))
        return each(lambda one: work(partial(self._alone, one)), given, _HANDS, self.stop)

    def together(self, inputs: Sequence[str]) -> list[Outcome]:
        """Make plain calls in one process, and in a new one after each that did not survive its call."""
        given = list(map(prepared_input, inputs))
        heard: list[Heard] = []
        while len(heard) < len(given):
            heard += self._process(self._job, given[len(heard) :])
        return [one.outcome for one in heard]

    def runs(self, make: Callable[[Mode], Heard]) -> Runs:
        """Return what makes the runs of one call."""
        return Runs(self._job.code, self._job.limits.events, make, self._certified, self._job.trusted)

    def sources(self, given: Input) -> tuple[str, ...]:
        """Return what a call reaches that differs from run to run."""
        first, second = (
            self._process(replace(self._job, sources=variation), [given])[0].outcome for variation in (1, 2)
        )
        if first.status not in ("returned", "raised"):
            return (f"{first.status}: {first.message}",)
        names = tuple(dict.fromkeys((*first.sources, *second.sources)))
        difference = differing(first, second)
        return names or ((difference,) if difference else ())

    def _alone(self, given: Input, mode: Mode) -> Heard:
        [heard] = self._process(replace(self._job, mode=mode), [given])
        return heard

    def _process(self, job: Job, inputs: Sequence[Input]) -> list[Heard]:
        """Make calls in a new process, until one of them ends it."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with _POOL.lend(job.hash_seed, self._wave) as zygote:
                    _warn(tuple(zygote.missing.items()))
                    heard = Conversation(zygote, job, inputs).calls()
            except ZygoteError as error:  # it was killed, or the machine is out of processes
                if self._wave.stopped:
                    raise StoppedError from None
                if attempt == _ATTEMPTS:
                    raise IsolationError(f"the sandbox fails again and again: {error}") from error
            else:
                if self._wave.stopped:  # what ended may have ended for that reason
                    raise StoppedError
                return heard
        raise AssertionError("unreachable")

    def stop(self) -> None:
        """End what runs, and begin no more."""
        _POOL.stop(self._wave)


@lru_cache(maxsize=8)
def _warn(missing: tuple[tuple[str, str], ...]) -> None:
    """Say once what this machine does not give."""
    if missing:
        reasons = "; ".join(f"{layer} ({reason})" for layer, reason in missing)
        warnings.warn(
            f"programs run without these layers of isolation: {reasons}", IsolationWarning, stacklevel=5
        )
