"""What a trace shows, as queries: all that stands on a page or in a text is held against two observers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from core_bench.suites.questions import described
from tracer import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionType,
    Frame,
    Gold,
    NextLine,
    Query,
    ReturnValue,
    Trace,
    ValueAfter,
    evaluate,
    is_marker,
)
from tracer.program import parameters_of

MOST_STEPS = 500
"""Steps that are looked at: to find a state takes as long as there are steps before it."""


@dataclass(slots=True)
class Agreement:
    """How far two observers agree on what a trace shows.

    Attributes:
        whole: every step was looked at; a long trace is looked at in its beginning.
        states: how many values, outcomes and next lines were asked for.
        agreed: on how many both say the same.
        differing: those on which they differ, with what each of them says.
        unconfirmed: why the second observer was not there, or cannot tell; the first reason that was met.
    """

    whole: bool = True
    states: int = 0
    agreed: int = 0
    differing: list[tuple[Query, str]] = field(default_factory=list)
    unconfirmed: str | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether they differ somewhere, or there was but one."""
        return bool(self.differing) or self.unconfirmed is not None

    @property
    def is_complete(self) -> bool:
        """Whether both observers say the same of all that is shown."""
        return self.whole and self.agreed == self.states

    @property
    def sentence(self) -> str:
        """Say in a line who stands behind the states."""
        beginning = "" if self.whole else f" in the first {MOST_STEPS} steps"
        if self.differing:
            query, said = self.differing[0]
            count = f"{len(self.differing)} of {self.states} states{beginning}"
            return f"The observers differ on {count}. {described(query)}: {said}"
        if self.agreed:
            rest = self.states - self.agreed
            besides = f"; of {rest} one of them cannot tell" if rest else ""
            return f"Two observers agree on {self.agreed} states{beginning}{besides}."
        return f"No gold can be made of it: {self.unconfirmed or 'no state is shown'}."


def agreement_on(trace: Trace, most_steps: int = MOST_STEPS) -> Agreement:
    """Ask two observers for all that a trace shows in its first steps."""
    if trace.cut is not None:
        return Agreement(whole=False, unconfirmed=trace.cut)
    found = Agreement(whole=trace.step_count <= most_steps)
    for query in _shown(trace, most_steps):
        answer = evaluate(query, trace)
        found.states += 1
        if isinstance(answer, Gold):
            found.agreed += 1
        elif answer.reason == "observers differ":
            found.differing.append((query, answer.detail))
        elif answer.reason == "unconfirmed" and found.unconfirmed is None:
            found.unconfirmed = answer.detail
    return found


def _shown(trace: Trace, most_steps: int) -> Iterator[Query]:
    """Yield a query for each thing that a trace shows and that has a literal, call by call."""
    left = most_steps
    for frame in trace.frames:
        if left > 0 and not frame.unclear:
            yield from _of_call(frame, trace)
            yield from _of_steps(frame, left)
        left -= len(frame.steps)


def _of_call(frame: Frame, trace: Trace) -> Iterator[Query]:
    function, call = frame.function, frame.call
    parameters = parameters_of(trace.code).get(function, frozenset())
    for name, text in frame.arguments.items():
        if name in parameters and not is_marker(text):
            yield ArgumentValue(function, call, name)
    if frame.raised is not None:
        yield ExceptionType(function, call)
    elif frame.returned is not None and not is_marker(frame.returned):
        yield ReturnValue(function, call)


def _of_steps(frame: Frame, most: int) -> Iterator[Query]:
    for step in islice(frame.steps, most):
        at = (frame.function, frame.call, step.line, step.occurrence)
        if step.branch is not None:
            yield ConditionOutcome(*at)
        if step.raised is None:
            yield NextLine(*at)
            for name, text in step.changed.items():
                if not is_marker(text):
                    yield ValueAfter(*at, name)
