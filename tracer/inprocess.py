"""Records a call of a function object in this very process: for code of one's own, without isolation."""

import inspect
import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import TextIO

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


class _Tee(io.StringIO):
    def __init__(self, shown: TextIO) -> None:
        super().__init__()
        self._shown = shown

    def write(self, text: str) -> int:
        self._shown.write(text)
        return super().write(text)

    def flush(self) -> None:
        self._shown.flush()
