"""The raw log of one frame while it runs: line events, and between them the values that changed.

`items` is one flat list, which is what makes it small and quick: an `Effect` is a line event; a text is the
name of a variable, and the item after it is its new value; a `Mark` is anything else that happened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

from tracer.codes import CodeFacts
from tracer.effects import Effect
from tracer.snapshots import ATOMS, CONTAINERS, Packed, Stored, holds_defaults, is_mutable, pack

ABSENT: Any = type("Absent", (), {"__slots__": (), "__repr__": lambda self: "<unbound>"})()
"""Stands for the value of a name that has none."""

EVERYTHING = Effect(0)

_REBUILT_BY_OPERATORS = frozenset({tuple, frozenset, bytes, complex})


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened between two line events.

    `raise` carries (name of the exception type, whether it came from a callee), `suspend` the yielded
    value, `print` and `resume` the length of the output so far.
    """

    kind: Literal["raise", "suspend", "resume", "print"]
    detail: Any


class FrameLog:
    """See the module's text."""

    __slots__ = (
        "_globals", "_nested", "_on_defaults", "_position", "_printed", "_serials", "call", "contents",
        "facts", "function", "index", "is_suspended", "items", "last", "parent", "pending", "plan",
        "printed_before", "raised", "returned", "watch",
    )  # fmt: skip

    def __init__(self, function: str, call: int, index: int, parent: int | None, facts: CodeFacts) -> None:
        self.function = function
        self.call = call
        self.index = index
        self.parent = parent
        self.facts = facts
        self.items: list[Any] = []
        self.last: dict[str, object] = {}
        self.plan = EVERYTHING
        self.pending: str | None = None
        self.raised: str | None = None
        self.returned: Stored | None = ABSENT
        self.printed_before = 0
        self.is_suspended = False
        self.watch: Callable[[FrameType, str, Any], Any] | None = None
        self.contents: dict[str, Packed] = {}
        self._nested: set[str] = set()
        self._globals: Mapping[str, object] = {}
        self._serials: dict[int, int] = {}
        self._position: Callable[[], int] = _nowhere
        self._on_defaults: Callable[[], object] = _nowhere
        self._printed = 0

    def attach(
        self,
        frame: FrameType,
        serials: dict[int, int],
        position: Callable[[], int],
        on_defaults: Callable[[], None],
    ) -> None:
        """Say where the values come from, and whom to tell of a defaultdict."""
        self._globals = frame.f_globals
        self._serials = serials
        self._position = position
        self._on_defaults = on_defaults
        self._printed = self.printed_before = position()

    def release(self) -> None:
        """Let go of the objects of the program."""
        self._globals = {}
        self.last, self.contents, self._serials = {}, {}, {}
        self._nested = set()
        self._position, self._on_defaults, self.watch = _nowhere, _nowhere, None

    def set(self, name: str, value: object) -> None:
        """Log that a name stands for another object."""
        items = self.items
        if type(value) in ATOMS:
            self.last[name] = value
            if name in self.contents:
                del self.contents[name]
                self._nested.discard(name)
        else:
            self.last[name] = value
            packed = self._pack(name, value)
            items.append(name)
            items.append((self._serial(value), packed))
            return
        items.append(name)
        items.append(value)

    def unset(self, name: str) -> None:
        """Log that a local name has no value any more."""
        if name not in self.facts.globals:
            self._forget(name)

    def observe(self, plan: Effect, variables: Mapping[str, object]) -> None:
        """Log what a line with the effect `plan` changed."""
        if plan.prints:
            position = self._position()
            if position != self._printed:
                self._printed = position
                self.items.append(Mark("print", position))
        if plan.rebinds:
            self._compare_all(variables)
            return
        last = self.last
        for name in plan.names:
            if name in variables:
                if name not in last or last[name] is not variables[name]:
                    self.set(name, variables[name])
            elif name in last:
                self.unset(name)
        if plan.everything:
            self._recheck_all()
            return
        for name in plan.targets:
            if not self._mutated(name, plan):
                self._recheck_all()
                return

    def exception(self, name: str, propagated: bool) -> None:
        """Log an exception event."""
        self.pending = name
        self.items.append(Mark("raise", (name, propagated)))

    def raising(self) -> bool:
        """Tell whether the last thing that happened is an exception."""
        return bool(self.items) and type(self.items[-1]) is Mark and self.items[-1].kind == "raise"

    def suspend(self, value: object) -> None:
        """Log that the frame is suspended and hands out a value."""
        self.is_suspended = True
        self.items.append(Mark("suspend", self.stored(value)))

    def resume(self) -> None:
        """Log that the frame goes on; anything may have changed meanwhile."""
        self.plan = EVERYTHING
        self.is_suspended = False
        self._printed = self._position()
        self.items.append(Mark("resume", self._printed))

    def stored(self, value: object) -> Stored:
        """Return what is kept of a value."""
        if type(value) in ATOMS:
            return value  # type: ignore[return-value]
        return self._serial(value), pack(value)[0]

    def _compare_all(self, variables: Mapping[str, object]) -> None:
        contents, last = self.contents, self.last
        for name, value in variables.items():
            if name not in last or last[name] is not value:
                self.set(name, value)
            elif name in contents:
                self._recheck(name)
        module = self.facts.globals
        for name in module:
            if name not in self._globals:
                if name in last:
                    self._forget(name)
            elif name not in last or last[name] is not self._globals[name]:
                self.set(name, self._globals[name])
            elif name in contents:
                self._recheck(name)
        if len(last) > len(variables):
            for name in [name for name in last if name not in variables and name not in module]:
                self._forget(name)

    def _forget(self, name: str) -> None:
        del self.last[name]
        self.contents.pop(name, None)
        self._nested.discard(name)
        self.items += (name, ABSENT)

    def _mutated(self, target: str, plan: Effect) -> bool:
        """Look at the object that a line changed through `target`; False: cannot tell what it was."""
        contents, nested = self.contents, self._nested
        if target not in contents:
            return target in plan.names and target in self.last  # a number that an operator replaced
        value = self.last[target]
        kind = type(value)
        if kind not in CONTAINERS:
            return kind in _REBUILT_BY_OPERATORS and target in plan.names
        if plan.deep and target in nested:
            return False  # in `rows[i] += [1]` an element is changed, and it may have a name of its own
        self._recheck(target)
        if plan.deep and target in nested:
            return False
        if len(contents) > 1:
            for name in list(contents):
                if name != target and (name in nested or self.last[name] is value):
                    self._recheck(name)
        return True

    def _recheck_all(self) -> None:
        for name in list(self.contents):
            self._recheck(name)

    def _recheck(self, name: str) -> None:
        value = self.last[name]
        packed, flat = pack(value)
        if packed != self.contents[name]:
            self.contents[name] = packed
            (self._nested.discard if flat else self._nested.add)(name)
            if type(packed) is str and holds_defaults(value):
                self._on_defaults()
            items = self.items
            items.append(name)
            items.append((self._serial(value), packed))

    def _pack(self, name: str, value: object) -> Packed:
        packed, flat = pack(value)
        self.contents[name] = packed
        if flat:
            self._nested.discard(name)
        else:
            self._nested.add(name)
        if type(packed) is str and holds_defaults(value):
            self._on_defaults()
        return packed

    def _serial(self, value: object) -> int | None:
        return self._serials.setdefault(id(value), len(self._serials)) if is_mutable(value) else None


def _nowhere() -> int:
    return 0
