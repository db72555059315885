"""What a run did, as data: a `Trace` has frames, a `Frame` has steps (DESIGN.md, "The words")."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

UNBOUND = "<unbound>"
"""Marker for a name that has no value (deleted, or not assigned yet)."""

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
    """

    line: int
    occurrence: int
    iterations: tuple[int, ...]
    changed: Mapping[str, str]
    next_line: int | None
    branch: bool | None
    raised: str | None


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


@dataclass(frozen=True, slots=True)
class Frame:
    """One call of a function of the program.

    Attributes:
        function: qualified name, as in `outer.<locals>.inner`.
        call: this is the k-th call of `function` in the run, 1-based.
        parent: index of the calling frame in the trace, None for the entry point's.
        arguments: name -> literal or marker when the first line is about to run.
        steps: in execution order.
        loops: every pass through a loop, in the order in which they ended.
        returned: literal or marker of the return value, None if the frame ended by an exception.
        raised: name of the exception type that left the frame, if any.
        unclear: why the steps of this frame cannot carry queries, None if they can.
    """

    function: str
    call: int
    parent: int | None
    arguments: Mapping[str, str]
    steps: tuple[Step, ...]
    loops: tuple[LoopRun, ...]
    returned: str | None
    raised: str | None
    unclear: str | None

    def before(self, index: int) -> dict[str, str]:
        """Return name -> literal right before the step at `index` (or, past the last, at the end)."""
        state = dict(self.arguments)
        for step in self.steps[:index]:
            state.update(step.changed)
        return {name: text for name, text in state.items() if text != UNBOUND}

    def after(self, index: int) -> dict[str, str]:
        """Return name -> literal at the frame's next event after the step at `index`."""
        return self.before(index + 1)


@dataclass(frozen=True, slots=True)
class Trace:
    """A whole run of one call.

    Attributes:
        code: the source text.
        python: minor version that ran it, such as "3.11"; traces of different minors are not compared.
        frames: in call order; the entry point's is the first.
        cut: why recording ended early, None if it did not.
    """

    code: str
    python: str
    frames: tuple[Frame, ...]
    cut: str | None

    @property
    def step_count(self) -> int:
        """Number of executed steps over all frames."""
        return sum(len(frame.steps) for frame in self.frames)

    def to_json(self) -> dict[str, Any]:
        """Return the trace as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Trace":
        """Read back what `to_json` gave."""
        return cls(**{**data, "frames": tuple(_frame(frame) for frame in data["frames"])})


def _frame(data: dict[str, Any]) -> Frame:
    steps = tuple(Step(**{**step, "iterations": tuple(step["iterations"])}) for step in data["steps"])
    return Frame(**{**data, "steps": steps, "loops": tuple(LoopRun(**run) for run in data["loops"])})
