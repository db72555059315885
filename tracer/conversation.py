"""One job handed to a zygote, and what is heard of the process that carries it out."""

import marshal
import os
import secrets
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from tracer.calls import InputError, parse_arguments
from tracer.isolation.client import Zygote, ZygoteError
from tracer.isolation.protocol import (
    NONCE_BYTES,
    ChannelClosedError,
    DeadlineError,
    Exit,
    Records,
    TamperedError,
)
from tracer.results import Limits, Outcome
from tracer.told import Mode, most_bytes, unpack
from tracer.wire import MalformedError, Unpacker

_START_S = 20.0  # for a fork to lock itself in, on a busy machine


Input = str | bytes
"""An argument list: as text, or parsed and marshalled."""


def prepared_input(text: str) -> Input:
    """Parse an argument list here, where it costs less than in a fork, if that makes no difference.

    A set is left to the fork: its order may depend on how it was made. So is what is no argument list.
    """
    try:
        arguments = parse_arguments(text)
    except (InputError, SystemError):  # the second: threads of Python 3.11 that parse (python/cpython#106905)
        return str(text)
    values = [*arguments.positional, *arguments.keyword.values()]
    if not all(map(_is_plain, values)):
        return str(text)
    return marshal.dumps((arguments.positional, arguments.keyword))  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    kind = type(value)
    if kind in (list, tuple):
        return all(map(_is_plain, value))  # type: ignore[call-overload]
    if kind is dict:
        return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))  # type: ignore[attr-defined, call-overload]
    return kind in (int, float, bool, str, bytes, type(None))


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done: calls of one program, and what is to be seen of them.

    `sources` other than 0 has the sources of non-determinism noted, and varied by that number.
    """

    mode: Mode
    code: str
    entry_point: str
    limits: Limits
    hash_seed: int
    trusted: bool = True
    sources: int = 0

    def encoded(self, inputs: Sequence[Input]) -> bytes:
        """Return the job as a zygote's fork reads it, without the nonce."""
        fields = {
            "mode": self.mode,
            "code": self.code,
            "entry_point": self.entry_point,
            "trusted": self.trusted,
            "sources": self.sources,
        }
        # marshal: quick to read for a fork that must not touch much memory, and both ends are one interpreter
        return marshal.dumps({**fields, "inputs": list(inputs), "limits": asdict(self.limits)})


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of one call.

    Attributes:
        outcome: what it did.
        report: what a watcher reported of it, not looked at yet.
        meddling: how the program looked at, or changed, its own observation.
    """

    outcome: Outcome
    report: memoryview = field(default_factory=lambda: memoryview(b""))
    meddling: tuple[str, ...] = ()


class Conversation:
    """Hears out one process, from its first record to its end."""

    def __init__(self, zygote: Zygote, job: Job, inputs: Sequence[Input]) -> None:
        self._zygote = zygote
        self._job = job
        self._inputs = inputs
        self._nonce = secrets.token_bytes(NONCE_BYTES)

    def calls(self) -> list[Heard]:
        """Return what is heard of at least one call, up to the first that ended the process."""
        channel = self._zygote.start(self._nonce + self._job.encoded(self._inputs))
        try:
            return self._listen(Records(channel, self._nonce, most_bytes(self._job.limits.result_bytes)))
        finally:
            os.close(channel)

    def _listen(self, records: Records) -> list[Heard]:
        held = self._locked_in(records)
        heard: list[Heard] = []
        end: Outcome | None = None
        while end is None and len(heard) < len(self._inputs):
            try:
                heard.append(self._heard(records.next(self._job.limits.wall_s), held))
            except TamperedError:
                self._zygote.end()
                end = Outcome("tampered", message=_TAMPERED, layers=held)
            except DeadlineError:
                self._zygote.end()
                end = Outcome("timeout", message="the wall-clock limit was reached", layers=held)
            except ChannelClosedError:
                death = _death(self._zygote.report(), self._job.limits, held)
                return self._without_heirs(heard, Heard(death))
            else:
                if heard[-1].outcome.status == "memory":
                    self._zygote.end()
                    return self._without_heirs(heard[:-1], heard[-1])
        if end is not None:
            return [*heard, Heard(end)]
        self._zygote.end()
        try:
            records.expect_nothing()
        except TamperedError:
            heard[-1] = Heard(Outcome("tampered", message=_TAMPERED, layers=held))
        return heard

    @staticmethod
    def _locked_in(records: Records) -> tuple[str, ...]:
        """Return the layers of a process that has locked itself in, which its first record tells."""
        try:
            first = Unpacker(records.next(_START_S))
            failure, layers = first.text(), first.texts()
        except (ChannelClosedError, DeadlineError, MalformedError) as error:
            raise ZygoteError(f"a program did not start ({type(error).__name__})") from None
        if failure is not None:
            raise ZygoteError(f"a program could not be locked in: {failure}")
        return tuple(layers)

    @staticmethod
    def _without_heirs(heard: list[Heard], last: Heard) -> list[Heard]:
        """Blame a call for the end of a process only if it had the process to itself.

        Limits on CPU and memory are per process, and an earlier call may have left damage behind; where
        there was one, the call is left out here and made again in a new process.
        """
        return heard or [last]

    def _heard(self, body: memoryview, held: tuple[str, ...]) -> Heard:
        try:
            told = unpack(body, output_chars=self._job.limits.output_chars)
        except MalformedError:
            raise TamperedError from None
        outcome = Outcome(
            told.status,
            told.value,
            told.exception,
            told.message,
            told.arguments,
            told.stdout,
            sources=told.sources,
            layers=held,
        )
        return Heard(outcome, memoryview(told.report), told.meddling)


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
