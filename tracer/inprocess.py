"""Records and observes calls in this very process: for code of one's own, without isolation."""

import builtins
import inspect
import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any, TextIO

from tracer.calls import parse_arguments
from tracer.observation import Observation
from tracer.observer import MAX_EVENTS, Observer
from tracer.program import ProgramError
from tracer.recorder import Recorder
from tracer.trace import Trace


def record(function: Callable[..., object], *args: object, **kwargs: object) -> Trace:
    """Call `function(*args, **kwargs)` and return the trace of every function of its source file.

    An exception of the call ends the trace and is part of it; it is not raised here.

    Raises:
        OSError: the function's source file cannot be read (one typed at a prompt has none).
    """
    path = inspect.getsourcefile(function)
    if path is None or not Path(path).is_file():
        raise OSError(f"the source of {function!r} is in no file; write it to one, or use record_calls")
    source = Path(path).read_text(encoding="utf-8")
    recorder = Recorder(inspect.unwrap(function).__code__.co_filename, source=source)
    # The frames of the trace tell of the exception; what is printed is shown and recorded.
    with redirect_stdout(_Tee(sys.stdout)), suppress(Exception), recorder.watching():
        function(*args, **kwargs)
    return recorder.trace()


def observe(code: str, entry_point: str, text: str, *, max_events: int = MAX_EVENTS) -> Observation:
    """Run a program in this very process, without isolation, and report every sub-expression of one call.

    An exception of the call ends the report; it is not raised here.

    Args:
        code: the program.
        entry_point: name of the function to call.
        text: the arguments, as for `parse_arguments`.
        max_events: cap on reported values and outcomes; beyond it the report is marked as cut.

    Raises:
        ProgramError: the program does not parse, or defines no such function.
        InputError: the text is no argument list of literals.
    """
    arguments = parse_arguments(text)
    observer = Observer(code, max_events=max_events)
    namespace: dict[str, Any] = {"__name__": "program", "__builtins__": builtins}
    exec(observer.code, namespace)
    function: Callable[..., object] | None = namespace.get(entry_point)
    if not callable(function):
        raise ProgramError(f"it defines no function {entry_point}")
    with observer.watching(), suppress(Exception, SystemExit):
        function(*arguments.positional, **arguments.keyword)
    return observer.observation()


class _Tee(io.StringIO):
    def __init__(self, shown: TextIO) -> None:
        super().__init__()
        self._shown = shown

    def write(self, text: str) -> int:
        self._shown.write(text)
        return super().write(text)

    def flush(self) -> None:
        self._shown.flush()
