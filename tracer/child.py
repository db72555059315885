"""The inside of the sandbox: makes the calls of one job, and says what each of them did."""

import sys
import typing
from collections.abc import Callable, Iterator
from io import StringIO
from marshal import loads
from opcode import opname
from types import CodeType, ModuleType, TracebackType
from typing import Any

from tracer.calls import Arguments, InputError, parse_arguments
from tracer.isolation import interpreter, reach
from tracer.isolation.boot import IN_REACH
from tracer.isolation.guard import Guard
from tracer.isolation.output import Capture, Errors, Input
from tracer.isolation.sources import Sources
from tracer.told import MAX_MESSAGE, Told, pack
from tracer.values import literal
from tracer.watchers import Watcher, watcher_for

_FILENAME = "<program>"
_MODULE = "program"
_GUARD = Guard()
_HARNESS = __file__.removesuffix("child.py")
_NO_OBSERVERS = (__file__, f"{_HARNESS}isolation/")

_MEMORY = "the memory limit was reached"

Job = dict[str, Any]
Packed = tuple[bytes, bytes | memoryview]


def prepare() -> None:
    """Do once, before the forks: give programs a whole interpreter, and hide the harness from them."""
    import _sitebuiltins

    # `-S` leaves these out; programs call exit()
    interpreter.add_builtins(
        exit=_sitebuiltins.Quitter("exit", "end-of-file"), quit=_sitebuiltins.Quitter("quit", "end-of-file")
    )
    _GUARD.install()
    _hide()


