"""One self-contained web page that walks through a trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core_bench.pages.document import document, printable
from core_bench.pages.highlight import coloured_lines
from core_bench.pages.timeline import Timeline
from core_bench.pages.traced import TracedCall
from tracer import Frame

_FOLDER = Path(__file__).resolve().parent
_PHASES = {"run": 0, "call": 1, "back": 2}
_PATCH_FROM = 48
"""Characters from which on a value is worth storing as what differs from the one before."""


def trace_page(traced: TracedCall) -> str:
    """Return the page as one HTML text that needs no other file and no network."""
    return document(
        _FOLDER,
        "trace.html",
        styles=("trace.css",),
        scripts=("trace_moments.js", "trace_view.js", "trace_moves.js"),
        data=page_data(traced),
        title=printable(f"{traced.call} in {traced.file}"),
    )


def page_data(traced: TracedCall) -> dict[str, Any]:
    """Return what the page knows: source, frames with their steps, and the order of the steps.

    A step is `[line, occurrence, loops, changed, next line, branch, raised]`; `moments` holds frame, step
    and phase (0 done in one go, 1 begins to call, 2 is back) of one moment after the other.
    """
    timeline = traced.timeline()
    outcome = traced.outcome
    return {
        "file": printable(traced.file),
        "call": printable(traced.call),
        "python": traced.trace.python,
        "cut": traced.trace.cut,
        "status": outcome.status,
        "value": outcome.value,
        "exception": outcome.exception,
        "message": outcome.message,
        "stdout": outcome.stdout,
        "lines": coloured_lines(traced.trace.code),
        "frames": [_frame(frame, index, timeline) for index, frame in enumerate(traced.trace.frames)],
        "moments": [
            number
            for event in timeline.events
            if event.number
            for number in (event.frame, event.step, _PHASES[event.kind])
        ],
    }


def _frame(frame: Frame, index: int, timeline: Timeline) -> dict[str, Any]:
    place = timeline.places.get(index)
    state = dict(frame.arguments)
    steps = []
    for step in frame.steps:
        changed = {name: _patch(state.get(name), text) for name, text in step.changed.items()}
        state.update(step.changed)
        loops = [number for pair in timeline.loops(step) for number in pair]
        branch = None if step.branch is None else int(step.branch)
        steps.append([step.line, step.occurrence, loops, changed, step.next_line, branch, step.raised])
    return {
        "function": frame.function,
        "call": frame.call,
        "parent": None if place is None else frame.parent,
        "at": place,
        "arguments": dict(frame.arguments),
        "returned": frame.returned,
        "raised": frame.raised,
        "unclear": frame.unclear,
        "steps": steps,
    }


def _patch(before: str | None, after: str) -> str | list[int | str]:
    """Return `after`, or [length of the common start, of the common end, text between] if that is shorter.

    A long list that changes in one place would otherwise be stored whole at each of thousands of steps.
    """
    if before is None or len(after) < _PATCH_FROM or not (before.isascii() and after.isascii()):
        return after  # beyond ASCII, positions in JavaScript are not those of Python
    shorter = min(len(before), len(after))
    start = _longest(shorter, lambda size: before[:size] == after[:size])
    end = _longest(shorter - start, lambda size: before[len(before) - size :] == after[len(after) - size :])
    return [start, end, after[start : len(after) - end]]


def _longest(most: int, fits: Callable[[int], bool]) -> int:
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        low, most = (middle, most) if fits(middle) else (low, middle - 1)
    return low
