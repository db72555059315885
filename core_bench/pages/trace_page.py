"""One self-contained web page that walks through a trace."""

from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core_bench.pages.document import document, printable
from core_bench.pages.highlight import coloured_lines
from core_bench.pages.timeline import Timeline
from core_bench.pages.traced import TracedCall
from tracer import Frame

_FOLDER = Path(__file__).resolve().parent
_KINDS = {"run": 0, "call": 1, "back": 2, "resume": 3}
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

    A step is `[line, occurrence, loops, changed, next line, branch, raised]`, of a suspended one
    `[..., yielded, resumed]`. `moments` holds of one moment after the other: its turn, its step, its kind (0
    done in one go, 1 begins to call, 2 is back, 3 goes on after a suspension), what of the step shows
    (`Event.done`), and how much is printed so far. A turn is `[frame, turn of the caller, step of the caller,
    moment at which the caller began to wait, whether it ends in a suspension]`, -1 for none.
    """
    timeline = traced.timeline()
    outcome = traced.outcome
    printed = _positions(outcome.stdout, traced.trace.stdout)
    return {
        "file": printable(traced.file),
        "call": printable(traced.call),
        "python": traced.trace.python,
        "cut": traced.trace.cut,
        "observers": printable(traced.agreement.sentence),
        "status": outcome.status,
        "value": outcome.value,
        "exception": outcome.exception,
        "message": outcome.message,
        "stdout": outcome.stdout,
        "lines": coloured_lines(traced.trace.code),
        "frames": [_frame(frame, timeline) for frame in traced.trace.frames],
        "turns": [
            [
                turn.frame,
                -1 if turn.caller is None else turn.caller,
                -1 if turn.step is None else turn.step,
                turn.number - 1,
                int(turn.suspends),
            ]
            for turn in timeline.turns
        ],
        "moments": [
            number
            for event in timeline.events
            if event.number
            for number in (event.turn, event.step, _KINDS[event.kind], event.done, printed(event.printed[1]))
        ],
    }


def _positions(shown: str, recorded: str) -> Callable[[int], int]:
    """Return what turns a place in the recorded output into one in the output as JavaScript counts it.

    `shown` may begin with what was printed when the program was loaded.
    """
    before = shown.removesuffix(recorded) if shown.endswith(recorded) else ""
    wide = [at for at, char in enumerate(shown) if ord(char) > 0xFFFF]  # JavaScript counts them twice
    return lambda place: len(before) + place + bisect_left(wide, len(before) + place)


def _frame(frame: Frame, timeline: Timeline) -> dict[str, Any]:
    state = dict(frame.arguments)
    steps = []
    for step in frame.steps:
        changed = {name: _patch(state.get(name), text) for name, text in step.changed.items()}
        state.update(step.changed)
        resumed = {name: _patch(state.get(name), text) for name, text in step.resumed.items()}
        state.update(step.resumed)
        loops = [number for pair in timeline.loops(step) for number in pair]
        branch = None if step.branch is None else int(step.branch)
        more = [] if step.yielded is None else [step.yielded, resumed]
        steps.append([step.line, step.occurrence, loops, changed, step.next_line, branch, step.raised, *more])
    return {
        "function": frame.function,
        "call": frame.call,
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
