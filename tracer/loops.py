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
        self._running: dict[int, _Pass] = {}
        self._entries: dict[int, int] = {}
        self._previous: Visited | None = None
        self._index = 0
        self._loops: dict[int, tuple[Loop, ...]] = {}

    def step(self, visit: Visited) -> tuple[int, ...]:
        """Take the next statement; return the iteration number of each loop around it, outermost first."""
        line, active = visit.line, self._active
        while active and not active[-1].loop.holds(line):
            current = active.pop()
            del self._running[current.loop.line]
            self._left(current, self._index, self._exit(current.loop, visit))
        loops = self._loops.get(line)
        if loops is None:
            loops = self._loops[line] = self._loops_of(line)
        iterations = tuple([self._iteration(loop, line) for loop in loops]) if loops else ()
        self._previous = visit
        self._index += 1
        return iterations[:-1] if line in self._program.headers else iterations

    def end(self, raised: str | None) -> None:
        """The frame is over: close the loops that it was still in."""
        while self._active:
            current = self._active.pop()
            self._left(current, None, self._final_exit(current.loop, raised))

    def _iteration(self, loop: Loop, line: int) -> int:
        """Return the number of the iteration of a loop that a line is in; it may begin one."""
        running = self._running
        begins = self._begins_iteration(loop, line)
        current = running.get(loop.line)
        if current is None:
            self._entries[loop.line] = self._entries.get(loop.line, 0) + 1
            current = running[loop.line] = _Pass(loop, self._entries[loop.line])
            self._active.append(current)
        current.iterations += begins
        return current.iterations

    def _loops_of(self, line: int) -> tuple[Loop, ...]:
        """Return the loops that `line` belongs to, the one whose header it is included."""
        around = self._program.loops.get(line, ())
        own = self._program.headers.get(line)
        return (*around, own) if own else around

    def _begins_iteration(self, loop: Loop, line: int) -> bool:
        if not loop.endless:
            # Control enters the body from the header only.
            return self._previous is not None and self._previous.line == loop.line and loop.body_holds(line)
        # Nothing runs between two iterations of an endless loop: the first statement of the body begins
        # one, unless it is itself a loop that comes back to its own header.
        return line == loop.body_first and line not in self._running

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
        # A line that several statements share may have ended in a `return`: then nothing was left.
        if isinstance(self._program.nodes.get(last.line), ast.Return) or last.line in self._program.unclear:
            return "return"
        return "exhausted" if last.line == loop.line else "break"
