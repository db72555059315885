"""A recording in its binary form: how it leaves the process of the program, and how it is read.

What is read may be forged. Numbers are checked against what they number when it arrives, texts and values
when they are asked for; either way a `MalformedError` says so.
"""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import le
from typing import Any

from tracer.assemble import Marks, RawFrame, assemble
from tracer.columns import TEXT, Values
from tracer.framelog import ABSENT, NO_OBJECT, PRINT, RAISE, SUSPEND, Contents, FrameLog, Pool
from tracer.trace import Frame, Trace
from tracer.turns import NOBODY, TurnLog
from tracer.values import literal
from tracer.wire import MalformedError, Packer, Unpacker, decoded

_MOST_FRAMES = 1 << 24
_MARK = 5  # numbers


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What a recorder has when a run is over."""

    logs: Sequence[FrameLog]
    pool: Pool
    turns: TurnLog
    cut: str | None
    stdout: str


def python_minor() -> str:
    """Return the running minor version, such as "3.11"."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def encode_trace(run: RecordedRun) -> bytes:
    """Return the binary form of a recording."""
    packer = Packer()
    packer.text(python_minor())
    packer.text(run.cut)
    packer.block(run.stdout.encode("utf-8", "surrogatepass"))
    packer.texts(run.pool.names)
    packer.table([b"", *map(_value, run.pool.values[1:])])
    packer.numbers(run.turns.numbers)
    codes = {log.code: log.facts.name for log in run.logs}
    packer.texts(codes.values())
    packer.number(len(run.logs))
    for log in run.logs:
        _pack_frame(log, packer)
    return packer.body()


def _value(kept: Any) -> bytes:
    if type(kept) is Contents:
        packed = kept.packed
        return packed if isinstance(packed, bytes) else TEXT + packed.encode("utf-8", "surrogatepass")
    return TEXT + literal(kept).encode("utf-8", "surrogatepass")


def _pack_frame(log: FrameLog, packer: Packer) -> None:
    name, exception = log.left_by() or (None, NO_OBJECT)
    packer.numbers((log.code, log.call, NOBODY if log.parent is None else log.parent, log.printed_before))
    packer.numbers(log.returned or (ABSENT, NO_OBJECT))
    packer.number(int(log.is_suspended))
    packer.text(name)
    packer.number(exception)
    packer.texts(log.facts.globals)
    starts = array("i", log.starts)
    starts.append(len(log.names))
    for column in (log.events, starts, log.names, log.values, log.objects, log.marks):
        packer.numbers(column)


def decode_trace(body: bytes | bytearray | memoryview, source: str) -> Trace:
    """Read a recording of a program; raises `MalformedError` for what is none."""
    reader = Unpacker(body)
    python = reader.required()
    cut = reader.text()
    run = _Read(
        source=source,
        stdout=decoded(reader.block()),
        names=reader.texts(),
        values=Values(reader.table()),
        turns=TurnLog(reader.numbers(NOBODY)),
        codes=reader.texts(),
    )
    if not len(run.values):
        raise MalformedError("there are no values")
    frames = tuple(_frame(reader, index, run) for index in range(reader.number(0, _MOST_FRAMES)))
    reader.end()
    run.turns.check(len(frames))
    for frame, row in zip(frames, run.turns.by_frame(frames), strict=True):
        frame.take_turns(row)
    return Trace(source, python, frames, cut, run.stdout)


@dataclass(frozen=True, slots=True)
class _Read:
    """What the frames of a recording share."""

    source: str
    stdout: str
    names: list[str]
    values: Values
    turns: TurnLog
    codes: list[str]


def _frame(reader: Unpacker, index: int, run: "_Read") -> Frame:
    code, call, parent, printed = reader.numbers(NOBODY, length=4)
    returned, _ = reader.numbers(NO_OBJECT, length=2)
    suspended = bool(reader.number(0, 1))
    raised = reader.text()
    exception = reader.number(NO_OBJECT, 1 << 31)
    module = frozenset(reader.texts())
    events = reader.numbers(1)
    starts = reader.numbers(0, length=len(events) + 1)
    changed = reader.numbers(0, len(run.names) - 1)
    total = len(changed)
    if starts[-1] != total or not all(map(le, starts, starts[1:])):
        raise MalformedError("the changes of lines do not follow each other")
    raw = RawFrame(
        events=events,
        starts=starts,
        changed=changed,
        values=reader.numbers(ABSENT, len(run.values) - 1, length=total),
        objects=reader.numbers(NO_OBJECT, length=total),
        marks=_marks(reader, len(events), total, run),
        printed=printed,
        raised=raised,
        exception=exception,
        module=module,
        names=run.names,
    )
    if not (0 <= code < len(run.codes) and call > 0 and parent < index and 0 <= returned < len(run.values)):
        raise MalformedError("a frame is numbered wrongly")
    name = run.codes[code]
    return Frame(
        function=name,
        call=call,
        parent=None if parent == NOBODY else parent,
        returned=None if returned == ABSENT else run.values.text(returned),
        raised=raised,
        unclear="two functions have this name" if run.codes.count(name) > 1 else None,
        suspended=suspended,
        _make=partial(assemble, raw, run.values, run.source),
        _output=partial(str, run.stdout),
    )


def _marks(reader: Unpacker, events: int, changes: int, run: "_Read") -> Marks:
    """Return event -> the marks after it; those before the first are at -1."""
    numbers = reader.numbers(-1)
    if len(numbers) % _MARK:
        raise MalformedError("a mark is cut")
    tops = {RAISE: len(run.values), SUSPEND: len(run.values)}
    found: Marks = {}
    for kind, after, first, second, third in zip(*[iter(numbers)] * _MARK, strict=True):
        top = tops.get(kind, len(run.stdout) + 1)
        if not (RAISE <= kind <= PRINT and 0 <= after <= events and 0 <= first < top):
            raise MalformedError("a mark is none")
        if not 0 <= second <= max(changes, 1):
            raise MalformedError("a mark is none")
        found.setdefault(after - 1, []).append((kind, first, second, third))
    return found
