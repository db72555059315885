"""The turns of a run: when each frame ran, and which step of which frame made it run."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tracer.wire import MalformedError

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch in which a frame runs: from its call, or from a resumption, until it ends or is suspended.

    Functions have one turn; generators and coroutines have one more each time that they are resumed.

    Attributes:
        order: number of the turn among all turns of the run, in the order in which they began, from 0.
        step: index of the frame's step that goes on; None in a turn that begins with the frame's first.
        caller: index of the frame that called or resumed; None where no recorded frame did.
        caller_step: index of the step of `caller` that did it; None where `caller` is None, and where the
            caller had not come to its first line.
    """

    order: int
    step: int | None
    caller: int | None
    caller_step: int | None


class Positioned(Protocol):
    """A frame that knows which of its steps an entry of its log belongs to."""

    def step_at(self, position: int) -> int | None:
        """Return the index of the step that had begun before the item at `position` was logged."""
        ...


class TurnLog:
    """The raw log of turns: what each log of a frame held when a turn began.

    Four numbers a turn: index of the frame, length of its log, and the same of the caller.
    """

    __slots__ = ("numbers",)

    def __init__(self, numbers: "array[int] | None" = None) -> None:
        self.numbers = array("i") if numbers is None else numbers

    def check(self, frames: int) -> None:
        """Raise `MalformedError` unless the numbers can be those of so many frames."""
        if len(self.numbers) % 4:
            raise MalformedError("a turn is cut")
        for frame, position, caller, caller_position in zip(*[iter(self.numbers)] * 4, strict=True):
            if not (0 <= frame < frames and NOBODY <= caller < frames and position >= 0 <= caller_position):
                raise MalformedError("a turn is of no frame")

    def add(self, frame: int, position: int, caller: int | None, caller_position: int) -> None:
        """Log that a frame begins or goes on."""
        self.numbers.extend((frame, position, NOBODY if caller is None else caller, caller_position))

    def by_frame(self, frames: Sequence[Positioned]) -> Iterator["FrameTurns"]:
        """Return the turns of each frame."""
        rows: list[array[int]] = [array("i") for _ in frames]
        callers: list[dict[int, Positioned]] = [{} for _ in frames]
        numbers = iter(self.numbers)
        for order, (frame, *row) in enumerate(zip(*[numbers] * 4, strict=True)):
            rows[frame].extend((order, *row))
            if row[1] != NOBODY:
                callers[frame][row[1]] = frames[row[1]]
        return map(FrameTurns, rows, callers)


class FrameTurns:
    """The turns of one frame, put together when they are asked for."""

    __slots__ = ("_callers", "_rows")

    def __init__(self, rows: Iterable[int], callers: dict[int, Positioned]) -> None:
        self._rows = rows
        self._callers = callers

    def __call__(self, own: Positioned) -> tuple[Turn, ...]:
        """Return the turns of `own`, which is the frame itself."""
        numbers = iter(self._rows)
        return tuple(
            Turn(
                order,
                own.step_at(position),
                None if caller == NOBODY else caller,
                None if caller == NOBODY else self._callers[caller].step_at(caller_position),
            )
            for order, position, caller, caller_position in zip(*[numbers] * 4, strict=True)
        )


def index_at(positions: Sequence[int], position: int) -> int | None:
    """Return the index of the last of the ascending `positions` that lies before `position`."""
    return bisect_left(positions, position) - 1 if positions and positions[0] < position else None
