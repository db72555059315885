"""Watches a call with `sys.settrace` and logs, per frame, each line event with the changed locals."""

import dis
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from tracer.trace import UNBOUND
from tracer.values import literal

MAX_EVENTS = 20_000

_ATOMS = (type(None), bool, int, float, str, bytes)
_UNSUPPORTED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_NORMAL_RETURNS = {"RETURN_VALUE", "RETURN_CONST", "YIELD_VALUE", "RETURN_GENERATOR"}


@dataclass(slots=True)
class Event:
    """A line about to run; `changed` is what differs from the frame's previous event."""

    line: int
    changed: dict[str, str]
    raised: str | None = None


@dataclass(slots=True)
class FrameLog:
    """The raw log of one frame, before steps are made of it."""

    function: str
    call: int
    parent: int | None
    suspends: bool
    events: list[Event] = field(default_factory=list)
    final_changes: dict[str, str] = field(default_factory=dict)
    returned: str | None = None
    raised: str | None = None
    # name -> (object, literal) at the last event; holding the object keeps its identity from being reused
    last: dict[str, tuple[object, str]] = field(default_factory=dict)

    def changes(self, variables: Mapping[str, object]) -> dict[str, str]:
        """Return the literals of names that differ from the last event, and remember the new state."""
        changed: dict[str, str] = {}
        last = self.last
        for name, value in variables.items():
            before = last.get(name)
            if before is not None and before[0] is value and type(value) in _ATOMS:
                continue
            text = literal(value)
            if before is None or before[1] != text:
                changed[name] = text
            last[name] = (value, text)
        if len(last) > len(variables):
            for name in [name for name in last if name not in variables]:
                changed[name] = UNBOUND
                del last[name]
        return changed


class Recorder:
    """Collects the frames of functions compiled from one file name.

    Only functions proper are recorded: comprehensions, lambdas and class bodies run inside a step of the
    function around them (and have frames of their own on some Python minors only).
    """

    def __init__(self, filename: str, max_events: int = MAX_EVENTS) -> None:
        self.logs: list[FrameLog] = []
        self.cut: str | None = None
        self._filename = filename
        self._events_left = max_events
        self._calls: dict[str, int] = {}
        self._open: dict[FrameType, tuple[int, FrameLog]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Trace what the body of the `with` calls."""
        previous = sys.gettrace()
        sys.settrace(self._on_call)
        try:
            yield
        finally:
            sys.settrace(previous)
            self._open.clear()

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        if code.co_filename != self._filename or not _is_function(code):
            return None
        if frame not in self._open:  # else: a generator is resumed
            self._begin(frame)
        return self._on_event

    def _begin(self, frame: FrameType) -> None:
        code = frame.f_code
        function = code.co_qualname
        self._calls[function] = self._calls.get(function, 0) + 1
        log = FrameLog(
            function=function,
            call=self._calls[function],
            parent=self._parent(frame),
            suspends=bool(code.co_flags & _UNSUPPORTED),
        )
        self._open[frame] = (len(self.logs), log)
        self.logs.append(log)

    def _parent(self, frame: FrameType) -> int | None:
        caller = frame.f_back
        while caller is not None:
            if caller in self._open:
                return self._open[caller][0]
            caller = caller.f_back
        return None

    def _on_event(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        log = self._open[frame][1]
        if event == "line":
            if self._events_left <= 0:
                self.cut = "too many events"
                return None
            self._events_left -= 1
            log.events.append(Event(frame.f_lineno, log.changes(frame.f_locals)))
        elif event == "exception":
            if log.events:
                log.events[-1].raised = arg[0].__name__
        elif event == "return":
            self._end(frame, log, arg)
        return self._on_event

    def _end(self, frame: FrameType, log: FrameLog, arg: object) -> None:
        log.final_changes.update(log.changes(frame.f_locals))
        if _returns_normally(frame):
            log.returned = literal(arg)
        else:
            log.raised = log.events[-1].raised if log.events else None
        if not log.suspends:
            del self._open[frame]


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & inspect.CO_OPTIMIZED) and not code.co_name.startswith("<")


def _returns_normally(frame: FrameType) -> bool:
    """Tell a return from an exception passing through: the event alone gives None for both."""
    opcode = frame.f_code.co_code[frame.f_lasti]
    return dis.opname[opcode] in _NORMAL_RETURNS
