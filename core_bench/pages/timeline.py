"""The steps of all frames in the one order in which they happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tracer import Program, Step, Trace, analyse

Kind = Literal["enter", "run", "call", "back", "leave"]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a timeline.

    Attributes:
        kind: `run` is a step that called nothing of the program. A step that did is two events: `call`
            (it has begun) and, when all its calls are over, `back` (it is done). `enter` and `leave` are
            the ends of a frame.
        frame: index of the frame in the trace.
        step: index of the step in its frame; of `enter` 0, of `leave` the last.
        depth: number of frames around the event's frame.
        number: 1, 2, ... over `run`, `call` and `back`; 0 for the others.
    """

    kind: Kind
    frame: int
    step: int
    depth: int
    number: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A trace in the order in which it happened.

    Attributes:
        events: every event, in order.
        places: frame index -> the step of its caller that called it; frames that nobody called are absent.
        program: what the source text says about the lines.
    """

    events: tuple[Event, ...]
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
    return _Builder(trace).build()


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self._frames = trace.frames
        self._program = analyse(trace.code)
        self._places: dict[int, int] = {}
        self._called: dict[tuple[int, int], list[int]] = {}  # (frame, step) -> frames that it called
        self._roots: list[int] = []
        self._place()

    def _place(self) -> None:
        for index, frame in enumerate(self._frames):
            step = frame.caller_step
            if frame.parent is None or step is None:
                self._roots.append(index)
            else:
                self._places[index] = step
                self._called.setdefault((frame.parent, step), []).append(index)

    def build(self) -> Timeline:
        events: list[Event] = []
        number = 0
        # A stack of our own: the depth of the program's recursion must not become ours.
        for root in self._roots:
            walks = [self._walk(root)]
            while walks:
                kind, frame, step = next(walks[-1], ("down", -1, 0))
                if frame < 0:
                    walks.pop()
                elif kind == "down":
                    walks.append(self._walk(frame))
                else:
                    numbered = kind in ("run", "call", "back")
                    number += numbered
                    events.append(Event(kind, frame, step, len(walks) - 1, number if numbered else 0))
        return Timeline(tuple(events), self._places, self._program)

    def _walk(self, index: int) -> Iterator[tuple[Kind | Literal["down"], int, int]]:
        """Yield the events of one frame, and (`down`, frame, 0) where another one comes in between."""
        yield "enter", index, 0
        steps = len(self._frames[index].steps)
        for step in range(steps):
            called = self._called.get((index, step))
            if called is None:
                yield "run", index, step
                continue
            yield "call", index, step
            for frame in called:
                yield "down", frame, 0
            yield "back", index, step
        yield "leave", index, max(0, steps - 1)
