"""The one order in which the steps of all frames of a trace happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tracer.turns import Turn

MomentKind = Literal["call", "resume", "step", "back", "suspend", "end"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in the order of all that happened.

    Attributes:
        kind: `call`: a frame begins; `step`: a step begins; `back`: all that the step has called or
            resumed, in the order of the moments in between, is over, and the step goes on; `suspend`: the
            frame hands out a value or waits; `resume`: it goes on in the step in which it was suspended;
            `end`: it returned or an exception left it (or the recording ends with it).
        frame: index of the frame in the trace.
        step: index of the step in its frame; of an `end` the last; None where there is none.
        depth: number of frames that wait for this one.
        turn: the `order` of the turn that the moment belongs to.
    """

    kind: MomentKind
    frame: int
    step: int | None
    depth: int
    turn: int


class Framed(Protocol):
    """What is needed of a frame."""

    @property
    def turns(self) -> Sequence[Turn]:
        """Its turns."""
        ...

    @property
    def suspended(self) -> bool:
        """Whether its last turn ended in a suspension."""
        ...

    @property
    def steps(self) -> Sequence[object]:
        """Its steps."""
        ...


@dataclass(slots=True)
class _Stretch:
    """A turn, with all that the walk needs to know; steps before the first are -1."""

    turn: int
    frame: int
    resumes: bool
    first: int
    last: int
    suspends: bool
    called: list[tuple[int, int]]


def moments(frames: Sequence[Framed]) -> Iterator[Moment]:
    """Yield every moment, in order.

    Raises:
        ValueError: the frames do not say when they ran.
    """
    if not all(frame.turns for frame in frames):
        raise ValueError("this trace was stored before traces told the order of calls: record it again")
    stretches, roots = _stretches(frames)
    # A stack of our own: the depth of the program's recursion must not become ours.
    for root in roots:
        walks = [_walk(stretches[root], 0)]
        while walks:
            found = next(walks[-1], None)
            if found is None:
                walks.pop()
            elif isinstance(found, int):
                walks.append(_walk(stretches[found], len(walks)))
            else:
                yield found


def _stretches(frames: Sequence[Framed]) -> tuple[dict[int, _Stretch], list[int]]:
    found: dict[int, _Stretch] = {}
    callers: dict[int, tuple[int, int]] = {}
    for index, frame in enumerate(frames):
        for number, turn in enumerate(frame.turns):
            is_last = number + 1 == len(frame.turns)
            found[turn.order] = _Stretch(
                turn=turn.order,
                frame=index,
                resumes=number > 0,
                first=_at(turn.step),
                last=len(frame.steps) - 1 if is_last else _at(frame.turns[number + 1].step),
                suspends=not is_last or frame.suspended,
                called=[],
            )
            if turn.caller is not None:
                callers[turn.order] = turn.caller, _at(turn.caller_step)
    roots: list[int] = []
    running: dict[int, _Stretch] = {}  # frame -> the latest of its turns
    for order in sorted(found):
        running[found[order].frame] = found[order]
        if order not in callers:
            roots.append(order)
            continue
        caller, step = callers[order]
        running[caller].called.append((step, order))
    return found, roots


def _walk(stretch: _Stretch, depth: int) -> Iterator[Moment | int]:
    """Yield the moments of one turn, and the number of each turn that comes in between."""
    frame, turn = stretch.frame, stretch.turn
    called = iter(stretch.called)
    following = next(called, None)
    begun = None if stretch.first < 0 else stretch.first
    yield Moment("resume" if stretch.resumes else "call", frame, begun, depth, turn)
    for step in range(stretch.first, stretch.last + 1):
        if step > stretch.first:
            yield Moment("step", frame, step, depth, turn)
        calls = following is not None and following[0] == step
        while following is not None and following[0] == step:
            yield following[1]
            following = next(called, None)
        if calls and step >= 0:
            yield Moment("back", frame, step, depth, turn)
    last = None if stretch.last < 0 else stretch.last
    yield Moment("suspend" if stretch.suspends else "end", frame, last, depth, turn)


def _at(step: int | None) -> int:
    return -1 if step is None else step
