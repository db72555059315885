"""The report of one call: what each hook of a rewritten program does."""

import marshal
import sys
from array import array
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tracer.witness.events import (
    EXITS,
    FAILS,
    GONE,
    LEAVES,
    NO_IDENTITY,
    NOWHERE,
    PASSING,
    RETURNS,
    ROUND,
    START,
    STEP,
    SUSPENDS,
    TAKEN,
    WAITS,
)
from tracer.witness.writer import MOST_NODES, is_simple, simple, written

if TYPE_CHECKING:
    from tracer.witness.capture import Capture

_NEVER: Any = object()
_WITHOUT_IDENTITY = (tuple, frozenset, bytes, complex, range)

Variables = dict[str, Any]
Watched = tuple[tuple[str, ...], tuple[str, ...]]
"""Of a function: its variables, and the module's that it uses."""


class Loop:
    """A `for` under way; it holds the iterator, as the interpreter would."""

    __slots__ = ("begun", "item", "iterator", "site")

    def __init__(self, site: int, iterator: Any) -> None:
        self.site = site
        self.iterator = iterator
        self.item: Any = None
        self.begun = False

    def take(self) -> Any:
        """Hand the item over that `next` took."""
        item, self.item = self.item, None
        return item


class CallReport:
    """The report of one call; the hooks are its methods.

    Attributes:
        events, looks, changes: see `tracer.witness.events`; `looks` has the number of changes before each
            look at the variables.
    """

    __slots__ = (
        "_capture", "_globals", "_known", "_module", "_objects", "_packed", "_simple", "_variables",
        "changes", "events", "function", "is_heard", "looks",
    )  # fmt: skip

    def __init__(self, capture: "Capture", function: int, watched: Watched, module: Variables) -> None:
        self.function = function
        self.events = array("i")
        self.looks = array("i")
        self.changes = array("i")
        self.is_heard = False
        self._capture = capture
        self._variables, self._globals = watched
        self._module = module
        self._simple: dict[str, Any] = {}
        self._known: dict[str, int] = {}
        self._packed: dict[str, bytes] = {}
        self._objects: dict[str, int] = {}

    # The hooks

    def step(self, site: int, variables: Variables) -> bool:
        """A statement is about to be executed."""
        if self.is_heard:
            self.events.extend((STEP, site, len(self.looks)))
            self._capture.steps_left -= 1
            if self._capture.steps_left < 0:
                self._capture.stop("too many steps")
            self.look(variables)
        else:
            variables.clear()
        return True

    test = step

    def case(self, site: int, variables: Variables) -> bool:
        """A pattern is about to be tried."""
        self.step(site, variables)
        return False

    def start(self, site: int) -> None:
        """A loop is started."""
        self.events.extend((START, site, 0))

    def round(self, site: int) -> None:
        """The body of a loop is begun."""
        self.events.extend((ROUND, site, 0))

    def taken(self, site: int) -> None:
        """The body of an `if` is begun."""
        self.events.extend((TAKEN, site, 0))

    def loop(self, site: int, iterable: Any) -> Loop:
        """A `for` is started; its header was a step already."""
        iterator = iter(iterable)
        self.events.extend((START, site, 0))
        return Loop(site, iterator)

    def next(self, loop: Loop, variables: Variables) -> bool:
        """The header of a `for` is executed: is there one more?"""
        if loop.begun:
            self.step(loop.site, variables)
        else:
            loop.begun = True
            variables.clear()
        try:
            loop.item = next(loop.iterator)
        except StopIteration:
            loop.iterator = None
            return False
        self.events.extend((ROUND, loop.site, 0))
        return True

    def async_loop(self, site: int, iterable: Any) -> Loop:
        """An `async for` is started; its header was a step already."""
        iterator = aiter(iterable)
        self.events.extend((START, site, 0))
        return Loop(site, iterator)

    def async_next(self, loop: Loop, variables: Variables) -> Any:
        """The header of an `async for` is executed; what is returned is to be awaited."""
        if loop.begun:
            self.step(loop.site, variables)
        else:
            loop.begun = True
            variables.clear()
        self.waits(None)
        return self._async_next(loop)

    async def _async_next(self, loop: Loop) -> bool:
        try:
            loop.item = await anext(loop.iterator)
        except StopAsyncIteration:
            loop.iterator = None
            return False
        self.events.extend((ROUND, loop.site, 0))
        return True

    def returns(self, site: int, value: Any) -> Any:
        """A `return` has its value."""
        if self.is_heard:
            self.events.extend((RETURNS, site, self._capture.value(value)))
        return value

    def suspends(self, value: Any, variables: Variables) -> Any:
        """A generator is about to hand out a value."""
        if self.is_heard:
            self.events.extend((SUSPENDS, self._capture.value(value), len(self.looks)))
            self.look(variables)
        else:
            variables.clear()
        return value

    def waits(self, value: Any) -> Any:
        """What it delegates to, or awaits, may suspend it, unseen by us."""
        self.events.extend((WAITS, 0, 0))
        return value

    def exits(self, site: int, variables: Variables) -> None:
        """The block of a `with` is left."""
        if self.is_heard:
            self.events.extend((EXITS, site, len(self.looks)))
            self.look(variables)
        else:
            variables.clear()

    def caught(self, site: int, variables: Variables) -> bool:
        """An `except` clause is tried."""
        self._passes(sys.exc_info()[2], sys.exc_info()[1], sys._getframe(1))
        return self.step(site, variables)

    def passing(self) -> None:
        """An exception leaves a block."""
        self._passes(sys.exc_info()[2], sys.exc_info()[1], sys._getframe(1))

    def fails(self) -> None:
        """An exception leaves the call."""
        error = sys.exc_info()[1]
        assert error is not None
        self._passes(sys.exc_info()[2], error, sys._getframe(1))
        if self.is_heard:
            name = self._capture.text(repr(type.__dict__["__name__"].__get__(type(error))))
            self.events.extend((FAILS, name, self._exception(error)))

    def leaves(self, variables: Variables) -> None:
        """The call is over."""
        if self.is_heard:
            self.events.extend((LEAVES, 0, len(self.looks)))
            self.look(variables)
            self.is_heard = False
        else:
            variables.clear()
        self._simple, self._known, self._packed, self._objects = {}, {}, {}, {}

    # Exceptions

    def _passes(self, traceback: TracebackType | None, error: BaseException | None, frame: Any) -> None:
        if not self.is_heard or error is None:
            return
        # The outermost entry of a traceback is of the frame that the exception has come to last.
        if traceback is not None and (limit := self._capture.limit_met(error, traceback)):
            self._capture.stop(limit)
            return
        line = traceback.tb_lineno if traceback is not None and traceback.tb_frame is frame else NOWHERE
        self.events.extend((PASSING, line, self._exception(error)))

    def _exception(self, error: BaseException) -> int:
        exceptions = self._capture.exceptions
        return exceptions.setdefault(id(error), len(exceptions))

    # Variables

    def look(self, variables: Variables) -> None:
        """Note what differs from the last look; `variables` is emptied, so that it keeps nothing alive."""
        self.looks.append(len(self.changes) // 3)
        if self.is_heard:
            seen = self._simple
            for name in self._variables:
                value = variables.get(name, _NEVER)
                if value is not seen.get(name, self):
                    self._differs(name, value)
            module = self._module
            for name in self._globals:
                value = module.get(name, _NEVER)
                if value is not seen.get(name, self):
                    self._differs(name, value)
        variables.clear()

    def _differs(self, name: str, value: Any) -> None:
        """Note a value that is not the very one, or no simple one, that the name had."""
        capture = self._capture
        if value is _NEVER:
            self._simple[name] = _NEVER
            self._packed.pop(name, None)
            text, identity = GONE, NO_IDENTITY
        elif is_simple(type(value)):
            self._simple[name] = value
            self._packed.pop(name, None)
            text, identity = capture.text(simple(value)), NO_IDENTITY
        else:
            self._simple.pop(name, None)
            kind = type(value)
            immutable = any(kind is one for one in _WITHOUT_IDENTITY)
            identity = (
                NO_IDENTITY if immutable else capture.objects.setdefault(id(value), len(capture.objects))
            )
            text = self._text_of_container(name, value, kind)
        if text == self._known.get(name, GONE) and identity == self._objects.get(name, NO_IDENTITY):
            return
        self._known[name], self._objects[name] = text, identity
        self.changes.extend((capture.name(name), text, identity))

    def _text_of_container(self, name: str, value: Any, kind: type) -> int:
        """Return the text of a value, made anew only if its bytes differ from those of the last one."""
        before = self._packed.get(name)
        packed = None
        is_container = kind is list or kind is dict or kind is set or kind is tuple
        if before is not None and is_container and len(value) < MOST_NODES:
            try:
                packed = marshal.dumps(value, 2)
            except ValueError:  # it has come to hold something else
                packed = None
            if packed == before:
                return self._known[name]
        text, only_simple = written(value)
        if only_simple:
            self._packed[name] = marshal.dumps(value, 2) if packed is None else packed
        else:
            self._packed.pop(name, None)
        return self._capture.text(text)
