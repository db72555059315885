"""Replays a published program event by event, as its authors' tracer did.

The step index of a published probe counts the `line` events of `sys.settrace` over all frames of the program,
comprehensions included; the state of a step is that before the line about to run. Steps of our traces are
another thing (statements of one frame), so the events are recorded here by a small program of its own, which
runs in the sandbox.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core_bench.suites.sources.core import PublishedProbe
from tracer import Limits, run_calls

_MOST_EVENTS = 60_000
_LIMITS = Limits(cpu_s=30, wall_s=60.0, output_chars=200_000_000)
_PROGRAM = Path(__file__).with_name("replay_program.py")


@dataclass(frozen=True, slots=True)
class Event:
    """A line event.

    Attributes:
        frame: number of the frame.
        line: the line about to run.
        state: name -> text (`repr`) of the local variables before it.
        values: for each watched expression the text of its value in that state; None where it is not watched
            on this line, or cannot be evaluated.
    """

    frame: int
    line: int
    state: dict[str, str]
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """What a program did.

    Attributes:
        events: the line events in order, the first few ten thousand.
        returned: text (`repr`) of what the call returned; None where there is a failure.
        failure: why there is nothing to look at, None where there is.
    """

    events: tuple[Event, ...]
    returned: str | None
    failure: str | None = None

    def previous(self, index: int) -> int | None:
        """Return the index of the event of the same frame before the one at `index`."""
        frame = self.events[index].frame
        return next((i for i in range(index - 1, -1, -1) if self.events[i].frame == frame), None)

    def next(self, index: int) -> int | None:
        """Return the index of the event of the same frame after the one at `index`."""
        frame = self.events[index].frame
        return next((i for i in range(index + 1, len(self.events)) if self.events[i].frame == frame), None)


def replay(probe: PublishedProbe, watched: Sequence[tuple[str, Sequence[int]]] = ()) -> Replay:
    """Run a published program on its input.

    Args:
        probe: The program, its function and its input.
        watched: Expressions to evaluate, on copies of the variables, before the lines that are given.
    """
    job = {
        "imports": probe.imports,
        "source": probe.code,
        "call": f"{probe.function}({probe.input})",
        "watched": [[text, list(lines)] for text, lines in watched],
        "most": max(_MOST_EVENTS, probe.step + 10),
    }
    program = _PROGRAM.read_text(encoding="utf-8")
    [outcome] = run_calls(program, "replay", [repr(json.dumps(job))], limits=_LIMITS)
    if outcome.status != "returned":
        return Replay(
            (), None, f"{outcome.status}: {outcome.exception or ''} {outcome.message or ''}".strip()
        )
    data = json.loads(outcome.stdout)
    return Replay(_events(data["events"], len(watched)), data["returned"])


def _events(rows: list[list[object]], watched: int) -> tuple[Event, ...]:
    states: dict[int, dict[str, str]] = {}
    events = []
    for frame, line, changed, values in rows:
        assert isinstance(frame, int)
        assert isinstance(line, int)
        assert isinstance(changed, dict)
        assert isinstance(values, dict)
        before = states.get(frame, {})
        state = {name: text for name, text in {**before, **changed}.items() if text is not None}
        states[frame] = state
        events.append(Event(frame, line, state, tuple(values.get(str(n)) for n in range(watched))))
    return tuple(events)
