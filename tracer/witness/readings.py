"""Makes steps, passes through loops and an ending of the events of one call."""

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

from tracer.witness.events import (
    EXITS,
    FAILS,
    GONE,
    LEAVES,
    NO_IDENTITY,
    NOWHERE,
    NUMBERS,
    PASSING,
    RETURNS,
    ROUND,
    START,
    STEP,
    SUSPENDS,
    TAKEN,
    WAITS,
)
from tracer.witness.table import Rewritten


@dataclass(slots=True)
class Step:
    """One executed statement.

    Attributes:
        site: number of the statement.
        occurrence: this is the k-th execution of its line in the call.
        rounds: iteration of each loop around it, outermost first.
        look: number of the look at the variables right before it.
        after: number of the look after it: at a suspension, the next step or the end; None if none came.
        raised: an exception was raised in it, or came in.
        waits: it may have been suspended by what it delegates to, which nobody saw.
        taken: the body of an `if`, or of a loop, was begun by it.
        exits: the block of a `with` was left right after it.
    """

    site: int
    occurrence: int
    rounds: tuple[int, ...]
    look: int
    after: int | None = None
    raised: bool = False
    waits: bool = False
    taken: bool = False
    exits: bool = False


@dataclass(slots=True)
class LoopPass:
    """One pass through a loop, from its start.

    Attributes:
        site: number of the loop.
        entry: this is the k-th start of the loop in the call.
        rounds: how often its body was begun.
        left: number of the look right after it was left; None where it was not left.
        how: "left", "returned" or "raised"; None as long as it runs.
    """

    site: int
    entry: int
    rounds: int = 0
    left: int | None = None
    how: str | None = None


@dataclass(slots=True)
class Ending:
    """How a call ended; all None where it did not.

    Attributes:
        look: number of the last look.
        value: number of the text of the returned value.
        exception: number of the text of the name of the exception's type.
        line: where that exception was raised or came in; NOWHERE where it is not known.
    """

    look: int | None = None
    value: int | None = None
    exception: int | None = None
    line: int | None = None


@dataclass(slots=True)
class Call:
    """One call, read from its events when it is first asked about."""

    function: int
    number: int
    events: "array[int]"
    looks: "array[int]"
    changes: "array[int]"
    steps: list[Step] = field(default_factory=list)
    passes: list[LoopPass] = field(default_factory=list)
    ending: Ending = field(default_factory=Ending)
    sequence: list[int] = field(default_factory=list)
    is_read: bool = False
    histories: dict[int, list[int]] | None = None

    def at(self, name: int, look: int) -> tuple[int, int]:
        """Return text and object of a variable at a look, by number."""
        if self.histories is None:
            self.histories = {}
            for row in range(0, len(self.changes), NUMBERS):
                self.histories.setdefault(self.changes[row], []).append(row // NUMBERS)
        rows = self.histories.get(name, [])
        stop = self.looks[look + 1] if look + 1 < len(self.looks) else len(self.changes) // NUMBERS
        place = bisect_left(rows, stop) - 1
        if place < 0:
            return GONE, NO_IDENTITY
        row = NUMBERS * rows[place]
        return self.changes[row + 1], self.changes[row + 2]


def read(call: Call, program: Rewritten) -> None:
    """Make steps and passes through loops of the events of a call."""
    reading = _Reading(call, program)
    for kind, first, second in zip(*[iter(call.events)] * NUMBERS, strict=True):
        reading.take(kind, first, second)
    call.is_read = True


class _Reading:
    def __init__(self, call: Call, program: Rewritten) -> None:
        self._call = call
        self._sites = program.sites
        self._running: list[LoopPass] = []
        self._entries: dict[int, int] = {}
        self._counts: dict[int, int] = {}
        self._leaving: list[LoopPass] = []
        self._value: int | None = None
        self._exceptions: dict[int, int] = {}
        self._raised_since_step = False
        call.sequence.append(0)

    def take(self, kind: int, first: int, second: int) -> None:  # noqa: PLR0912
        """Take the next event."""
        call = self._call
        last = call.steps[-1] if call.steps else None
        if kind == STEP:
            self._leave(first)
            self._are_left(second)
            self._step(first, second, last)
        elif kind == EXITS:
            self._leave(first)
            self._are_left(second)
            call.sequence.append(second)
            if last is not None and last.after is None:
                last.after, last.exits = second, True
        elif kind == START:
            self._leave(first, anew=True)
            entry = self._entries[first] = self._entries.get(first, 0) + 1
            self._running.append(LoopPass(first, entry))
            call.passes.append(self._running[-1])
        elif kind == ROUND:
            while self._running[-1:] and self._running[-1].site != first:
                self._leaving.append(self._running.pop())
            if self._running:
                self._running[-1].rounds += 1
            if last is not None and last.site == first:
                last.taken = True
        elif kind == TAKEN:
            if last is not None and last.site == first:
                last.taken = True
        elif kind == RETURNS:
            self._value = second
            if first == NOWHERE:
                self._leave(NOWHERE)
        elif kind == SUSPENDS:
            if last is not None and last.after is None:
                last.after = second
                call.sequence.append(second)
        elif kind == WAITS:
            if last is not None:
                last.waits = True
        elif kind == PASSING:
            self._passing(first, second)
        elif kind == FAILS:
            call.ending.exception = first
            call.ending.line = self._exceptions.get(second, NOWHERE)
        else:
            assert kind == LEAVES
            self._end(second, last)

    def _step(self, number: int, look: int, last: Step | None) -> None:
        if last is not None and last.after is None:
            last.after = look
        site = self._sites[number]
        count = self._counts[site.line] = self._counts.get(site.line, 0) + 1
        inside = {one.site: one.rounds for one in self._running}
        rounds = tuple(inside.get(loop, 0) for loop in site.loops)
        self._call.steps.append(Step(number, count, rounds, look))
        self._call.sequence.append(look)
        self._raised_since_step = False

    def _leave(self, number: int, *, anew: bool = False) -> None:
        """Control comes to a site: loops that it is not in are over; `anew`: its own, too."""
        around = () if number == NOWHERE else self._sites[number].loops
        own = NOWHERE if anew else number
        while self._running and self._running[-1].site != own and self._running[-1].site not in around:
            self._leaving.append(self._running.pop())

    def _are_left(self, look: int) -> None:
        """Say what was seen first after the loops that are over."""
        for loop in self._leaving:
            loop.left = look
            loop.how = "raised" if self._raised_since_step else "left"
        self._leaving.clear()

    def _passing(self, line: int, exception: int) -> None:
        self._raised_since_step = True
        if line == NOWHERE:
            return
        self._exceptions[exception] = line
        for step in reversed(self._call.steps):
            site = self._sites[step.site]
            if site.line <= line <= site.last:
                step.raised = True
                return

    def _end(self, look: int, last: Step | None) -> None:
        call = self._call
        if last is not None and last.after is None:
            last.after = look
        self._are_left(look)
        call.sequence.append(look)
        call.ending.look = look
        if call.ending.exception is None:
            call.ending.value = self._value
        for loop in self._running:
            loop.how = "raised" if call.ending.exception is not None else "returned"
