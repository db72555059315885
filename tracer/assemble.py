"""Turns the raw log of a frame into steps, with the meaning of lines from `tracer.program`."""

import ast
from array import array
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tracer.columns import Changes, Columns, text
from tracer.effects import Effect
from tracer.framelog import ABSENT, FrameLog, Mark
from tracer.loops import LoopClock
from tracer.program import Program, analyse
from tracer.snapshots import Stored
from tracer.trace import Frame, Parts


@dataclass(slots=True)
class _Visit:
    """Consecutive line events of one statement: a statement over several lines gives one per line.

    `position` is that of the first of them in the log.
    """

    line: int
    position: int
    changed: dict[str, Any] = field(default_factory=dict)
    raised: str | None = None
    propagated: bool = False
    yielded: Stored = ABSENT
    resumed: dict[str, Any] | None = None
    printed: tuple[int, int] | None = None


def frame_of(log: FrameLog, source: str, output: str) -> Frame:
    """Make a frame of a log; its steps are put together when they are first asked for."""
    returned = log.returned
    unclear = None
    return Frame(
        function=log.function,
        call=log.call,
        parent=log.parent,
        returned=None if returned is ABSENT else text(returned),
        raised=log.raised,
        unclear=unclear,
        suspended=log.is_suspended,
        _make=partial(_assemble, log.items, log.printed_before, log.raised, log.facts.globals, source),
        _output=partial(str, output),
    )


def _assemble(
    items: list[Any], printed: int, raised: str | None, module_names: tuple[str, ...], source: str
) -> Parts:
    program = analyse(source)
    first, visits = _visits(items, printed, program)
    columns = Columns()
    module: Changes = {name: first[name] for name in module_names if name in first}
    columns.begin({name: value for name, value in first.items() if name not in module}, module)
    clock = LoopClock(program)
    for index, visit in enumerate(visits):
        columns.add(visit.line, clock.step(visit), visit.changed)
        if visit.raised is not None:
            columns.raised[index] = visit.raised, visit.propagated
        if visit.yielded is not ABSENT:
            columns.yielded[index] = visit.yielded
        if visit.resumed:
            columns.resume(index, visit.resumed)
        if visit.printed is not None:
            columns.printed[index] = visit.printed
        if visit.line in program.conditions:
            following = visits[index + 1].line if index + 1 < len(visits) else None
            columns.set_branch(index, _branch(visit, following, raised, program))
    clock.end(raised)
    columns.finish()
    return Parts(columns, tuple(clock.runs), array("I", (visit.position for visit in visits)))


def _visits(items: list[Any], printed: int, program: Program) -> tuple[dict[str, Any], list[_Visit]]:
    """Read a log: the state before the first line, and the visits; changes belong to the visit before."""
    first: dict[str, Any] = {}
    visits: list[_Visit] = []
    changes = first
    visit = None
    stream = enumerate(items)
    for position, item in stream:
        if type(item) is str:
            changes[item] = next(stream)[1]
        elif type(item) is Effect:
            line = program.statement.get(item.line, item.line)
            if visit is not None and _comes_round(line, visit.line, program):
                continue
            # Two executions of a statement have another line between them, except on unclear lines.
            if visit is None or visit.line != line or line in program.unclear:
                visit = _Visit(line, position)
                visits.append(visit)
                changes = visit.changed
        else:
            assert type(item) is Mark
            if item.kind in ("print", "resume"):
                if visit is not None and item.kind == "print":
                    visit.printed = (visit.printed[0] if visit.printed else printed, item.detail)
                printed = item.detail
            elif visit is None:  # a generator that was closed before it began
                continue
            elif item.kind == "raise":
                visit.raised, visit.propagated = item.detail
            elif item.kind == "suspend":
                if visit.yielded is ABSENT:
                    visit.yielded = item.detail
                    visit.resumed = {}
                assert visit.resumed is not None
                changes = visit.resumed
    return first, visits


def _comes_round(line: int, before: int, program: Program) -> bool:
    """Tell an event at the header of an endless loop that is only the jump back to its start.

    Whether there is one depends on how the compiler laid out the body: it is no execution of the header.
    """
    loop = program.headers.get(line)
    if loop is None or not loop.endless or not loop.body_holds(before):
        return False
    around = program.loops.get(before, ())
    # After a `break` out of the loop, the header starts it anew.
    return not (isinstance(program.nodes.get(before), ast.Break) and around and around[-1] is loop)


def _branch(visit: _Visit, following: int | None, raised: str | None, program: Program) -> bool | None:
    block = program.conditions[visit.line]
    if visit.line in program.unclear or visit.raised is not None:
        return None
    if following is None:
        return None if raised is not None else False
    return block[0] <= following <= block[1]