def _hide() -> None:
    """Cut the ways from what a program finds in its interpreter to the modules of the harness."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__module__", "") != "__main__"]
    typing.clear_overloads()  # `typing` keeps overloaded methods of ours
    for name in IN_REACH:
        vars(sys.modules[name]).update(__loader__=None, __spec__=None)
    hidden = ("tracer", "__main__", "ctypes", "_ctypes")
    for name in [name for name in sys.modules if name.partition(".")[0] in hidden]:
        del sys.modules[name]


def warm_up(job: Job) -> None:
    """Make the calls of a harmless job, so that later ones find their code used before."""
    own = interpreter.own_builtins()
    interpreter.reuse(own)
    for _ in outcomes(job):
        interpreter.reuse(own)


def explain_missing_modules() -> None:
    """Let an import that needs a file fail with the true reason: files cannot be read here."""
    sys.meta_path.append(reach.MissingModules)


def outcomes(job: Job) -> Iterator[Packed]:
    """Make the calls of a job, one by one, and yield what is told of each, packed."""
    sys.stderr = StringIO()  # for a SyntaxWarning: it is no output of a call
    code = _compiled(job["code"])
    if job["mode"] != "run":
        reach.hide_watcher()
    for given in job["inputs"]:
        told = Told("bad_program", message=code) if isinstance(code, str) else _call(job, code, given)
        yield _packed(told, job["limits"])
        if told.status == "memory":
            return  # not to be trusted with another call; the caller makes it in a new process


def _packed(told: Told, limits: dict[str, Any]) -> Packed:
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


def _call(job: Job, code: CodeType, given: str | bytes) -> Told:
    """Make one call and tell what it did, whatever the program left behind."""
    try:
        arguments = parse_arguments(given) if isinstance(given, str) else Arguments(*loads(given))
    except InputError as error:
        return Told("bad_input", message=str(error))
    try:
        watcher = watcher_for(job["mode"], job["code"], _FILENAME, job["limits"]["events"])
    except MemoryError:
        return Told("memory", message=_MEMORY)
    except Exception as error:
        return Told("bad_program", message=f"it cannot be watched: {_described(error)}")
    try:
        return _Call(job, arguments, watcher).told(code)
    except MemoryError:
        return Told("memory", message=_MEMORY)
    except BaseException as error:  # such as a result that cannot be looked at
        return Told("crashed", message=f"the result cannot be read: {_name(error)}")
    finally:
        sys.modules.pop(_MODULE, None)


class _Call:
    """One call, from the loading of the program to what is told of it."""

    def __init__(self, job: Job, arguments: Arguments, watcher: Watcher | None) -> None:
        self._job = job
        self._arguments = arguments
        self._watcher = watcher
        self._output = Capture(job["limits"]["output_chars"])
        self._input = Input()
        self._sources = Sources(job["sources"]) if job["sources"] else None

    def told(self, code: CodeType) -> Told:
        """Make the call, and leave the interpreter as it was."""
        if self._watcher is not None and self._watcher.code is not None:
            code = self._watcher.code
        own = interpreter.own_builtins()
        if self._sources is not None:
            self._sources.put_up(own)
        sys.stdin, sys.stdout, sys.stderr = self._input, self._output, Errors(self._output)
        _GUARD.begin(trusted=self._job["trusted"])
        try:
            function = self._loaded(code, own)
            told = (
                Told("bad_program", message=function) if isinstance(function, str) else self._made(function)
            )
        finally:
            meddling = _GUARD.end()
            interpreter.restore()
        told.meddling = meddling
        if self._sources is not None:
            told.sources = self._reached(told)
        return told

    def _loaded(self, code: CodeType, own: ModuleType) -> Callable[..., object] | str:
        """Execute the module; return its entry point, or what is wrong with it."""
        module = ModuleType(_MODULE)  # a real one: dataclasses and pickle look a class's module up
        sys.modules[_MODULE] = module
        namespace = module.__dict__
        namespace["__builtins__"] = own
        try:
            exec(code, namespace)
        except MemoryError:
            raise
        except BaseException as error:  # whatever the program does at import
            return _described(error)
        entry_point = self._job["entry_point"]
        function = namespace.get(entry_point)
        if function is None:
            return f"it defines no {entry_point}"
        return function if callable(function) else f"{entry_point} is not callable"

    def _made(self, function: Callable[..., object]) -> Told:
        """Call the entry point, and look at all that a caller can see."""
        arguments, watcher = self._arguments, self._watcher
        write = literal if watcher is None else watcher.write
        value: object = None
        raised: BaseException | None = None
        try:
            if watcher is None:
                value = function(*arguments.positional, **arguments.keyword)
            else:
                with watcher.watching():
                    value = function(*arguments.positional, **arguments.keyword)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are outcomes, too
            raised = error
        _GUARD.end()
        interpreter.restore()
        if isinstance(raised, MemoryError) and not _is_raised_by_hand(raised):
            return Told("memory", message=_MEMORY)
        if raised is None:
            told = Told("returned", value=write(value))
        elif place := _failure(raised):
            return Told("crashed", message=f"the observer failed: {_described(raised)} ({place})")
        else:
            told = Told("raised", exception=_name(raised), message=_text(raised))
        if self._output.left < 0:  # also where the program swallowed our exception
            return Told("output", message="more was printed than the limit allows")
        told.arguments = write(arguments.values())
        told.stdout = _exactly(self._output.all())
        return self._reported(told)

    def _reported(self, told: Told) -> Told:
        """Add what the watcher saw."""
        if self._watcher is None:
            return told
        try:
            told.report = self._watcher.report()
        except MemoryError:
            raise
        except Exception as error:
            return Told("crashed", message=f"the observer failed: {_described(error)}")
        return told

    def _reached(self, told: Told) -> tuple[str, ...]:
        assert self._sources is not None
        if self._input.asked:
            self._sources.noted_input()
        self._sources.look_at((told.value, told.message, told.arguments, told.stdout))
        return tuple(self._sources.reached)


def _is_raised_by_hand(error: BaseException) -> bool:
    """Tell whether an exception began with a `raise` statement, and so not with a limit of ours."""
    traceback = _innermost(error)
    if traceback is None:
        return False
    return opname[traceback.tb_frame.f_code.co_code[traceback.tb_lasti]] == "RAISE_VARARGS"


def _innermost(error: BaseException) -> TracebackType | None:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback


def _failure(error: BaseException) -> str | None:
    """Say where an exception was raised if that is in an observer: the program does not know of it.

    Near the recursion limit an observer has no more room than the program, which is no failure.
    """
    traceback = _innermost(error)
    if traceback is None or isinstance(error, RecursionError):
        return None
    path: str = traceback.tb_frame.f_code.co_filename
    if not path.startswith(_HARNESS) or path.startswith(_NO_OBSERVERS):
        return None
    return f"{path.removeprefix(_HARNESS)}, line {traceback.tb_lineno}"


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
