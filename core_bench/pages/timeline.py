"""The steps of all frames in the one order in which they happened, generators between those who read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tracer import Moment, Program, Step, Trace, analyse

Kind = Literal["enter", "run", "call", "back", "resume", "suspend", "leave"]

_NUMBERED = frozenset({"run", "call", "back", "resume"})


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a timeline.

    Attributes:
        kind: `run` is a step that called nothing of the program. A step that did is two events: `call`
            (it has begun) and, when all its calls are over, `back` (it is done). `suspend`: a generator or
            coroutine hands out a value or waits, in its step; `resume`: it goes on there. `enter` and `leave`
            are the ends of a frame.
        frame: index of the frame in the trace.
        step: index of the step in its frame; of `enter` 0, of `leave` the last.
        depth: number of frames around the event's frame.
        number: 1, 2, ... over `run`, `call`, `back` and `resume`; 0 for the others.
        turn: index of the event's turn in the timeline.
        done: what of its step shows in the state: 0 nothing yet; 1 what `Step.changed` says; 2 what
            `Step.resumed` says, too.
        printed: (start, end) in the output of the call of what was printed since the event before; `end` is
            how much is printed so far.
    """

    kind: Kind
    frame: int
    step: int
    depth: int
    number: int
    turn: int
    done: int
    printed: tuple[int, int]


@dataclass(frozen=True, slots=True)
class TurnAt:
    """One stretch in which a frame runs, from a call or a resumption to its end or suspension.

    Attributes:
        frame: index of the frame.
        caller: index of the turn that called or resumed it, None for the first.
        step: index of the caller's step that did it, None where it had not come to its first line.
        number: of the event in which the caller began to wait; 0 if there is none.
        suspends: it ended in a suspension.
    """

    frame: int
    caller: int | None
    step: int | None
    number: int
    suspends: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A trace in the order in which it happened.

    Attributes:
        events: every event, in order.
        turns: every turn, in the order in which they began.
        places: frame index -> the step of its caller that called it; frames that nobody called are absent.
        program: what the source text says about the lines.
    """

    events: tuple[Event, ...]
    turns: tuple[TurnAt, ...]
    places: dict[int, int]
    program: Program

    @property
    def count(self) -> int:
        """How many events have a number."""
        return max((event.number for event in self.events), default=0)

    def loops(self, step: Step) -> tuple[tuple[int, int], ...]:
        """Return (line of the header, iteration) of each loop around a step, outermost first."""
        headers = (loop.line for loop in self.program.loops.get(step.line, ()))
        return tuple(zip(headers, step.iterations, strict=False))


def timeline(trace: Trace) -> Timeline:
    """Put the steps of a trace, which lists them frame by frame, into one order."""
    builder = _Builder(trace)
    events = tuple(builder.events(list(trace.order())))
    places = {
        index: frame.caller_step
        for index, frame in enumerate(trace.frames)
        if frame.parent is not None and frame.caller_step is not None
    }
    return Timeline(events, builder.turns(), places, analyse(trace.code))


@dataclass(slots=True)
class _Open:
    """A turn while it is being walked; `waits` is the number of the event in which it began to call."""

    index: int
    frame: int
    caller: "_Open | None"
    caller_step: int | None
    number: int
    step: int | None = None
    resumed: bool = False
    waits: int = 0
    suspends: bool = False


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self._steps = [frame.steps for frame in trace.frames]
        # (frame, step) -> how many of its turns go on in that step
        self._left: dict[tuple[int, int], int] = {}
        for index, frame in enumerate(trace.frames):
            for turn in frame.turns[1:]:
                if turn.step is not None:
                    self._left[index, turn.step] = self._left.get((index, turn.step), 0) + 1
        self._turns: list[_Open] = []
        self._number = 0
        self._printed = 0

    def turns(self) -> tuple[TurnAt, ...]:
        return tuple(
            TurnAt(
                turn.frame,
                None if turn.caller is None else turn.caller.index,
                turn.caller_step,
                turn.number,
                turn.suspends,
            )
            for turn in self._turns
        )

    def events(self, moments: Sequence[Moment]) -> Iterator[Event]:
        stack: list[_Open] = []
        for at, moment in enumerate(moments):
            begins = moment.kind in ("call", "resume")
            del stack[moment.depth + (not begins) :]
            if begins:
                stack.append(self._turn(moment, stack[-1] if stack else None))
            turn = stack[-1]
            turn.step = moment.step
            calls = at + 1 < len(moments) and moments[at + 1].depth > moment.depth
            match moment.kind:
                case "call":
                    yield self._event("enter", moment, turn, 0)
                case "resume":
                    turn.resumed = True
                    if moment.step is not None:
                        self._left[moment.frame, moment.step] -= 1
                        yield self._event("resume", moment, turn, self._done(moment, turn, calls=calls))
                case "step":
                    turn.resumed = False
                    yield self._event("call" if calls else "run", moment, turn, 0 if calls else 1)
                case "back":
                    yield self._event("back", moment, turn, self._done(moment, turn, calls=False))
                case "suspend":
                    turn.suspends = True
                    yield self._event("suspend", moment, turn, 1)
                case "end":
                    yield self._event("leave", moment, turn, 2)

    def _turn(self, moment: Moment, caller: _Open | None) -> _Open:
        step, number = (caller.step, caller.waits) if caller else (None, 0)
        turn = _Open(len(self._turns), moment.frame, caller, step, number)
        self._turns.append(turn)
        return turn

    def _done(self, moment: Moment, turn: _Open, *, calls: bool) -> int:
        """Tell how far a step has come: all of it shows once it was resumed for the last time."""
        assert moment.step is not None
        return 1 + (turn.resumed and not calls and not self._left[moment.frame, moment.step])

    def _event(self, kind: Kind, moment: Moment, turn: _Open, done: int) -> Event:
        numbered = kind in _NUMBERED
        self._number += numbered
        if numbered:
            turn.waits = self._number
        start = self._printed
        if numbered and done and moment.step is not None:
            self._printed = max(start, self._steps[moment.frame].printed_until(moment.step))
        return Event(
            kind,
            moment.frame,
            moment.step or 0,
            moment.depth,
            self._number if numbered else 0,
            turn.index,
            done,
            (start, self._printed),
        )
