"""The steps of one frame as columns: what a step needs in memory is its share of a few arrays."""

from array import array
from collections.abc import Mapping
from typing import Any

from tracer.framelog import ABSENT
from tracer.snapshots import Stored, same, text_of

UNBOUND = "<unbound>"
"""Marker for a name that has no value (deleted, or not assigned yet)."""

Changes = dict[str, Stored]

_BRANCHES = (None, False, True)


class Columns:
    """Grows by one step at a time, then answers for any step.

    Values stay in the form in which they were recorded until somebody asks for their text.

    Attributes:
        lines: line of each step.
        occurrences: which execution of its line each step is.
        iterations: iteration vector of each step.
        arguments: state at the first line event, `globals` that of the module's variables.
        raised: step -> (exception type, whether it came from a callee).
        yielded: step -> value that was handed out.
        printed: step -> (start, end) in the output of the run.
    """

    def __init__(self) -> None:
        self.lines = array("i")
        self.occurrences = array("I")
        self.iterations: list[tuple[int, ...]] = []
        self.arguments: Changes = {}
        self.globals: Changes = {}
        self.raised: dict[int, tuple[str, bool]] = {}
        self.yielded: dict[int, Stored] = {}
        self.resumed: dict[int, Changes] = {}
        self.printed: dict[int, tuple[int, int]] = {}
        self._rebound: dict[int, Changes] = {}
        self._branches = array("b")
        self._starts = array("I", [0])
        self._names: list[str] = []
        self._values: list[Stored] = []
        self._counts: dict[int, int] = {}
        self._state: Changes = {}
        self._shared: dict[tuple[int, ...], tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def begin(self, arguments: Changes, module: Changes) -> None:
        """Take the state before the first step."""
        self.arguments, self.globals = arguments, module
        self._state = {**module, **arguments}

    def add(self, line: int, iterations: tuple[int, ...], changes: Mapping[str, Any]) -> int:
        """Add a step and return its index; changes that leave a text as it was count as none."""
        index = len(self.lines)
        self.lines.append(line)
        occurrence = self._counts[line] = self._counts.get(line, 0) + 1
        self.occurrences.append(occurrence)
        self.iterations.append(self._shared.setdefault(iterations, iterations))
        self._branches.append(0)
        changed, rebound = self._differing(changes)
        for name, value in changed.items():
            self._names.append(name)
            self._values.append(value)
        self._starts.append(len(self._names))
        if rebound:
            self._rebound[index] = rebound
        return index

    def resume(self, index: int, changes: Mapping[str, Any]) -> None:
        """Note what differs when a suspended step goes on."""
        changed, rebound = self._differing(changes)
        if changed or rebound:
            self.resumed[index] = {**rebound, **changed}

    def set_branch(self, index: int, outcome: bool | None) -> None:
        """Note the outcome of a condition."""
        self._branches[index] = 0 if outcome is None else 1 + outcome

    def finish(self) -> None:
        """No more steps come: drop what only building needs."""
        self._counts, self._state, self._shared = {}, {}, {}

    def branch(self, index: int) -> bool | None:
        """Return the outcome of the step's condition, None where it has none."""
        return _BRANCHES[self._branches[index]]

    def changes(self, index: int) -> Changes:
        """Return what the step changed."""
        part = slice(self._starts[index], self._starts[index + 1])
        return dict(zip(self._names[part], self._values[part], strict=True))

    def rebound(self, index: int) -> Changes:
        """Return the names that stand for another object of equal contents after the step."""
        return self._rebound.get(index, {})

    def state(self, index: int, *, going_on: bool) -> Changes:
        """Return the state after the step at `index`; `going_on` includes what changed in a suspension."""
        state = {**self.globals, **self.arguments}
        last = index + 1
        if last > 0:
            stop = self._starts[last]
            rebound = [i for i in self._rebound if i <= index]
            resumed = [i for i in self.resumed if i < index or (going_on and i == index)]
            done = 0
            for step in sorted({*rebound, *resumed}):
                until = self._starts[step + 1]
                state.update(zip(self._names[done:until], self._values[done:until], strict=True))
                done = until
                state.update(self._rebound.get(step, {}))
                if step in resumed:
                    state.update(self.resumed[step])
            state.update(zip(self._names[done:stop], self._values[done:stop], strict=True))
        return {name: value for name, value in state.items() if value is not ABSENT}

    def _differing(self, changes: Mapping[str, Any]) -> tuple[Changes, Changes]:
        changed: Changes = {}
        rebound: Changes = {}
        state = self._state
        for name, value in changes.items():
            before = state.get(name, ABSENT)
            if value is ABSENT or before is ABSENT:
                if value is before:
                    continue
                changed[name] = value
            elif not same(before, value):
                changed[name] = value
            elif serial_of(before) != serial_of(value):
                rebound[name] = value
            else:
                continue
            state[name] = value
        return changed, rebound


def serial_of(stored: Stored) -> int | None:
    """Return the serial number of a value's object, None for a value without identity."""
    return stored[0] if type(stored) is tuple else None


def text(stored: Stored) -> str:
    """Return literal, marker or UNBOUND."""
    return UNBOUND if stored is ABSENT else text_of(stored)


def texts(changes: Mapping[str, Stored]) -> dict[str, str]:
    """Return name -> text."""
    return {name: text(value) for name, value in changes.items()}
