"""One self-contained web page that walks through a trace.

The page is a template with its style and its script beside it. All that a program can decide (source, names,
values, output) reaches it as JSON in a data block that no browser executes, and the script only ever
makes text of it. A content policy in the page names the hashes of its own style and script, so that nothing
else could run or be fetched even if some of that text were taken for markup.
"""

import base64
import hashlib
import json
from bisect import bisect_left
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core_bench.pages.highlight import coloured_lines
from core_bench.pages.timeline import Timeline
from core_bench.pages.traced import TracedCall
from tracer import Frame

_FOLDER = Path(__file__).resolve().parent
_SCRIPTS = ("trace_moments.js", "trace_view.js", "trace_moves.js")
_KINDS = {"run": 0, "call": 1, "back": 2, "resume": 3}
_PATCH_FROM = 48
"""Characters from which on a value is worth storing as what differs from the one before."""


def trace_page(traced: TracedCall) -> str:
    """Return the page as one HTML text that needs no other file and no network."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    style = _part("trace.css")
    parts = "".join(map(_part, _SCRIPTS))
    script = f'"use strict";\n(() => {{\n{parts}}})();\n'  # one scope, and none of it global
    return environment.get_template("trace.html").render(
        title=_printable(f"{traced.call} in {traced.file}"),
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
        data=Markup(_inert_json(page_data(traced))),
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
        "file": _printable(traced.file),
        "call": _printable(traced.call),
        "python": traced.trace.python,
        "cut": traced.trace.cut,
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


def _inert_json(data: Mapping[str, Any]) -> str:
    """Return JSON in pure ASCII that no HTML parser can take for markup."""
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _printable(text: str) -> str:
    """Return text that can be written as UTF-8: a file name may hold bytes that are none."""
    return text.encode("utf-8", "backslashreplace").decode()


@lru_cache
def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
