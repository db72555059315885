"""Turns the raw log of a frame into steps, with the meaning of lines from `tracer.program`."""

from dataclasses import dataclass

from tracer.loops import LoopClock
from tracer.program import Program
from tracer.recorder import FrameLog
from tracer.trace import Frame, Step


@dataclass(slots=True)
class _Visit:
    """Consecutive line events of one statement: a statement over several lines gives one per line."""

    line: int
    changed: dict[str, str]
    raised: str | None


def assemble(log: FrameLog, program: Program) -> Frame:
    """Make a frame of a log."""
    visits = _visits(log, program)
    clock = LoopClock(program)
    counts: dict[int, int] = {}
    steps = []
    for visit, following in zip(visits, [*visits[1:], None], strict=True):
        counts[visit.line] = counts.get(visit.line, 0) + 1
        next_line = following.line if following else None
        steps.append(
            Step(
                line=visit.line,
                occurrence=counts[visit.line],
                iterations=clock.step(visit),
                changed=visit.changed,
                next_line=next_line,
                branch=_branch(visit, next_line, log, program),
                raised=visit.raised,
            )
        )
    clock.end(log.raised)
    return Frame(
        function=log.function,
        call=log.call,
        parent=log.parent,
        arguments=log.events[0].changed if log.events else {},
        steps=tuple(steps),
        loops=tuple(clock.runs),
        returned=log.returned,
        raised=log.raised,
        unclear="it suspends (generator or coroutine)" if log.suspends else None,
    )


def _visits(log: FrameLog, program: Program) -> list[_Visit]:
    """Group the events of one statement; what an event sees changed was changed by the one before it."""
    visits: list[_Visit] = []
    effects = [*(event.changed for event in log.events[1:]), log.final_changes]
    for event, effect in zip(log.events, effects, strict=False):
        line = program.statement.get(event.line, event.line)
        # Two executions of a statement have another line between them, except on unclear lines.
        if visits and visits[-1].line == line and line not in program.unclear:
            visits[-1].changed.update(effect)
            visits[-1].raised = event.raised or visits[-1].raised
        else:
            visits.append(_Visit(line, dict(effect), event.raised))
    return visits


def _branch(visit: _Visit, following: int | None, log: FrameLog, program: Program) -> bool | None:
    block = program.conditions.get(visit.line)
    if block is None or visit.line in program.unclear or visit.raised is not None:
        return None
    if following is None:
        return None if log.raised is not None else False
    return block[0] <= following <= block[1]
