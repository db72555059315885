"""Long runs in two passes: log the lines of everything, choose places, run again and look only there.

The program must do the same twice; the line logs of both passes are compared, so that a gold value can
never come from a run that went elsewhere.
"""

import sys
from array import array
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from types import CodeType, FrameType
from typing import Any

from tracer.codes import facts_of
from tracer.recorder import stop_tracing
from tracer.values import literal

Place = tuple[int, int]
"""(Index of the frame, index of the line event in the frame); states are those right before the line."""


class NotRepeatableError(RuntimeError):
    """The second pass did not go the way of the first: the program is not deterministic."""


@dataclass(slots=True)
class LineLog:
    """The lines of one frame, in order.

    Attributes:
        function: qualified name.
        call: ordinal of the call, 1-based.
        lines: line of each line event; an array once the run is over.
    """

    function: str
    call: int
    lines: "array[int] | list[int]" = field(default_factory=list)


class LineRecorder:
    """Logs lines only, at a small multiple of the cost of a trace function that does nothing.

    Args:
        filename: as given to `compile`; functions of other files are not logged.
        max_events: line events after which the log is cut.
        places: where to look at the variables, too.
    """

    def __init__(self, filename: str, max_events: int = 10_000_000, places: Collection[Place] = ()) -> None:
        self.logs: list[LineLog] = []
        self.states: dict[Place, dict[str, str]] = {}
        self.cut: str | None = None
        self._filename = filename
        self._tick = repeat(None, max_events).__next__
        self._open: dict[FrameType, Callable[[FrameType, str, Any], Any]] = {}
        self._recorded: dict[CodeType, str | None] = {}
        self._calls: dict[str, int] = {}
        self._places: dict[int, set[int]] = {}
        for frame, event in places:
            self._places.setdefault(frame, set()).add(event)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Log what the body of the `with` calls."""
        previous = sys.gettrace()
        sys.settrace(self._on_call)
        watched = False
        try:
            yield
            watched = sys.gettrace() == self._on_call
        except BaseException:
            watched = sys.gettrace() == self._on_call
            raise
        finally:
            if self.cut is None and not watched:
                self.cut = "tracing was switched off, by the program or at the recursion limit"
            sys.settrace(previous)
            self._open.clear()
            for log in self.logs:
                log.lines = array("i", log.lines)

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> Callable[[FrameType, str, Any], Any] | None:
        code = frame.f_code
        if code not in self._recorded:
            facts = facts_of(code, self._filename)
            self._recorded[code] = facts.name if facts.recorded else None
        function = self._recorded[code]
        if function is None:
            return None
        watch = self._open.get(frame)
        if watch is None:
            call = self._calls[function] = self._calls.get(function, 0) + 1
            log = LineLog(function, call)
            chosen = self._places.get(len(self.logs))
            watch = self._watcher(log) if chosen is None else self._looker(log, len(self.logs), chosen)
            self.logs.append(log)
            self._open[frame] = watch
        return watch

    def _watcher(self, log: LineLog) -> Callable[[FrameType, str, Any], Any]:
        append, tick = log.lines.append, self._tick

        def watch(frame: FrameType, event: str, arg: Any) -> None:
            if event == "line":
                try:
                    tick()
                except StopIteration:
                    self._cut(frame)
                    return
                append(frame.f_lineno)

        return watch

    def _looker(self, log: LineLog, index: int, chosen: set[int]) -> Callable[[FrameType, str, Any], Any]:
        lines, tick = log.lines, self._tick
        states = self.states

        def watch(frame: FrameType, event: str, arg: Any) -> None:
            # The end of a call is the place after its last line.
            if event in ("line", "return"):
                if len(lines) in chosen and (index, len(lines)) not in states:
                    states[index, len(lines)] = {
                        name: literal(value) for name, value in frame.f_locals.items()
                    }
                if event == "line":
                    try:
                        tick()
                    except StopIteration:
                        self._cut(frame)
                        return
                    lines.append(frame.f_lineno)

        return watch

    def _cut(self, frame: FrameType) -> None:
        self.cut = "too many events"
        stop_tracing(frame)


def states_at(
    run: Callable[[], object], filename: str, places: Collection[Place], first: LineRecorder | None = None
) -> dict[Place, dict[str, str]]:
    """Run a call again and return name -> literal or marker of the variables at the chosen places.

    Args:
        run: makes the call, with fresh arguments at each time.
        filename: of the code to watch, as given to `compile`.
        places: taken from the logs of the first pass.
        first: the first pass; it is run here if it is not given.

    Raises:
        NotRepeatableError: the two passes executed different lines, or one of them was not seen to its end.
    """
    if first is None:
        first = LineRecorder(filename)
        with first.watching():
            run()
    second = LineRecorder(filename, places=places)
    with second.watching():
        run()
    if first.logs != second.logs:
        raise NotRepeatableError("the two passes executed different lines")
    for log in (first, second):
        if log.cut is not None:
            raise NotRepeatableError(f"not all of the run was seen: {log.cut}")
    return second.states
