"""Counts loop iterations from the sequence of statements that a frame executed."""

import ast
from dataclasses import dataclass
from typing import Protocol

from tracer.program import Loop, Program
from tracer.trace import Exit, LoopRun


class Visited(Protocol):
    """What is needed of an executed statement: its line, and the exception it raised, if any."""

    @property
    def line(self) -> int:
        """First line of the statement."""
        ...

    @property
    def raised(self) -> str | None:
        """Name of the exception type."""
        ...


@dataclass(slots=True)
class _Pass:
    """A loop that is being run."""

    loop: Loop
    entry: int
    iterations: int = 0


class LoopClock:
    """Follows the loops of one frame, statement by statement."""

    def __init__(self, program: Program) -> None:
        self.runs: list[LoopRun] = []
        self._program = program
        self._active: list[_Pass] = []
        self._entries: dict[int, int] = {}
        self._previous: Visited | None = None
        self._index = 0

    def step(self, visit: Visited) -> tuple[int, ...]:
        """Take the next statement; return the iteration number of each loop around it, outermost first."""
        while self._active and not self._active[-1].loop.holds(visit.line):
            current = self._active.pop()
            self._left(current, self._index, self._exit(current.loop, visit))
        running = {current.loop.line: current for current in self._active}
        for loop in self._loops_of(visit.line):
            if self._begins_iteration(loop, visit.line, running):
                self._enter(loop, running).iterations += 1
            else:
                self._enter(loop, running)
        self._previous = visit
        self._index += 1
        around = self._program.loops.get(visit.line, ())
        return tuple(running[loop.line].iterations for loop in around)

    def end(self, raised: str | None) -> None:
        """The frame is over: close the loops that it was still in."""
        while self._active:
            current = self._active.pop()
            self._left(current, None, self._final_exit(current.loop, raised))

    def _enter(self, loop: Loop, running: dict[int, _Pass]) -> _Pass:
        if loop.line not in running:
            self._entries[loop.line] = self._entries.get(loop.line, 0) + 1
            running[loop.line] = _Pass(loop, self._entries[loop.line])
            self._active.append(running[loop.line])
        return running[loop.line]

    def _loops_of(self, line: int) -> tuple[Loop, ...]:
        """Return the loops that `line` belongs to, the one whose header it is included."""
        around = self._program.loops.get(line, ())
        own = self._program.headers.get(line)
        return (*around, own) if own else around

    def _begins_iteration(self, loop: Loop, line: int, running: dict[int, _Pass]) -> bool:
        if not loop.endless:
            # Control enters the body from the header only.
            return loop.body_holds(line) and self._previous is not None and self._previous.line == loop.line
        # Nothing runs between two iterations of an endless loop: the first statement of the body begins
        # one, unless it is itself a loop that comes back to its own header.
        return line == loop.body_first and line not in running

    def _left(self, current: _Pass, after: int | None, how: Exit) -> None:
        self.runs.append(LoopRun(current.loop.line, current.entry, current.iterations, after, how))

    def _exit(self, loop: Loop, following: Visited) -> Exit:
        last = self._previous
        assert last is not None  # the loop was entered, so a statement was executed
        handled = isinstance(self._program.nodes.get(following.line), ast.ExceptHandler)
        if last.line == loop.line and not (last.raised and handled):
            return "exhausted"  # an exhausted iterator may show as a StopIteration at the header
        return "exception" if last.raised else "break"

    def _final_exit(self, loop: Loop, raised: str | None) -> Exit:
        last = self._previous
        assert last is not None
        if raised is not None:
            return "exception"
        if isinstance(self._program.nodes.get(last.line), ast.Return):
            return "return"
        return "exhausted" if last.line == loop.line else "break"
