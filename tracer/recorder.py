"""The first observer: watches a call with `sys.settrace`, line by line, with the values that changed.

Every variable is looked at at every line: nothing is assumed of what a line can change. No object of the
program is kept, so nothing lives longer than it would.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dis import opmap
from itertools import repeat
from types import CodeType, FrameType, TracebackType
from typing import Any

from tracer.codes import CodeFacts, facts_of
from tracer.framelog import RAISE, RESUME, SUSPEND, FrameLog, Pool
from tracer.program import looks_at_locals, module_variables
from tracer.shapes import name_of
from tracer.trace import RECURSION_LIMIT, Trace
from tracer.trace_wire import RecordedRun, decode_trace, encode_trace
from tracer.turns import TurnLog
from tracer.values import literal

MAX_EVENTS = 20_000
MAX_BYTES = 200_000_000
"""Cap on the contents that a recording keeps."""

_TraceFunction = Callable[[FrameType, str, Any], Any]
_OF_THE_ENVIRONMENT = (RecursionError, MemoryError, OSError, ImportError)
_RAISE = opmap["RAISE_VARARGS"]


class Recorder:
    """Records the functions compiled from one file name.

    Comprehensions, lambdas and class bodies run inside a step of the function around them (and have frames
    of their own on some Python minors only).

    Args:
        filename: as given to `compile`.
        max_events: line events before the recording is cut.
        source: text of the file.
    """

    code: CodeType | None = None
    """A recorded program runs as it is."""

    def __init__(self, filename: str, max_events: int = MAX_EVENTS, *, source: str) -> None:
        self.logs: list[FrameLog] = []
        self.cut: str | None = None
        self.stdout = ""
        self._source = source
        self._filename = filename
        self._module_variables = module_variables(source)
        self._pool = Pool(MAX_BYTES)
        self._tick = repeat(None, max_events).__next__
        self._calls: dict[CodeType, tuple[int, int]] = {}  # number of the code object, and of calls of it
        # By address, since to hold a frame is to hold its variables.
        self._open: dict[int, FrameLog] = {}
        self._fallen: dict[int, FrameLog] = {}
        self._exceptions: dict[int, int] = {}
        self._facts: dict[CodeType, CodeFacts] = {}
        self._turns = TurnLog()
        self._position: Callable[[], int] = lambda: 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Trace what the body of the `with` calls, and what it prints if `sys.stdout` is an `io.StringIO`."""
        out = sys.stdout if isinstance(sys.stdout, io.StringIO) else None
        start = io.StringIO.tell(out) if out else 0
        if out is not None:
            tell = out.tell
            self._position = lambda: tell() - start
        previous = sys.gettrace()
        sys.settrace(self._on_call)
        watched = False
        try:
            yield
            watched = sys.gettrace() == self._on_call
        except BaseException as error:
            watched = sys.gettrace() == self._on_call
            sys.settrace(None)
            self._blame(error, error.__traceback__)
            raise
        finally:
            if self.cut is None and not watched:
                # Near the recursion limit there is no room for a trace function either: it ends the tracing.
                by_program = "settrace" in self._source
                self.cut = "the program switched tracing off" if by_program else RECURSION_LIMIT
            if self.cut is None and sys.version_info < (3, 13) and looks_at_locals(self._source):
                self.cut = "the program looks at its own variables (locals()), which watching changes"
            sys.settrace(previous)
            if out is not None and not out.closed:
                self.stdout = io.StringIO.getvalue(out)[start:]
            for log in self.logs:
                log.release()
            self._position = lambda: 0

    def write(self, value: object) -> str:
        """Return the literal or marker of a value."""
        return literal(value)

    def report(self) -> bytes:
        """Return what was recorded, in the form that `tracer.trace_wire.decode_trace` reads."""
        return encode_trace(RecordedRun(self.logs, self._pool, self._turns, self.cut, self.stdout))

    def trace(self) -> Trace:
        """Return what was recorded; steps are put together when they are asked for."""
        return decode_trace(self.report(), self._source)

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> _TraceFunction | None:
        code = frame.f_code
        facts = self._facts.get(code)
        if facts is None:
            facts = self._facts[code] = facts_of(code, self._filename, self._module_variables)
        if not facts.recorded:
            return None
        caller = self._caller(frame)
        log = self._open.get(id(frame))
        # A generator or coroutine goes on; an address alone does not tell, since it may be used again.
        resumed = log is not None and log.is_suspended and log.facts is facts and frame.f_lasti > facts.start
        if log is None or not resumed:
            log = self._begin(frame, facts, caller)
        if caller is None:
            self._turns.add(log.index, len(log.events), None, 0)
        else:
            self._turns.add(log.index, len(log.events), caller.index, len(caller.events))
        if resumed:
            log.is_suspended = False
            log.printed = self._position()
            log.mark(RESUME, log.printed, 0, 0)
        return log.watch

    def _begin(self, frame: FrameType, facts: CodeFacts, caller: FrameLog | None) -> FrameLog:
        code = frame.f_code
        number, call = self._calls.get(code, (len(self._calls), 0))
        self._calls[code] = number, call + 1
        parent = caller.index if caller else None
        log = FrameLog(facts, number, call + 1, len(self.logs), parent, self._pool, self._position())
        log.watch = self._watcher(log)
        self._open[id(frame)] = log
        self.logs.append(log)
        return log

    def _caller(self, frame: FrameType) -> FrameLog | None:
        is_open = self._open.get
        caller = frame.f_back
        while caller is not None:
            log = is_open(id(caller))
            if log is not None and self._facts.get(caller.f_code) is log.facts:
                return log
            caller = caller.f_back
        return None

    def _watcher(self, log: FrameLog) -> _TraceFunction:
        """Return the trace function of one frame.

        It is the hot path: what it needs is in local names, and it returns nothing, which leaves the
        frame's trace function as it is.
        """
        tick, look, pool, reraises = self._tick, log.look, log.pool, log.facts.reraises
        add_line, add_start, names = log.events.append, log.starts.append, log.names
        position, has_printed = self._position, log.print

        def watch(frame: FrameType, event: str, arg: Any) -> None:
            if event == "line":
                if reraises and frame.f_lasti in reraises:
                    return
                try:
                    tick()
                except StopIteration:
                    self._cut(frame, "too many events")
                    return
                look(frame.f_locals, frame.f_globals)
                if pool.bytes_left < 0:
                    self._cut(frame, "too much data")
                    return
                has_printed(position())
                add_line(frame.f_lineno)
                add_start(len(names))
            elif event == "return":
                self._on_return(frame, log, arg)
            elif event == "exception":
                self._on_exception(frame, log, arg[1], arg[2])

        return watch

    def _cut(self, frame: FrameType, why: str) -> None:
        self.cut = why
        stop_tracing(frame)

    def _on_return(self, frame: FrameType, log: FrameLog, arg: object) -> None:
        thrown = log.is_raising()
        log.print(self._position())
        log.look(frame.f_locals, frame.f_globals)
        how = log.facts.exit_at(frame.f_lasti)
        if how == "yields" and not thrown:
            log.is_suspended = True
            value = self._pool.atom_or_contents(arg)
            log.mark(SUSPEND, value, len(log.names), self._pool.serial(arg))
            return
        if how == "returns":
            log.returned = self._pool.atom_or_contents(arg), self._pool.serial(arg)
        else:
            self._fallen[id(frame)] = log
        self._open.pop(id(frame), None)

    def _on_exception(
        self, frame: FrameType, log: FrameLog, error: BaseException, traceback: TracebackType | None
    ) -> None:
        # The end of an iterator, or of what is awaited, shows as an exception that is none of this frame.
        if traceback is not None and traceback.tb_frame is frame:
            if self.cut is None and (why := _limit_met(error, traceback, self._filename)):
                self.cut = why
            propagated = traceback.tb_next is not None
            log.mark(RAISE, self._pool.value(name_of(error)), int(propagated), self._exception(error))
        if self._fallen:
            self._blame(error, traceback)

    def _blame(self, error: BaseException, traceback: TracebackType | None) -> None:
        """Tell the frames that an exception has left which one it was: of several they do not know it."""
        while traceback is not None:
            log = self._fallen.pop(id(traceback.tb_frame), None)
            if log is not None:
                log.raised = name_of(error), self._exception(error)
            traceback = traceback.tb_next

    def _exception(self, error: BaseException) -> int:
        """Return the number of an exception; those that are under way at one time have different ones."""
        return self._exceptions.setdefault(id(error), len(self._exceptions))


def _limit_met(error: BaseException, traceback: TracebackType, filename: str) -> str | None:
    """Say which limit of ours, or what of the machine, a program has met; None for an exception of its own.

    What a program does then is no property of the program: elsewhere it would do something else.
    """
    of_threads = isinstance(error, RuntimeError) and "start new thread" in str(error.args)
    if not of_threads and not isinstance(error, _OF_THE_ENVIRONMENT):
        return None
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    origin = traceback.tb_frame.f_code
    if origin.co_filename == filename and origin.co_code[traceback.tb_lasti] == _RAISE:
        return None
    if isinstance(error, RecursionError):
        return RECURSION_LIMIT
    return f"the program met a limit of the machine: {name_of(error)}"


def stop_tracing(frame: FrameType) -> None:
    """Have no trace function called any more, from inside one of `frame`."""
    sys.settrace(None)
    running: FrameType | None = frame
    while running is not None:
        running.f_trace = None
        running = running.f_back
