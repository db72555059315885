"""The steps of one frame as columns: what a step needs in memory is its share of a few arrays."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from tracer.framelog import ABSENT, NO_OBJECT
from tracer.literals import MAX_CHARS
from tracer.packed import literal_of
from tracer.snapshots import CLEAR, MIXED, PLAIN
from tracer.wire import MalformedError, Table, decoded

UNBOUND = "<unbound>"
"""Marker for a name that has no value (deleted, or not assigned yet)."""

TEXT = b"T"
"""First byte of a value that is kept as its text; packed contents begin with PLAIN or MIXED."""

Stored = tuple[int, int]
"""Number of a value, and serial number of its object (NO_OBJECT for a value without identity)."""

Changes = dict[str, Stored]

_BRANCHES = (None, False, True)
_LONGEST_VALUE = 4 * MAX_CHARS + 32_000
_GONE: Stored = (ABSENT, NO_OBJECT)


class Values:
    """The values of a run by number, each turned into its text when it is asked for."""

    def __init__(self, table: Table) -> None:
        self._texts: dict[int, str] = {ABSENT: UNBOUND}
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def text(self, number: int) -> str:
        """Return literal, marker or UNBOUND; raises `MalformedError` where the value is none."""
        text = self._texts.get(number)
        if text is None:
            text = self._texts[number] = self._read(self._table.entry(number, _LONGEST_VALUE))
        return text

    def same(self, left: int, right: int) -> bool:
        """Tell whether two values have the same literal, if possible without making it."""
        if left == right:
            return True
        one, other = self._table.entry(left), self._table.entry(right)
        if one == other:
            return True
        kind = one[:1]
        if kind == other[:1] and (kind == TEXT or (kind == PLAIN and max(len(one), len(other)) < CLEAR)):
            return False
        return self.text(left) == self.text(right)

    @staticmethod
    def _read(entry: memoryview) -> str:
        kind = entry[:1]
        if kind == TEXT:
            return decoded(entry[1:])
        if kind in (PLAIN, MIXED):
            return literal_of(entry[1:])
        raise MalformedError("a value is of no known form")


class Columns:
    """Grows by one step at a time, then answers for any step.

    Attributes:
        lines: line of each step.
        occurrences: which execution of its line each step is.
        iterations: iteration vector of each step.
        arguments: state at the first line event, `globals` that of the module's variables.
        raised: step -> (exception type, whether it came from a callee), of the last exception in it.
        yielded: step -> value that was handed out.
        printed: step -> (start, end) in the output of the run.
    """

    def __init__(self, values: Values) -> None:
        self.lines = array("i")
        self.occurrences = array("I")
        self.iterations: list[tuple[int, ...]] = []
        self.arguments: Changes = {}
        self.globals: Changes = {}
        self.raised: dict[int, tuple[str, bool]] = {}
        self.yielded: dict[int, int] = {}
        self.resumed: dict[int, Changes] = {}
        self.printed: dict[int, tuple[int, int]] = {}
        self._table = values
        self._rebound: dict[int, Changes] = {}
        self._branches = array("b")
        self._starts = array("I", [0])
        self._names: list[str] = []
        self._values: list[Stored] = []
        self._counts: dict[int, int] = {}
        self._state: Changes = {}
        self._shared: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._index: dict[tuple[int, int], int] | None = None
        self._histories: dict[str, tuple[list[int], list[int]]] | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def begin(self, arguments: Changes, module: Changes) -> None:
        """Take the state before the first step."""
        self.arguments, self.globals = arguments, module
        self._state = {**module, **arguments}

    def add(self, line: int, iterations: tuple[int, ...], changes: Mapping[str, Stored]) -> int:
        """Add a step and return its index; changes that leave a text as it was count as none."""
        lines = self.lines
        index = len(lines)
        lines.append(line)
        counts = self._counts
        occurrence = counts[line] = counts.get(line, 0) + 1
        self.occurrences.append(occurrence)
        self.iterations.append(self._shared.setdefault(iterations, iterations) if iterations else ())
        self._branches.append(0)
        if changes:
            changed, rebound = self._differing(changes)
            self._names += changed
            self._values += changed.values()
            if rebound:
                self._rebound[index] = rebound
        self._starts.append(len(self._names))
        return index

    def resume(self, index: int, changes: Mapping[str, Stored]) -> None:
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
        return {name: stored for name, stored in state.items() if stored[0] != ABSENT}

    def at(self, name: str, index: int, *, going_on: bool) -> str | None:
        """Return the text that `state` has for one name, None where it has no value."""
        if self._histories is None:
            self._histories = self._history()
        keys, values = self._histories.get(name, ((), ()))
        place = bisect_right(keys, 2 * index + going_on) - 1
        return None if place < 0 or values[place] == ABSENT else self._table.text(values[place])

    def find(self, line: int, occurrence: int) -> int | None:
        """Return the index of the k-th execution of a line, None where there is none."""
        if self._index is None:
            places = zip(self.lines, self.occurrences, strict=True)
            self._index = {place: index for index, place in enumerate(places)}
        return self._index.get((line, occurrence))

    def text(self, value: int) -> str:
        """Return literal, marker or UNBOUND of a value."""
        return self._table.text(value)

    def texts(self, changes: Mapping[str, Stored]) -> dict[str, str]:
        """Return name -> text."""
        return {name: self._table.text(stored[0]) for name, stored in changes.items()}

    def _history(self) -> dict[str, tuple[list[int], list[int]]]:
        """Return name -> its values in order, each with a key: twice the step, and one more if resumed."""
        found: dict[str, tuple[list[int], list[int]]] = {}

        def add(key: int, changes: Iterable[tuple[str, Stored]]) -> None:
            for name, stored in changes:
                keys, values = found.setdefault(name, ([], []))
                keys.append(key)
                values.append(stored[0])

        add(-2, [*self.globals.items(), *self.arguments.items()])
        for index in range(len(self)):
            rows = range(self._starts[index], self._starts[index + 1])
            add(2 * index, [(self._names[row], self._values[row]) for row in rows])
            if index in self._rebound:
                add(2 * index, self._rebound[index].items())
            if index in self.resumed:
                add(2 * index + 1, self.resumed[index].items())
        return found

    def _differing(self, changes: Mapping[str, Stored]) -> tuple[Changes, Changes]:
        changed: Changes = {}
        rebound: Changes = {}
        state, same = self._state, self._table.same
        for name, stored in changes.items():
            before = state.get(name, _GONE)
            if stored[0] == ABSENT or before[0] == ABSENT:
                if stored[0] == before[0]:
                    continue
                changed[name] = stored
            elif not same(before[0], stored[0]):
                changed[name] = stored
            elif before[1] != stored[1]:
                rebound[name] = stored
            else:
                continue
            state[name] = stored
        return changed, rebound
