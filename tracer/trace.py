"""What a run did, as data: a `Trace` has frames, a `Frame` has steps (DESIGN.md, "The words")."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tracer.columns import UNBOUND, Columns
from tracer.framelog import NO_OBJECT
from tracer.order import Moment, moments
from tracer.steps import Exit, LoopRun, Step, Steps
from tracer.turns import Turn, index_at

if TYPE_CHECKING:
    from tracer.witness.testimony import Testimony

__all__ = [
    "RECURSION_LIMIT", "UNBOUND", "DifferentPythonError", "Exit", "Frame", "LoopRun", "Parts", "Step",
    "Steps", "Trace", "check_minors",
]  # fmt: skip

RECURSION_LIMIT = "the recursion limit was met, which a watched run meets elsewhere"
"""Why a run is cut that came to the recursion limit: where that is, is no property of the program."""


class DifferentPythonError(ValueError):
    """Runs of different minor versions of Python: they give different line events, and are not compared."""


@dataclass(slots=True)
class Parts:
    """What is put together of a frame when it is first asked for.

    Attributes:
        columns: its steps.
        loops: its passes through loops.
        positions: index in the log of the first event of each step.
        raised_at: the step in which the exception that ended the frame was raised or came in; None where
            none did, and where it was one of several and nobody saw which.
    """

    columns: Columns
    loops: tuple[LoopRun, ...]
    positions: "array[int]" = field(default_factory=lambda: array("I"))
    raised_at: int | None = None


Turns = Callable[["Frame"], tuple[Turn, ...]]


@dataclass(eq=False, slots=True)
class Frame:
    """One call of a function of the program.

    Attributes:
        function: qualified name, as in `outer.<locals>.inner`.
        call: this is the k-th call of `function` in the run, 1-based.
        parent: index of the calling frame in the trace, None for the entry point's. A generator's is the
            frame that first resumed it.
        returned: literal or marker of the return value, None if the frame ended by an exception.
        raised: name of the exception type that left the frame, if any.
        unclear: why the steps of this frame cannot carry queries, None if they can.
        suspended: a generator or coroutine that was suspended and never resumed.
    """

    function: str
    call: int
    parent: int | None
    returned: str | None
    raised: str | None
    unclear: str | None
    suspended: bool
    _make: Callable[[], Parts]
    _output: Callable[[], str]
    _turns: Turns | tuple[Turn, ...] = ()
    _parts: Parts | None = None

    @property
    def columns(self) -> Columns:
        """The steps as columns."""
        return self._ready().columns

    @property
    def steps(self) -> Steps:
        """The steps in execution order."""
        return Steps(self.columns, self.raised_at, self._output())

    @property
    def raised_at(self) -> int | None:
        """Index of the step in which the exception that ended the call was raised or came in, if known."""
        return self._ready().raised_at

    @property
    def loops(self) -> tuple[LoopRun, ...]:
        """Every pass through a loop, in the order in which they ended."""
        return self._ready().loops

    @property
    def turns(self) -> tuple[Turn, ...]:
        """When it ran: its call, and each resumption; none in a trace of before turns were stored."""
        if not isinstance(self._turns, tuple):
            self._turns = self._turns(self)
        return self._turns

    @property
    def caller_step(self) -> int | None:
        """Index of the step of `parent` that called it (None: it had not come to its first line)."""
        return self.turns[0].caller_step if self.turns else None

    @property
    def arguments(self) -> dict[str, str]:
        """Name -> literal or marker when the first line is about to run."""
        return self.columns.texts(self.columns.arguments)

    @property
    def globals(self) -> dict[str, str]:
        """Name -> literal or marker of the module's variables that the function uses, at the same time."""
        return self.columns.texts(self.columns.globals)

    def before(self, index: int) -> dict[str, str]:
        """Return name -> literal right before the step at `index` (or, past the last, at the end)."""
        columns = self.columns
        return columns.texts(columns.state(min(index, len(columns)) - 1, going_on=True))

    def after(self, index: int) -> dict[str, str]:
        """Return name -> literal at the frame's next event after the step at `index`."""
        columns = self.columns
        return columns.texts(columns.state(min(index, len(columns) - 1), going_on=False))

    def value_before(self, index: int, name: str) -> str | None:
        """Return what `before` has for one name, None where it has no value."""
        return self.columns.at(name, min(index, len(self.columns)) - 1, going_on=True)

    def value_after(self, index: int, name: str) -> str | None:
        """Return what `after` has for one name, None where it has no value."""
        return self.columns.at(name, min(index, len(self.columns) - 1), going_on=False)

    def objects(self, index: int) -> dict[str, int]:
        """Return name -> serial number of its object after the step at `index` (-1: before the first).

        Names with one number name the very same object. Numbers, strings, tuples and their like have no
        number: whether two are one object is no property of the program.
        """
        state = self.columns.state(index, going_on=False)
        return {name: serial for name, (_, serial) in state.items() if serial != NO_OBJECT}

    def step_at(self, position: int) -> int | None:
        """Return the index of the step that had begun before the item at `position` was logged."""
        return index_at(self._ready().positions, position)

    def take_turns(self, turns: Turns) -> None:
        """Say where the turns of the frame come from."""
        self._turns = turns

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frame):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _COMPARED)

    __hash__ = None  # type: ignore[assignment]

    def _ready(self) -> Parts:
        if self._parts is None:
            self._parts = self._make()
            self._make = _made  # the raw log is not needed any more
        return self._parts


