"""Traces as plain JSON values, one object a step: for other programs."""

from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from typing import Any

from tracer.columns import TEXT, UNBOUND, Changes, Columns, Stored, Values
from tracer.framelog import ABSENT, NO_OBJECT
from tracer.trace import Frame, LoopRun, Parts, Trace
from tracer.turns import Turn
from tracer.wire import Packer, Unpacker


def trace_to_json(trace: Trace) -> dict[str, Any]:
    """Return a trace as plain JSON values.

    A frame and a step have the attributes of `Frame` and `Step`. In addition `objects` gives name -> serial
    number for the names that came to stand for another object, and `resumed_objects` likewise.
    """
    return {
        "code": trace.code,
        "python": trace.python,
        "frames": [_frame_to_json(frame) for frame in trace.frames],
        "cut": trace.cut,
        "stdout": trace.stdout,
    }


def trace_from_json(data: dict[str, Any]) -> Trace:
    """Read back what `trace_to_json` gave."""
    output = data.get("stdout", "")
    frames = tuple(_frame_from_json(frame, output) for frame in data["frames"])
    return Trace(data["code"], data["python"], frames, data["cut"], output)


def _frame_to_json(frame: Frame) -> dict[str, Any]:
    columns = frame.columns
    steps = []
    for index, step in enumerate(frame.steps):
        fields: dict[str, Any] = {name: getattr(step, name) for name in step.__slots__}
        fields["printed"] = columns.printed.get(index)
        fields["objects"] = _serials({**columns.rebound(index), **columns.changes(index)})
        fields["resumed_objects"] = _serials(columns.resumed.get(index, {}))
        steps.append(fields)
    return {
        "function": frame.function,
        "call": frame.call,
        "parent": frame.parent,
        "caller_step": frame.caller_step,
        "turns": [asdict(turn) for turn in frame.turns],
        "arguments": frame.arguments,
        "globals": frame.globals,
        "objects": _serials({**columns.globals, **columns.arguments}),
        "steps": steps,
        "loops": [asdict(run) for run in frame.loops],
        "returned": frame.returned,
        "raised": frame.raised,
        "raised_at": frame.raised_at,
        "unclear": frame.unclear,
        "suspended": frame.suspended,
    }


def _frame_from_json(data: dict[str, Any], output: str) -> Frame:
    return Frame(
        **{name: data[name] for name in ("function", "call", "parent", "returned", "raised", "unclear")},
        suspended=data.get("suspended", False),
        _make=partial(_parts, data),
        _output=partial(str, output),
        _turns=tuple(Turn(**turn) for turn in data.get("turns", ())),
    )


def _parts(data: dict[str, Any]) -> Parts:
    known = _Known(data)
    columns = Columns(known.values())
    objects = data.get("objects", {})
    columns.begin(known.stored(data["arguments"], objects), known.stored(data.get("globals", {}), objects))
    texts = {**data.get("globals", {}), **data["arguments"]}
    for step in data["steps"]:
        objects = step.get("objects", {})
        rebound = {name: texts[name] for name in objects if name not in step["changed"] and name in texts}
        index = columns.add(
            step["line"], tuple(step["iterations"]), known.stored({**rebound, **step["changed"]}, objects)
        )
        columns.set_branch(index, step["branch"])
        if step["raised"] is not None:
            columns.raised[index] = step["raised"], step.get("propagated", False)
        if step.get("yielded") is not None:
            columns.yielded[index] = known.number(step["yielded"])
        texts.update(step["changed"])
        resumed = step.get("resumed", {})
        if resumed:
            columns.resume(index, known.stored(resumed, step.get("resumed_objects", {})))
            texts.update(resumed)
        if step.get("printed"):
            columns.printed[index] = tuple(step["printed"])
    columns.finish()
    return Parts(columns, tuple(LoopRun(**run) for run in data["loops"]), raised_at=data.get("raised_at"))


class _Known:
    """The texts of a frame by number."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._numbers: dict[str, int] = {UNBOUND: ABSENT}
        for texts in (data["arguments"], data.get("globals", {})):
            self._add(texts.values())
        for step in data["steps"]:
            self._add(step["changed"].values())
            self._add(step.get("resumed", {}).values())
            self._add([step["yielded"]] if step.get("yielded") is not None else [])

    def number(self, text: str) -> int:
        """Return the number of a text."""
        return self._numbers[text]

    def stored(self, texts: dict[str, str], serials: dict[str, int]) -> Changes:
        """Return values by number, with the serial numbers of their objects."""
        found: dict[str, Stored] = {}
        for name, text in texts.items():
            found[name] = self._numbers[text], serials.get(name, NO_OBJECT)
        return found

    def values(self) -> Values:
        """Return the table of the texts."""
        packer = Packer()
        packer.table([TEXT + text.encode("utf-8", "surrogatepass") for text in self._numbers])
        return Values(Unpacker(packer.body()).table())

    def _add(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._numbers.setdefault(text, len(self._numbers))


def _serials(changes: Changes) -> dict[str, int]:
    return {name: serial for name, (_, serial) in changes.items() if serial != NO_OBJECT}
