"""Watches a call with `sys.settrace` and logs, per frame, each line event with the values that changed.

Only what the line before can have changed is looked at (`tracer.effects`). Python code that runs in
between, of whatever file, gives a call event; the frames that wait for it then compare everything.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import repeat
from types import CodeType, FrameType, TracebackType
from typing import Any

from tracer.assemble import frame_of
from tracer.codes import CodeFacts, facts_of
from tracer.effects import Effect, Effects, effects_of
from tracer.framelog import EVERYTHING, FrameLog
from tracer.snapshots import ATOMS
from tracer.trace import RECURSION_LIMIT, Trace
from tracer.turns import TurnLog

MAX_EVENTS = 20_000

_TraceFunction = Callable[[FrameType, str, Any], Any]


class Recorder:
    """Records the functions compiled from one file name.

    Comprehensions, lambdas and class bodies run inside a step of the function around them (and have frames
    of their own on some Python minors only). Objects that were seen are kept alive until the next event of
    their frame at least, so programs that watch their own garbage may behave differently.

    Args:
        filename: as given to `compile`.
        max_events: line events before the recording is cut.
        source: text of the file; without it every line is compared in full.
        compare_all: compare every variable at every line. It gives the same trace, slowly: it is how the
            analysis of effects is checked.
    """

    def __init__(
        self,
        filename: str,
        max_events: int = MAX_EVENTS,
        *,
        source: str | None = None,
        compare_all: bool = False,
    ) -> None:
        self.logs: list[FrameLog] = []
        self.cut: str | None = None
        self.stdout = ""
        self._source = source
        self._filename = filename
        self._effects = Effects() if source is None else effects_of(source)
        # A line that is not listed, and every line in a full comparison, may change everything.
        self._lines = _Lines({} if compare_all else self._effects.lines)
        self._all = _Lines()
        self._tick = repeat(None, max_events).__next__
        self._calls: dict[str, int] = {}
        self._open: dict[FrameType, FrameLog] = {}
        self._fallen: dict[FrameType, FrameLog] = {}
        self._facts: dict[CodeType, CodeFacts] = {}
        self._serials: dict[int, int] = {}
        self._turns = TurnLog()
        self._met_limit = False
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
            self._blame(type(error).__name__, error.__traceback__)
            raise
        finally:
            if self.cut is None and not watched:
                # Near the recursion limit there is no room for a trace function either: it ends the tracing.
                by_program = "settrace" in (self._source or "")
                self.cut = "the program switched tracing off" if by_program else RECURSION_LIMIT
            if self.cut is None and self._met_limit:
                self.cut = RECURSION_LIMIT
            sys.settrace(previous)
            if out is not None and not out.closed:
                self.stdout = io.StringIO.getvalue(out)[start:]
            for log in self.logs:
                log.release()
            for table in (self._open, self._fallen, self._serials):
                table.clear()

    def trace(self) -> Trace:
        """Return what was recorded; steps are put together when they are asked for.

        Raises:
            ValueError: the recorder was made without the source text.
        """
        if self._source is None:
            raise ValueError("a trace needs the source text: give it to Recorder(source=...)")
        frames = tuple(frame_of(log, self._source, self.stdout) for log in self.logs)
        for frame, turns in zip(frames, self._turns.by_frame(frames), strict=True):
            frame.take_turns(turns)
        return Trace(self._source, python_minor(), frames, self.cut, self.stdout)

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> _TraceFunction | None:
        code = frame.f_code
        facts = self._facts.get(code)
        if facts is None:
            facts = self._facts[code] = facts_of(code, self._filename, self._effects)
        if facts.quiet:
            return None
        caller = self._caller(frame)
        if caller is not None:
            caller.plan = EVERYTHING
        if not facts.recorded:
            return None
        log = self._open.get(frame)
        resumed = log is not None
        if log is None:
            log = self._begin(frame, facts, caller)
        if caller is None:
            self._turns.add(log.index, len(log.items), None, 0)
        else:
            self._turns.add(log.index, len(log.items), caller.index, len(caller.items))
        if resumed:  # a generator or coroutine
            log.resume()
        return log.watch

    def _begin(self, frame: FrameType, facts: CodeFacts, caller: FrameLog | None) -> FrameLog:
        function = facts.name
        call = self._calls[function] = self._calls.get(function, 0) + 1
        log = FrameLog(function, call, len(self.logs), caller.index if caller else None, facts)
        log.attach(frame, self._serials, self._position, self._compare_all_from_now)
        # A line that binds a global binds no local of that name: such functions are compared in full.
        log.watch = self._watcher(log, self._all if facts.binds_globals else self._lines)
        self._open[frame] = log
        self.logs.append(log)
        return log

    def _caller(self, frame: FrameType) -> FrameLog | None:
        is_open = self._open.get
        caller = frame.f_back
        while caller is not None:
            log = is_open(caller)
            if log is not None:
                return log
            caller = caller.f_back
        return None

    def _watcher(self, log: FrameLog, lines: "_Lines") -> _TraceFunction:
        """Return the trace function of one frame.

        It is the hot path: what it needs is in local names, and it returns nothing, which leaves the
        frame's trace function as it is.
        """
        tick, last, contents = self._tick, log.last, log.contents
        append = log.items.append

        def watch(frame: FrameType, event: str, arg: Any) -> None:  # noqa: PLR0912
            if event == "line":
                try:
                    tick()
                except StopIteration:
                    self._cut(frame)
                    return
                plan = log.plan
                if plan.binds:
                    if plan.names:
                        variables = frame.f_locals
                        for name in plan.names:
                            if name in variables:
                                value = variables[name]
                                if name not in last or last[name] is not value:
                                    if type(value) in ATOMS and name not in contents:
                                        last[name] = value
                                        append(name)
                                        append(value)
                                    else:
                                        log.set(name, value)
                            elif name in last:
                                log.unset(name)
                else:
                    log.observe(plan, frame.f_locals)
                log.plan = plan = lines[frame.f_lineno]
                append(plan)
            elif event == "return":
                self._on_return(frame, log, arg)
            elif event == "exception":
                self._on_exception(frame, log, arg)

        return watch

    def _cut(self, frame: FrameType) -> None:
        self.cut = "too many events"
        stop_tracing(frame)

    def _on_return(self, frame: FrameType, log: FrameLog, arg: object) -> None:
        thrown = log.raising()
        log.observe(log.plan, frame.f_locals)
        how = log.facts.exit_at(frame.f_lasti)
        if how == "yields" and not thrown:
            log.suspend(arg)
            return
        if how == "returns":
            log.returned = log.stored(arg)
        else:
            log.raised = log.pending
            self._fallen[frame] = log
        self._open.pop(frame, None)

    def _on_exception(
        self, frame: FrameType, log: FrameLog, arg: tuple[Any, Any, TracebackType | None]
    ) -> None:
        name, traceback = arg[0].__name__, arg[2]
        self._met_limit |= name == "RecursionError"
        # The end of an iterator, or of what is awaited, shows as an exception that is none of this frame.
        if traceback is not None and traceback.tb_frame is frame:
            log.exception(name, traceback.tb_next is not None)
        if self._fallen:
            self._blame(name, traceback)

    def _blame(self, name: str, traceback: TracebackType | None) -> None:
        """Tell the frames that an exception has left its name: their own last events may not know it."""
        while traceback is not None:
            log = self._fallen.pop(traceback.tb_frame, None)
            if log is not None:
                log.raised = name
            traceback = traceback.tb_next

    def _compare_all_from_now(self) -> None:
        """A defaultdict is about: what only reads can change it, so no line is above suspicion."""
        self._lines.clear()
        for log in self._open.values():
            log.plan = EVERYTHING


class _Lines(dict[int, Effect]):
    """Line -> effect, EVERYTHING of that line where none is known."""

    def __missing__(self, line: int) -> Effect:
        effect = self[line] = Effect(line)
        return effect


def stop_tracing(frame: FrameType) -> None:
    """Have no trace function called any more, from inside one of `frame`."""
    sys.settrace(None)
    running: FrameType | None = frame
    while running is not None:
        running.f_trace = None
        running = running.f_back


def python_minor() -> str:
    """Return the running minor version, such as "3.11"."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"
