"""What a rewritten program calls while it runs: `_o_` in its builtins.

Calls are told apart by their frame objects' addresses, so that nothing is added to a program's variables. No
object of the program is held on to after a report, but what Python itself would hold at that place: the value
that is being returned or handed out, the subject of a `match`.
"""

import builtins
import os
import sys
import types
from collections.abc import Callable
from typing import Any

from tests.tracer.oracle.sites import Table
from tests.tracer.oracle.told import Entry
from tests.tracer.oracle.writer import names_an_object, text_of

MOST_REPORTS = 6_000
MOST_CHARS = 8_000_000
TAKEN = -1
RETURNED = -2

NameError = builtins.NameError
BaseException = builtins.BaseException
once = (None,)
z: None = None

_id = id
_type = type
_len = len
_getframe = sys._getframe
_exc_info = sys.exc_info
_name_of_type = type.__dict__["__name__"].__get__


class State:
    """What was reported so far, and how it stands."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.on = False
        self.log: list[Entry] = []
        self.texts: dict[str, int] = {}
        self.chars = 0
        self.serial = 0
        self.calls: dict[int, int] = {}
        self.kept: dict[int, dict[int, Any]] = {}
        self.open: list[tuple[list[int], list[int]]] = []
        self.opened = False
        self.stopped: str | None = None
        self.foreign: set[int] = set()


_state = State(Table())


def start(table: Table) -> State:
    """Begin anew for a program."""
    global _state  # noqa: PLW0603
    _state = State(table)
    return _state


def _index(value: Any) -> int:
    text = text_of(value)
    found = _state.texts.get(text)
    if found is None:
        found = _state.texts[text] = _len(_state.texts)
        _state.chars += _len(text)
    return found


def _log(frame: types.FrameType, site: int, texts: list[int], ids: list[int], more: Any = None) -> None:
    state = _state
    if not state.on:
        return
    serial = state.calls.get(_id(frame), 0)
    if serial <= 0:
        state.foreign.add(state.table.sites[site].function)
        return
    state.log.append((serial, site, (*texts,), (*ids,), more))
    if _len(state.log) > MOST_REPORTS or state.chars > MOST_CHARS:
        state.stopped = "too much to report"
        finish()


def _look_for_limits() -> None:
    kind = _exc_info()[0]
    if kind is RecursionError or kind is MemoryError:
        _state.stopped = "a limit of the interpreter was met"


def _line_in(frame: types.FrameType) -> int:
    """Return the line on which the exception that is being handled came up in a call, 0 if it does not say."""
    trace = _exc_info()[2]
    return trace.tb_lineno if trace is not None and trace.tb_frame is frame and trace.tb_lineno else 0


def finish() -> None:
    """End the process at once; the worker says what remains to be done before."""
    os._exit(1)


def _new_call(site: int) -> int:
    _state.serial += 1
    serial = _state.serial if _state.on else -_state.serial
    if _state.on:
        _state.log.append((serial, site, (), (), None))
    return serial


def _enter(frame: types.FrameType, site: int) -> None:
    facts = _state.table.functions[_state.table.sites[site].function]
    _state.kept.pop(_id(frame), None)
    if not facts.generator:
        _state.calls[_id(frame)] = _new_call(site - 1)  # the site of `made` comes before


def _leave(frame: types.FrameType, site: int, texts: list[int], ids: list[int]) -> None:
    slots = _state.kept.pop(_id(frame), {})
    returned = _index(slots[RETURNED]) if RETURNED in slots and _state.on else None
    _log(frame, site, texts, ids, returned)
    _state.calls.pop(_id(frame), None)


def visit(site: int, *values: Any) -> None:
    """Report all names: a statement is about to run."""
    if _state.on:
        _look_for_limits()
        texts = [_index(value) for value in values]
        ids = [_id(value) if names_an_object(value) else 0 for value in values]
        _log(_getframe(1), site, texts, ids)


def begin(site: int, *values: Any) -> None:
    """Report all names: the first statement of a call is about to run."""
    frame = _getframe(1)
    _enter(frame, site)
    if _state.on:
        texts = [_index(value) for value in values]
        ids = [_id(value) if names_an_object(value) else 0 for value in values]
        _log(frame, site, texts, ids)


def end(site: int, *values: Any) -> None:
    """Report all names, and the value that is returned."""
    texts = [_index(value) for value in values] if _state.on else []
    ids = [_id(value) if names_an_object(value) else 0 for value in values]
    _leave(_getframe(1), site, texts, ids)


def open() -> None:
    """Begin a report name by name."""
    _state.open.append(([], []))
    _state.opened = True


def opened() -> bool:
    """Tell whether a report name by name was begun right before."""
    if _state.opened:
        _state.opened = False
        return True
    return False


def value(value: Any) -> None:
    """Report the next name."""
    texts, ids = _state.open[-1]
    texts.append(_index(value) if _state.on else -1)
    ids.append(_id(value) if names_an_object(value) else 0)


def unbound() -> None:
    """Report that the next name has no value."""
    texts, ids = _state.open[-1]
    texts.append(-1)
    ids.append(0)


def close(operation: Callable[..., None], site: int) -> None:
    """End a report name by name, which is one of the three above."""
    texts, ids = _state.open.pop()
    frame = _getframe(1)
    if operation is end:
        _leave(frame, site, texts, ids)
        return
    if operation is begin:
        _enter(frame, site)
    if _state.on:
        _look_for_limits()
    _log(frame, site, texts, ids)


def mark(site: int) -> None:
    """Report that a place was passed; of an exception, the line on which it came up in the call."""
    _look_for_limits()
    frame = _getframe(1)
    _log(frame, site, [], [], _line_in(frame))


def out(site: int) -> None:
    """Report that the exception that is being handled leaves the call: its name, and its line there."""
    frame = _getframe(1)
    slots = _state.kept.get(_id(frame))
    if slots:
        slots.pop(RETURNED, None)
    _look_for_limits()
    _log(frame, site, [], [], (_name_of_type(_exc_info()[0]), _line_in(frame)))


def made(site: int, generator: Any) -> Any:
    """Report that a call of a generator or coroutine function was made; return what it made."""
    for name in ("gi_frame", "cr_frame", "ag_frame"):
        frame = getattr(generator, name, None)
        if frame is not None:
            _state.calls[_id(frame)] = _new_call(site)
            _state.kept.pop(_id(frame), None)
    return generator


def named(function: Any, name: str, qualname: str) -> Any:
    """Give a function its name; return it."""
    function.__name__ = name
    function.__qualname__ = qualname
    return function


def fell(value: Any) -> Any:
    """Keep what is about to be returned until the call is over; return it."""
    _state.kept.setdefault(_id(_getframe(1)), {})[RETURNED] = value
    return value


def keep(slot: int, value: Any) -> None:
    """Keep the value of an expression of the running statement."""
    _state.kept.setdefault(_id(_getframe(1)), {})[slot] = value


def take(slot: int) -> Any:
    """Return what was kept, and keep it no longer."""
    return _state.kept[_id(_getframe(1))].pop(slot)


def get(slot: int) -> Any:
    """Return what was kept."""
    return _state.kept[_id(_getframe(1))][slot]


def drop(slot: int) -> None:
    """Keep it no longer."""
    _state.kept[_id(_getframe(1))].pop(slot, None)
