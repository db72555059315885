"""Calls that are made several times: a plain run certifies the outcome, and watched runs must end alike.

Each run has a process of its own, and the cheap ones come first: a watched run is made only of a call that
ends. What a watched run says is believed only where it ended as the plain one did.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from tracer.conversation import Heard
from tracer.observation_wire import decode_observation
from tracer.results import Outcome
from tracer.told import Mode
from tracer.trace import RECURSION_LIMIT, Trace
from tracer.trace_wire import decode_trace
from tracer.wire import MalformedError
from tracer.witness import expression_testimony, testimony

_COMPARED = ("status", "value", "exception", "message", "arguments", "stdout")
_SHOWN = 80

_Testimony = TypeVar("_Testimony", testimony.Testimony, expression_testimony.ExpressionTestimony)


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one call.

    Attributes:
        code: the source text.
        max_events: the cap on what a watched run may see.
        make: makes a run of the call.
        certified: whether a plain run says what the call does; else the watched run is believed.
        trusted: whether what a report holds is looked at when it is asked for, and not all of it at once.
    """

    code: str
    max_events: int
    make: Callable[[Mode], Heard]
    certified: bool = True
    trusted: bool = True

    def recorded(self, observers: int) -> Outcome:
        """Return the outcome of a plain run, with a trace, and with what a witness saw if two are wanted."""
        heard = None if self.certified else self.make("record")
        plain = self.make("run").outcome if heard is None else heard.outcome
        if plain.status not in ("returned", "raised"):
            return plain
        heard = heard or self.make("record")
        if reason := _refusal(heard):
            return replace(plain, refused=f"the recorded run: {reason}")
        try:
            trace = decode_trace(heard.report, self.code)
            if not self.trusted:
                trace.check()
        except MalformedError as error:
            return replace(plain, refused=f"the recorded run: its report is malformed: {error}")
        if trace.cut == RECURSION_LIMIT:  # being watched decides where it is met: the runs may well differ
            return replace(plain, trace=trace)
        if difference := differing(plain, heard.outcome):
            return replace(plain, refused=f"the recorded run ended differently: {difference}")
        if observers > 1 and trace.cut is None:
            trace = self._with_second(trace, plain)
        return replace(plain, trace=trace)

    def observed(self, observers: int) -> Outcome:
        """Return the outcome of a plain run, with an observation of its sub-expressions, or two of them."""
        heard = None if self.certified else self.make("observe")
        plain = self.make("run").outcome if heard is None else heard.outcome
        if plain.status not in ("returned", "raised"):
            return plain
        heard = heard or self.make("observe")
        if reason := _refusal(heard):
            return replace(plain, refused=f"the observed run: {reason}")
        try:
            observation = decode_observation(heard.report, self.code, self.max_events)
        except MalformedError as error:
            return replace(plain, refused=f"the observed run: its report is malformed: {error}")
        difference = differing(plain, heard.outcome)
        if difference and observation.cut != RECURSION_LIMIT:
            return replace(plain, refused=f"the observed run ended differently: {difference}")
        if observers > 1 and observation.cut is None:
            second = self._second("witness_expressions", expression_testimony.decode, plain)
            if isinstance(second, str):
                observation = observation.without_second(second)
            else:
                observation = observation.with_second(second)
        return replace(plain, observation=observation)

    def _with_second(self, trace: Trace, plain: Outcome) -> Trace:
        """Return the trace with what the second observer saw, or with the reason why there is nothing."""
        second = self._second("witness", testimony.decode, plain)
        return trace.without_second(second) if isinstance(second, str) else trace.with_second(second)

    def _second(
        self, mode: Mode, decode: Callable[[memoryview, str], _Testimony], plain: Outcome
    ) -> _Testimony | str:
        """Return what a second observer saw, or why it is of no use."""
        heard = self.make(mode)
        if reason := _refusal(heard):
            return f"the witness's run: {reason}"
        try:
            second = decode(heard.report, self.code)
        except MalformedError as error:
            return f"the witness's run: its report is malformed: {error}"
        if second.cut is not None:
            return f"the witness's run is cut: {second.cut}"
        if difference := differing(plain, heard.outcome):
            return f"the witness's run ended differently: {difference}"
        return second


def differing(plain: Outcome, watched: Outcome) -> str | None:
    """Say in words what a watched run did otherwise than the plain one, None if nothing."""
    for name in _COMPARED:
        wanted, got = getattr(plain, name), getattr(watched, name)
        if wanted != got:
            return f"{name} {_shown(got)} instead of {_shown(wanted)}"
    return None


def _refusal(heard: Heard) -> str | None:
    """Say why a watched run is of no use by itself."""
    outcome = heard.outcome
    if outcome.status not in ("returned", "raised"):
        return f"{outcome.status}: {outcome.message}"
    return heard.meddling[0] if heard.meddling else None


def _shown(text: str | None) -> str:
    if text is None:
        return "none"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
