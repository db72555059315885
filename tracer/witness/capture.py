"""What the hooks of a rewritten program do, in its own process.

Every variable is looked at before every statement, and what differs is noted as text. No object of the
program is kept.
"""

import symtable
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, TracebackType
from typing import Any

from tracer.wire import Packer
from tracer.witness.events import GONE
from tracer.witness.hooks import CallReport, Variables, Watched
from tracer.witness.rewriting import rewrite
from tracer.witness.writer import text_of

MOST_CHARS = 200_000_000
_HEADROOM = 500
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")


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
        self._filename = filename
        raising = [site for site in rewritten.sites if site.kind == "raise"]
        self._raise_lines = {line for site in raising for line in range(site.line, site.last + 1)}
        self._module_names = _module_names(source)
        self._module: Variables = {}
        self._watched: dict[int, Watched] = {}
        self._calls: list[CallReport] = []

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

    def write(self, value: object) -> str:
        """Return the literal or marker of a value."""
        return text_of(value)

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

    def _begin(self, function: int, variables: Variables) -> CallReport:
        """Begin the report of a call."""
        watched = self._watched.get(function)
        if watched is None:
            frame = sys._getframe(1)
            self._module = frame.f_globals
            watched = self._watched[function] = _watched(frame.f_code, self._module_names)
        call = CallReport(self, function, watched, self._module)
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
        return self.text(text_of(value))

    def limit_met(self, error: BaseException, traceback: TracebackType) -> str | None:
        """Say which limit of the machine a program has met, None for what its own `raise` raised."""
        of_threads = type(error) is RuntimeError and "new thread" in str(error.args)
        if not of_threads and not isinstance(error, MemoryError | OSError | ImportError | RecursionError):
            return None
        last = traceback
        while last.tb_next is not None:
            last = last.tb_next
        here = last.tb_frame.f_code.co_filename == self._filename
        if here and last.tb_lineno in self._raise_lines:
            return None
        return f"the program met a limit of the machine: {type(error).__name__}"

    def stop(self, why: str) -> None:
        """Keep nothing any more."""
        self.cut = self.cut or why
        self.recording = False
        for call in self._calls:
            call.is_heard = False


def bound(code: CodeType, hooks: dict[bytes, Callable[..., Any]]) -> CodeType:
    """Return the code with each placeholder replaced by its hook."""

    def constant(value: Any) -> Any:
        if isinstance(value, CodeType):
            return bound(value, hooks)
        return hooks.get(value, value) if type(value) is bytes else value

    return code.replace(co_consts=tuple(map(constant, code.co_consts)))


def _watched(code: CodeType, module_names: frozenset[str]) -> Watched:
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