def _made() -> Parts:
    raise AssertionError("the steps are made once")


_COMPARED = (
    "function", "call", "parent", "turns", "arguments", "globals", "steps", "loops", "returned", "raised",
    "unclear", "suspended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """A whole run of one call.

    Attributes:
        code: the source text.
        python: minor version that ran it, such as "3.11"; traces of different minors are not compared.
        frames: in call order; the entry point's is the first.
        cut: why recording ended early, None if it did not.
        stdout: what the call printed.
        second: what the second observer saw of the same call, None where it saw none.
        unconfirmed: why there is no second observation.
    """

    code: str
    python: str
    frames: tuple[Frame, ...]
    cut: str | None
    stdout: str = ""
    second: "Testimony | None" = field(default=None, compare=False, repr=False)
    unconfirmed: str = field(default="only one observer saw this run", compare=False, repr=False)
    _index: dict[tuple[str, int], Frame] = field(default_factory=dict, init=False, compare=False, repr=False)

    def with_second(self, testimony: "Testimony") -> "Trace":
        """Return the trace with what the second observer saw of the same call."""
        return replace(self, second=testimony, unconfirmed="")

    def without_second(self, reason: str) -> "Trace":
        """Return the trace with the reason for which no second observer confirms it."""
        return replace(self, second=None, unconfirmed=reason)

    def check(self) -> None:
        """Look at all that was recorded; raises `tracer.wire.MalformedError` where it cannot be read."""
        for frame in self.frames:
            texts = (frame.arguments, frame.globals, *frame.steps)
            assert texts is not None

    def find(self, function: str, call: int) -> Frame | None:
        """Return a call of a function, None where it does not happen."""
        if not self._index:
            for frame in self.frames:
                self._index.setdefault((frame.function, frame.call), frame)
        return self._index.get((function, call))

    @property
    def step_count(self) -> int:
        """Number of executed steps over all frames."""
        return sum(len(frame.columns) for frame in self.frames)

    def order(self) -> Iterator[Moment]:
        """Yield all that happened, over all frames, in the order in which it happened.

        Raises:
            ValueError: the trace was read from JSON that does not tell.
        """
        return moments(self.frames)

    def to_json(self) -> dict[str, Any]:
        """Return the trace as plain JSON values."""
        from tracer.tracejson import trace_to_json

        return trace_to_json(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Trace":
        """Read back what `to_json` gave."""
        from tracer.tracejson import trace_from_json

        return trace_from_json(data)


def check_minors(*pythons: str) -> None:
    """Raise `DifferentPythonError` unless all runs are of one minor version of Python."""
    if len(set(pythons)) > 1:
        raise DifferentPythonError(
            f"runs of Python {' and '.join(sorted(set(pythons)))} are not compared: their line events differ"
        )
