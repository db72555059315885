"""The inside of the sandbox: makes the calls of one job, and says what each of them did."""

import builtins
import gc
import importlib.machinery
import io
import json
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from types import CodeType
from typing import Any

from tracer.calls import Arguments, InputError, parse_arguments
from tracer.observer import Observer
from tracer.recorder import Recorder
from tracer.trace import RECURSION_LIMIT
from tracer.tracejson import trace_to_json
from tracer.values import literal

_FILENAME = "<program>"
_MODULE = "program"
_RECURSION_LIMIT = sys.getrecursionlimit()

# What these give away (any object of the process) no program under test has a use for.
_REFUSED_EVENTS = frozenset({"gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys._current_frames"})

Fields = dict[str, Any]


def _watcher(job: dict[str, Any]) -> Recorder | Observer | None:
    """Return what watches a call, if the job wants more than its outcome."""
    if job["mode"] == "record":
        return Recorder(_FILENAME, job["limits"]["events"], source=job["code"])
    if job["mode"] == "observe":
        return Observer(job["code"], _FILENAME, job["limits"]["events"])
    return None


def _report(watcher: Recorder | Observer) -> Fields:
    if isinstance(watcher, Recorder):
        return {"trace": trace_to_json(watcher.trace())}
    return {"observation": watcher.observation().to_json()}


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


def outcomes(job: dict[str, Any]) -> Iterator[bytes]:
    """Make the calls of a job, one by one, and yield the fields of each `Outcome` as JSON."""
    cap = job["limits"]["result_bytes"]
    sys.stderr = io.StringIO()  # for a SyntaxWarning: it is no output of a call
    code = _compiled(job["code"])
    for text in job["inputs"]:
        if isinstance(code, str):
            fields: Fields = {"status": "bad_program", "message": code}
        else:
            fields = _call(job, code, text)
            if watched := _met_recursion_limit(fields):
                # Being watched decides where the limit is met: what the call does is what it does unwatched.
                fields = _call({**job, "mode": "run"}, code, text)
                fields.update(watched if fields["status"] in ("returned", "raised") else {})
        yield _encoded(fields, cap)
        if fields["status"] == "memory":
            return  # not to be trusted with another call; the caller makes it in a new process


def _met_recursion_limit(fields: Fields) -> Fields:
    """Return the report of a watched call if it was cut at the recursion limit, else nothing."""
    return {
        kind: fields[kind]
        for kind in ("trace", "observation")
        if kind in fields and fields[kind]["cut"] == RECURSION_LIMIT
    }


def _compiled(source: str) -> CodeType | str:
    """Compile a module, or say why it does not."""
    try:
        return compile(source, _FILENAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"the program does not compile: {str(error) or type(error).__name__}"


def _encoded(fields: Fields, cap: int) -> bytes:
    try:
        body = json.dumps(fields).encode()
    except MemoryError:
        fields.update(status="memory")
        body = b'{"status": "memory", "message": "the result does not fit into the memory limit"}'
    if len(body) > cap:
        return b'{"status": "output", "message": "the result is larger than the limit"}'
    return body


def _call(job: dict[str, Any], code: CodeType, text: str) -> Fields:
    """Make one call and return the fields of its `Outcome`, whatever the program left behind."""
    try:
        arguments = parse_arguments(text)
    except InputError as error:
        return {"status": "bad_input", "message": str(error)}
    capture = _Capture(job["limits"]["output_chars"])
    try:
        return _loaded_call(job, code, arguments, capture)
    except MemoryError:
        return {"status": "memory", "message": "the memory limit was reached"}
    except BaseException as error:  # such as a result that cannot be looked at
        return {"status": "crashed", "message": f"the result cannot be read: {type(error).__name__}"}
    finally:
        sys.modules.pop(_MODULE, None)


def _loaded_call(job: dict[str, Any], code: CodeType, arguments: Arguments, capture: _Capture) -> Fields:
    sys.stdout = sys.stderr = capture
    try:
        watcher = _watcher(job)
        function = _load(watcher.code if isinstance(watcher, Observer) else code, job["entry_point"])
    except MemoryError:
        raise
    except BaseException as error:  # whatever the program does at import
        return {"status": "bad_program", "message": f"{type(error).__name__}: {_text(error)}"}
    finally:
        _restore()
    if isinstance(function, str):
        return {"status": "bad_program", "message": function}
    fields = _observe(function, arguments, watcher, capture)
    if watcher and fields["status"] in ("returned", "raised"):
        fields.update(_report(watcher))
    return fields


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
    watcher: Recorder | Observer | None,
    capture: _Capture,
) -> Fields:
    fields: Fields
    sys.stdout = sys.stderr = capture
    try:
        if watcher is None:
            value = function(*arguments.positional, **arguments.keyword)
        else:
            with watcher.watching():
                value = function(*arguments.positional, **arguments.keyword)
        fields = {"status": "returned", "value": literal(value)}
    except MemoryError:
        fields = {"status": "memory", "message": "the memory limit was reached"}
    except BaseException as error:  # SystemExit and KeyboardInterrupt are outcomes, too
        fields = {"status": "raised", "exception": _name(error), "message": _text(error)}
    finally:
        _restore()
    if capture.left < 0 and fields["status"] != "memory":  # also where the program swallowed our exception
        fields = {"status": "output", "message": "more was printed than the limit allows"}
    return {**fields, "arguments": arguments.as_literal(), "stdout": capture.all()}


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


def _name(error: BaseException) -> str:
    return str(type.__getattribute__(type(error), "__name__"))


def _text(error: BaseException) -> str:
    try:
        return str(str(error))[:500]
    except BaseException:  # a __str__ of the program's own
        return "<no text>"
