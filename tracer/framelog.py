"""The raw log of one frame while it runs, as columns of numbers.

An *event* is a line that is about to run. The changes between two events are rows of three numbers: the name,
its new value, the object; a name with the value `ABSENT` has none any more. A mark is anything else that
happened between two events.
"""

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from tracer.codes import CodeFacts
from tracer.literals import MAX_CHARS
from tracer.snapshots import ATOMS, Packed, is_mutable, pack

ABSENT = 0
"""Number of the value of a name that has none."""

NO_OBJECT = -1
"""Serial number of an object whose identity is no property of the program."""

_NOTHING: Any = object()

RAISE, SUSPEND, RESUME, PRINT = 1, 2, 3, 4
"""Kinds of marks; with each come three numbers.

| mark | first | second | third |
|---|---|---|---|
| RAISE | the exception's name, among the values | whether it came from a callee | the exception |
| SUSPEND | the value that is handed out | number of changes before | its object |
| RESUME | length of the output | | |
| PRINT | length of the output | | |
"""


@dataclass(slots=True)
class Pool:
    """What the logs of a run share: each name, value and object by its number.

    Attributes:
        names: name -> its number.
        values: what was kept of each value, by number: an atom, or its contents. The first is `ABSENT`.
        objects: address -> serial number. Addresses are used again, but never by two objects that are alive;
            and only objects of one moment are compared.
        bytes_left: how much more may be kept.
    """

    bytes_left: int
    names: dict[str, int] = field(default_factory=dict)
    values: list[Any] = field(default_factory=lambda: ["<unbound>"])
    objects: dict[int, int] = field(default_factory=dict)

    def name(self, name: str) -> int:
        """Return the number of a name."""
        return self.names.setdefault(name, len(self.names))

    def value(self, kept: Any) -> int:
        """Keep a value and return its number."""
        if type(kept) is bytes or type(kept) is str:
            self.bytes_left -= min(len(kept), MAX_CHARS)
        self.values.append(kept)
        return len(self.values) - 1

    def atom_or_contents(self, value: Any) -> int:
        """Keep any value and return its number."""
        return self.value(value) if type(value) in ATOMS else self.value(Contents(pack(value)))

    def serial(self, value: object) -> int:
        """Return the number of an object, NO_OBJECT for one whose identity is no property of the program."""
        return self.objects.setdefault(id(value), len(self.objects)) if is_mutable(value) else NO_OBJECT


class Contents:
    """The contents of a value among atoms, so that a text that is a marker is told from a string."""

    __slots__ = ("packed",)

    def __init__(self, packed: Packed) -> None:
        self.packed = packed


class FrameLog:
    """See the module's text. It holds no object of the program but atoms: what dies, dies as without it."""

    __slots__ = (
        "atoms", "call", "code", "contents", "events", "facts", "final", "index", "is_suspended", "marks",
        "names", "objects", "objects_now", "parent", "pool", "printed", "printed_before", "raised",
        "returned", "starts", "values", "watch",
    )  # fmt: skip

    def __init__(
        self, facts: CodeFacts, code: int, call: int, index: int, parent: int | None, pool: Pool, printed: int
    ) -> None:
        self.facts = facts
        self.code = code
        self.call = call
        self.index = index
        self.parent = parent
        self.pool = pool
        self.events = array("i")
        self.starts = array("i")
        self.names = array("i")
        self.values = array("i")
        self.objects = array("i")
        self.marks = array("i")
        self.atoms: dict[str, object] = {}
        self.contents: dict[str, Packed] = {}
        self.objects_now: dict[str, int] = {}
        self.raised: tuple[str, int] | None = None
        self.returned: tuple[int, int] | None = None
        self.is_suspended = False
        self.printed = self.printed_before = printed
        self.watch: Callable[[FrameType, str, Any], Any] | None = None

    def release(self) -> None:
        """Let go of what only recording needs."""
        self.atoms, self.contents, self.objects_now = {}, {}, {}
        self.watch = None

    def look(self, variables: Mapping[str, Any], module: Mapping[str, Any]) -> None:
        """Log what differs from what was seen last, of the locals and the module's variables."""
        atoms = self.atoms
        for name, value in variables.items():
            if type(value) not in ATOMS:
                self._look_at(name, value)
            elif name not in atoms or atoms[name] is not value:
                self._set_atom(name, value)
        used = self.facts.globals
        for name in used:
            value = module.get(name, _NOTHING)
            if value is _NOTHING:
                if name in atoms or name in self.contents:
                    self._unset(name)
            elif type(value) not in ATOMS:
                self._look_at(name, value)
            elif name not in atoms or atoms[name] is not value:
                self._set_atom(name, value)
        if len(atoms) + len(self.contents) > len(variables):
            for name in [*atoms, *self.contents]:
                if name not in variables and name not in used:
                    self._unset(name)

    def print(self, position: int) -> None:
        """Log how much was printed so far."""
        if position != self.printed:
            self.printed = position
            self.mark(PRINT, position, 0, 0)

    def mark(self, kind: int, first: int, second: int, third: int) -> None:
        """Log that something happened after the latest event."""
        self.marks.extend((kind, len(self.events), first, second, third))

    def is_raising(self) -> bool:
        """Tell whether the last thing that happened is an exception."""
        return bool(self.marks) and self.marks[-5] == RAISE and self.marks[-4] == len(self.events)

    def left_by(self) -> tuple[str, int] | None:
        """Return name and number of the exception that ended the frame, None where none did.

        The number is NO_OBJECT where it was one of several, and nobody who was watched saw which one left.
        """
        if self.raised is not None or self.returned is not None or self.is_suspended:
            return self.raised
        rows = zip(*[iter(self.marks)] * 5, strict=True)
        seen = {row[4]: self.pool.values[row[2]] for row in rows if row[0] == RAISE}
        if not seen:
            return None
        number, name = list(seen.items())[-1]
        return name, number if len(seen) == 1 else NO_OBJECT

    def _set_atom(self, name: str, value: object) -> None:
        self.atoms[name] = value
        if name in self.contents:
            del self.contents[name], self.objects_now[name]
        self._add(name, self.pool.value(value), NO_OBJECT)

    def _look_at(self, name: str, value: object) -> None:
        before = self.contents.get(name)
        packed = pack(value, before)
        serial = self.pool.serial(value)
        # A marker is no value: what changed from one to the same one may have changed.
        if before is not None and packed == before and serial == self.objects_now[name]:
            return
        self.contents[name] = packed
        self.objects_now[name] = serial
        self.atoms.pop(name, None)
        self._add(name, self.pool.value(Contents(packed)), serial)

    def _unset(self, name: str) -> None:
        self.atoms.pop(name, None)
        if name in self.contents:
            del self.contents[name], self.objects_now[name]
        self._add(name, ABSENT, NO_OBJECT)

    def _add(self, name: str, value: int, serial: int) -> None:
        self.names.append(self.pool.name(name))
        self.values.append(value)
        self.objects.append(serial)
