"""What can watch a call in the child: one protocol for all observers."""

from contextlib import AbstractContextManager
from types import CodeType
from typing import Protocol

from tracer.observer import Observer
from tracer.recorder import Recorder
from tracer.told import Mode
from tracer.witness.capture import Capture
from tracer.witness.expression_capture import ExpressionCapture


class Watcher(Protocol):
    """Sees what a call does, and reports it as bytes."""

    @property
    def code(self) -> CodeType | None:
        """What to execute in the place of the program's own code, None: the program as it is."""

    def watching(self) -> AbstractContextManager[None]:
        """Watch what the body of the `with` calls."""

    def write(self, value: object) -> str:
        """Return the literal or marker of a value, by the observer's own writer."""

    def report(self) -> bytes:
        """Return what was seen, for `tracer.wire`'s `Unpacker`."""


def watcher_for(mode: Mode, source: str, filename: str, max_events: int) -> Watcher | None:
    """Return what watches a call in `mode`, None where only its outcome counts."""
    if mode == "record":
        return Recorder(filename, max_events, source=source)
    if mode == "witness":
        return Capture(source, filename, max_events)
    if mode == "observe":
        return Observer(source, filename, max_events)
    if mode == "witness_expressions":
        return ExpressionCapture(source, filename, max_events)
    return None
