"""What the hooks of a rewritten program do, in its own process.

Every variable is looked at before every statement, and what differs is noted as text. No object of the
program is kept.
"""

import marshal
import symtable
import sys
import warnings
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, NoneType, TracebackType
from typing import Any

from tracer.wire import Packer
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
)  # fmt: skip
from tracer.witness.rewriting import rewrite
from tracer.witness.writer import MOST_NODES, simple, written

MOST_CHARS = 200_000_000
_HEADROOM = 500
_NEVER: Any = object()
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")
_WITHOUT_IDENTITY = (tuple, frozenset, bytes, complex, range)

Variables = dict[str, Any]
_Watched = tuple[tuple[str, ...], tuple[str, ...]]
"""Of a function: its variables, and the module's that it uses."""


class Capture:
    """Runs a rewritten program and keeps what its hooks are told.

    Args:
        source: The program.
        filename: As for `compile`.
        max_steps: Statements before the report is cut.

    Raises:
        SyntaxError: the program cannot be rewritten: it does not compile, or is nested too deeply.
    """

    def __init__(self, source: str, filename: str = "<program>", max_steps: int = 20_000) -> None:
        rewritten = rewrite(source)
        hooks: dict[bytes, Any] = {
            rewritten.placeholders["begin"]: self._begin,
            rewritten.placeholders["make"]: self._begin,
            rewritten.placeholders["named"]: self._named,
            rewritten.placeholders["locals"]: locals,
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the program, and "'bytes' object is not callable"
            code = compile(rewritten.tree, filename, "exec", dont_inherit=True)
        self.code: CodeType | None = bound(code, hooks)
        self.cut: str | None = None
        self.texts: dict[str, int] = {"<unbound>": GONE}
        self.names: dict[str, int] = {}
        self.objects: dict[int, int] = {}
        self.exceptions: dict[int, int] = {}
        self.recording = False
        self.steps_left = max_steps
        self.chars_left = MOST_CHARS
        self._functions = rewritten.functions
        self._module_names = _module_names(source)
        self._module: Variables = {}
        self._watched: dict[int, _Watched] = {}
        self._calls: list[_Call] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep what the body of the `with` calls; what ran at import is not asked about."""
        limit = sys.getrecursionlimit()
        # A hook may stand between a caller and what it calls: a loop and its generator.
        sys.setrecursionlimit(2 * limit + _HEADROOM)
        self.recording = True
        try:
            yield
        finally:
            self.recording = False
            for call in self._calls:
                call.is_heard = False
            sys.setrecursionlimit(limit)

    def report(self) -> bytes:
        """Return what was kept, in the form that `tracer.witness.testimony.decode` reads."""
        packer = Packer()
        packer.text(self.cut)
        packer.texts(self.names)
        packer.texts(self.texts)
        packer.number(len(self._calls))
        for call in self._calls:
            packer.number(call.function)
            for column in (call.events, call.looks, call.changes):
                packer.numbers(column)
        return packer.body()

    def _begin(self, function: int, variables: Variables) -> "_Call":
        """Begin the report of a call."""
        watched = self._watched.get(function)
        if watched is None:
            frame = sys._getframe(1)
            self._module = frame.f_globals
            watched = self._watched[function] = _watched(frame.f_code, self._module_names)
        call = _Call(self, function, watched, self._module)
        if self.recording:
            self._calls.append(call)
            call.is_heard = True
        call.look(variables)
        return call

    def _named(self, function: int, made: Any, name: str) -> Any:
        """Give a generator or coroutine the names of the function that it was written as."""
        made.__name__, made.__qualname__ = name, self._functions[function].name
        return made

    def name(self, name: str) -> int:
        """Return the number of a name."""
        return self.names.setdefault(name, len(self.names))

    def text(self, text: str) -> int:
        """Return the number of a text."""
        number = self.texts.get(text)
        if number is None:
            number = self.texts[text] = len(self.texts)
            self.chars_left -= len(text)
            if self.chars_left < 0:
                self.stop("too much text")
        return number

    def value(self, value: Any) -> int:
        """Return the number of the text of any value."""
        return self.text(simple(value) if is_simple(type(value)) else written(value)[0])

    def stop(self, why: str) -> None:
        """Keep nothing any more."""
        self.cut = self.cut or why
        self.recording = False
        for call in self._calls:
            call.is_heard = False


class _Loop:
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


class _Call:
    """The report of one call; the hooks are its methods.

    Attributes:
        events, looks, changes: see `tracer.witness.events`; `looks` has the number of changes before each
            look at the variables.
    """

    __slots__ = (
        "_capture", "_globals", "_known", "_module", "_objects", "_packed", "_simple", "_variables",
        "changes", "events", "function", "is_heard", "looks",
    )  # fmt: skip

    def __init__(self, capture: Capture, function: int, watched: "_Watched", module: Variables) -> None:
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

    def loop(self, site: int, iterable: Any) -> _Loop:
        """A `for` is started; its header was a step already."""
        iterator = iter(iterable)
        self.events.extend((START, site, 0))
        return _Loop(site, iterator)

    def next(self, loop: _Loop, variables: Variables) -> bool:
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

    def async_loop(self, site: int, iterable: Any) -> _Loop:
        """An `async for` is started; its header was a step already."""
        iterator = aiter(iterable)
        self.events.extend((START, site, 0))
        return _Loop(site, iterator)

    def async_next(self, loop: _Loop, variables: Variables) -> Any:
        """The header of an `async for` is executed; what is returned is to be awaited."""
        if loop.begun:
            self.step(loop.site, variables)
        else:
            loop.begun = True
            variables.clear()
        self.waits(None)
        return self._async_next(loop)

    async def _async_next(self, loop: _Loop) -> bool:
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


def is_simple(kind: type) -> bool:
    """Tell whether values of exactly this type are None, a boolean, a number or a text."""
    return kind is int or kind is str or kind is float or kind is bool or kind is NoneType


def bound(code: CodeType, hooks: dict[bytes, Callable[..., Any]]) -> CodeType:
    """Return the code with each placeholder replaced by its hook."""

    def constant(value: Any) -> Any:
        if isinstance(value, CodeType):
            return bound(value, hooks)
        return hooks.get(value, value) if type(value) is bytes else value

    return code.replace(co_consts=tuple(map(constant, code.co_consts)))


def _watched(code: CodeType, module_names: frozenset[str]) -> _Watched:
    """Return the names of the variables that a function's calls are looked at for."""
    inner = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == ".body"]
    codes = [code, *inner]
    own = [name for one in codes for name in (*one.co_varnames, *one.co_cellvars, *one.co_freevars)]
    used: set[str] = set()
    while codes:
        one = codes.pop()
        used.update(one.co_names)
        codes += [
            constant
            for constant in one.co_consts
            if isinstance(constant, CodeType) and constant.co_name in _COMPREHENSIONS
        ]
    return tuple(dict.fromkeys(name for name in own if name[0] != ".")), tuple(sorted(used & module_names))


def _module_names(source: str) -> frozenset[str]:
    """Return the names of the module's variables, by the compiler's own table."""
    top = symtable.symtable(source, "<program>", "exec")
    names = {
        symbol.get_name()
        for symbol in top.get_symbols()
        if symbol.is_assigned() and not symbol.is_imported() and not symbol.is_namespace()
    }
    waiting = list(top.get_children())
    while waiting:
        table = waiting.pop()
        names |= {
            one.get_name() for one in table.get_symbols() if one.is_declared_global() and one.is_assigned()
        }
        waiting += table.get_children()
    return frozenset(names)
