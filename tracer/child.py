"""The inside of the sandbox: makes the calls of one job, and says what each of them did."""

import builtins
import gc
import importlib.machinery
import io
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

from tracer.calls import Arguments, InputError, parse_arguments
from tracer.told import MAX_MESSAGE, Told, pack
from tracer.values import literal
from tracer.watchers import Watcher, watcher_for

_FILENAME = "<program>"
_MODULE = "program"
_RECURSION_LIMIT = sys.getrecursionlimit()

# What these give away (any object of the process) no program under test has a use for.
_REFUSED_EVENTS = frozenset({"gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames"})


class _OutputLimitError(BaseException):
    """More was printed than the limit allows; no `except Exception` of the program swallows it."""


class _Capture(io.StringIO):
    def __init__(self, limit: int) -> None:
        super().__init__()
        self.left = limit
        self.text = ""

    def write(self, text: str) -> int:
        self.left -= len(text)
        if self.left < 0:
            raise _OutputLimitError
        return super().write(text)

    def close(self) -> None:
        """Keep the text: a program may close its standard output."""
        if not self.closed:
            self.text = self.getvalue()
        super().close()

    def all(self) -> str:
        """Return what was written, closed or not."""
        return self.text if self.closed else self.getvalue()


class _MissingModules:
    """Comes last in the search for a module, and says why one of the standard library is not found."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in sys.stdlib_module_names:
            raise ModuleNotFoundError(
                f"{name} cannot be imported in the sandbox: it is not preloaded, and files cannot be read",
                name=name,
            )
        return None


def prepare() -> None:
    """Do once, before the forks: give programs a whole interpreter, and hide the harness from them."""
    import _sitebuiltins

    # `-S` leaves these out; programs call exit()
    builtins.exit = _sitebuiltins.Quitter("exit", "end-of-file")
    builtins.quit = _sitebuiltins.Quitter("quit", "end-of-file")
    sys.stdin = io.StringIO()
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tracer", "__main__")]:
        del sys.modules[name]
    sys.addaudithook(_refuse)


def explain_missing_modules() -> None:
    """Let an import that needs a file fail with the true reason: files cannot be read here."""
    sys.meta_path.append(_MissingModules)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event in _REFUSED_EVENTS:
        raise PermissionError(f"{event} is not available in the sandbox")


def outcomes(job: dict[str, Any]) -> Iterator[tuple[bytes, bytes | memoryview]]:
    """Make the calls of a job, one by one, and yield what is told of each, packed."""
    sys.stderr = io.StringIO()  # for a SyntaxWarning: it is no output of a call
    code = _compiled(job["code"])
    for text in job["inputs"]:
        told = Told("bad_program", message=code) if isinstance(code, str) else _call(job, code, text)
        yield _packed(told, job["limits"])
        if told.status == "memory":
            return  # not to be trusted with another call; the caller makes it in a new process


def _packed(told: Told, limits: dict[str, Any]) -> tuple[bytes, bytes | memoryview]:
    sizes = {name: limits[name] for name in ("output_chars", "result_bytes")}
    try:
        return pack(told, **sizes)
    except MemoryError:
        return pack(Told("memory", message="the result does not fit into the memory limit"), **sizes)


def _compiled(source: str) -> CodeType | str:
    """Compile a module, or say why it does not."""
    try:
        return compile(source, _FILENAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"the program does not compile: {str(error) or type(error).__name__}"


def _call(job: dict[str, Any], code: CodeType, text: str) -> Told:
    """Make one call and tell what it did, whatever the program left behind."""
    try:
        arguments = parse_arguments(text)
    except InputError as error:
        return Told("bad_input", message=str(error))
    capture = _Capture(job["limits"]["output_chars"])
    try:
        return _watched_call(job, code, arguments, capture)
    except MemoryError:
        return Told("memory", message="the memory limit was reached")
    except BaseException as error:  # such as a result that cannot be looked at
        return Told("crashed", message=f"the result cannot be read: {type(error).__name__}")
    finally:
        sys.modules.pop(_MODULE, None)


def _watched_call(job: dict[str, Any], code: CodeType, arguments: Arguments, capture: _Capture) -> Told:
    try:
        watcher = watcher_for(job["mode"], job["code"], _FILENAME, job["limits"]["events"])
    except MemoryError:
        raise
    except Exception as error:
        return Told("bad_program", message=f"it cannot be watched: {_described(error)}")
    if watcher is not None and watcher.code is not None:
        code = watcher.code
    function = _loaded(code, job["entry_point"], capture)
    if isinstance(function, str):
        return Told("bad_program", message=function)
    told = _observe(function, arguments, watcher, capture)
    if watcher is not None and told.status in ("returned", "raised"):
        try:
            told.report = watcher.report()
        except MemoryError:
            raise
        except Exception as error:
            return Told("crashed", message=f"the observer failed: {_described(error)}")
    return told


def _loaded(code: CodeType, entry_point: str, capture: _Capture) -> Callable[..., object] | str:
    """Load the program; return its entry point, or what is wrong with it."""
    sys.stdout = sys.stderr = capture
    try:
        return _load(code, entry_point)
    except MemoryError:
        raise
    except BaseException as error:  # whatever the program does at import
        return _described(error)
    finally:
        _restore()


def _load(code: CodeType, entry_point: str) -> Callable[..., object] | str:
    """Execute the module and return its entry point, or what is wrong with it."""
    module = types.ModuleType(_MODULE)  # a real one: dataclasses and pickle look a class's module up
    sys.modules[_MODULE] = module
    namespace = module.__dict__
    namespace["__builtins__"] = builtins
    exec(code, namespace)
    function = namespace.get(entry_point)
    if function is None:
        return f"it defines no {entry_point}"
    return function if callable(function) else f"{entry_point} is not callable"


def _observe(
    function: Callable[..., object],
    arguments: Arguments,
    watcher: Watcher | None,
    capture: _Capture,
) -> Told:
    sys.stdout = sys.stderr = capture
    try:
        if watcher is None:
            value = function(*arguments.positional, **arguments.keyword)
        else:
            with watcher.watching():
                value = function(*arguments.positional, **arguments.keyword)
        told = Told("returned", value=literal(value))
    except MemoryError:
        return Told("memory", message="the memory limit was reached")
    except BaseException as error:  # SystemExit and KeyboardInterrupt are outcomes, too
        told = Told("raised", exception=_name(error), message=_text(error))
    finally:
        _restore()
    if capture.left < 0:  # also where the program swallowed our exception
        return Told("output", message="more was printed than the limit allows")
    told.arguments = arguments.as_literal()
    told.stdout = capture.all()
    return told


def _restore() -> None:
    """Undo what a program may have done to the interpreter under the harness."""
    for reset in (sys.setprofile, sys.settrace):
        try:
            reset(None)
        except BaseException:  # raised by the program's own hook; the interpreter then drops it
            continue
    sys.setrecursionlimit(_RECURSION_LIMIT)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    gc.enable()


def _described(error: BaseException) -> str:
    return f"{_name(error)}: {_text(error)}"


def _name(error: BaseException) -> str:
    return _exactly(type.__getattribute__(type(error), "__name__"))


def _text(error: BaseException) -> str:
    try:
        return _exactly(str(error))[:MAX_MESSAGE]
    except BaseException:  # a __str__ of the program's own
        return "<no text>"


def _exactly(text: str) -> str:
    """Return a text that is no instance of a class of the program's own."""
    return "".join((text,))
