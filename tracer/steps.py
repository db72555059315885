"""The steps of a frame and its passes through loops."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from tracer.columns import Columns

Exit = Literal["exhausted", "break", "return", "exception"]


@dataclass(frozen=True, slots=True)
class Step:
    """One executed statement of one frame, seen by its line.

    Attributes:
        line: the executed line (of a statement over several lines: its first), 1-based.
        occurrence: this is the k-th execution of `line` in its frame, 1-based.
        iterations: iteration number (1-based) of each loop around the line, outermost first; the header
            of a loop is outside that loop.
        changed: names whose value differs after the step, with their new literal, a marker, or UNBOUND.
        next_line: line of the frame's next step; None where the frame ended.
        branch: outcome of the condition of an `if` or `while` header, None elsewhere.
        raised: name of the exception type that was raised in this step, if any.
        propagated: the exception came from a callee.
        handled: the frame went on after the exception.
        yielded: literal or marker of what a generator handed out, or a coroutine waited with, in this
            step; the first one if there were several. `changed` then is the state at that suspension.
        resumed: names whose value changed between that suspension and the frame's next step.
        stdout: what was printed in this step, by callees too.
    """

    line: int
    occurrence: int
    iterations: tuple[int, ...]
    changed: Mapping[str, str]
    next_line: int | None
    branch: bool | None
    raised: str | None
    propagated: bool = False
    handled: bool = False
    yielded: str | None = None
    resumed: Mapping[str, str] = field(default_factory=dict)
    stdout: str = ""


@dataclass(frozen=True, slots=True)
class LoopRun:
    """One pass through a loop, from its start until it was left.

    `entry` says that it is the k-th start of the loop on `line` in the frame; `after` is the index of
    the first step outside (None: the frame ended in the loop or right after it); `exit` says how.
    """

    line: int
    entry: int
    iterations: int
    after: int | None
    exit: Exit


class Steps(Sequence[Step]):
    """The steps of a frame; each is made when it is asked for."""

    __slots__ = ("_columns", "_output", "_raised_at")

    def __init__(self, columns: Columns, raised_at: int | None, output: str) -> None:
        self._columns = columns
        self._raised_at = raised_at
        self._output = output

    def __len__(self) -> int:
        return len(self._columns)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        if isinstance(index, slice):
            return tuple(map(self._step, range(len(self))[index]))
        return self._step(range(len(self))[index])

    def __iter__(self) -> Iterator[Step]:
        return map(self._step, range(len(self)))

    def printed_until(self, index: int) -> int:
        """Return how much of the run's output was there at the end of a step; 0 if it printed nothing."""
        return self._columns.printed.get(index, (0, 0))[1]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(left == right for left, right in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def _step(self, index: int) -> Step:
        columns = self._columns
        raised, propagated = columns.raised.get(index, (None, False))
        start, end = columns.printed.get(index, (0, 0))
        return Step(
            line=columns.lines[index],
            occurrence=columns.occurrences[index],
            iterations=columns.iterations[index],
            changed=columns.texts(columns.changes(index)),
            next_line=columns.lines[index + 1] if index + 1 < len(columns) else None,
            branch=columns.branch(index),
            raised=raised,
            propagated=propagated,
            handled=raised is not None and index != self._raised_at,
            yielded=columns.text(columns.yielded[index]) if index in columns.yielded else None,
            resumed=columns.texts(columns.resumed.get(index, {})),
            stdout=self._output[start:end],
        )
