"""Turns the raw log of a frame into steps, with the meaning of lines from `tracer.program`."""

import ast
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from tracer.columns import Changes, Columns, Values
from tracer.framelog import NO_OBJECT, PRINT, RAISE, RESUME, SUSPEND
from tracer.loops import LoopClock
from tracer.program import Program, analyse
from tracer.trace import Parts

Marks = dict[int, list[tuple[int, int, int, int]]]
"""Event -> the marks after it (`tracer.framelog`)."""


@dataclass(frozen=True, slots=True)
class RawFrame:
    """What was recorded of one frame.

    Attributes:
        events: line of each line event.
        starts: number of changes before each event, and at last the number of all.
        changed: number of the name of each change.
        values: number of the value of each change.
        objects: serial number of the object of each change.
        marks: what else happened.
        printed: length of the output when the frame began.
        raised: name of the exception that ended it.
        exception: number of that exception, NO_OBJECT where it is not known which one it was.
        module: names that are variables of the module.
        names: name of each number.
    """

    events: "array[int]"
    starts: "array[int]"
    changed: "array[int]"
    values: "array[int]"
    objects: "array[int]"
    marks: Marks
    printed: int
    raised: str | None
    exception: int
    module: frozenset[str]
    names: Sequence[str]

    def changes(self, start: int, stop: int) -> Changes:
        """Return a stretch of changes; of several of one name the last counts."""
        names = self.names
        return {names[self.changed[row]]: (self.values[row], self.objects[row]) for row in range(start, stop)}


@dataclass(slots=True)
class _Visit:
    """Consecutive line events of one statement: a statement over several lines gives one per line.

    Attributes:
        line: first line of the statement.
        position: index of the first of the events.
        start: index of the first change, `stop` behind the last one before a suspension or the end, and
            `end` behind the last one.
        exceptions: those that were seen in it, as (name, whether it came from a callee, number).
    """

    line: int
    position: int
    start: int
    stop: int | None = None
    end: int = 0
    raised: str | None = None
    exceptions: tuple[tuple[int, bool, int], ...] = ()
    yielded: int | None = None
    printed: tuple[int, int] | None = None


def assemble(raw: RawFrame, values: Values, source: str) -> Parts:
    """Put the steps of a frame together."""
    program = analyse(source)
    visits = _visits(raw, program, values)
    columns = Columns(values)
    first = raw.changes(0, raw.starts[0])
    module: Changes = {name: first[name] for name in first if name in raw.module}
    columns.begin({name: stored for name, stored in first.items() if name not in module}, module)
    clock = LoopClock(program)
    raised_at = None
    for index, visit in enumerate(visits):
        stop = visit.end if visit.stop is None else visit.stop
        changes = raw.changes(visit.start, stop) if visit.start < stop else {}
        columns.add(visit.line, clock.step(visit), changes)
        if visit.exceptions:
            name, propagated, _ = visit.exceptions[-1]
            columns.raised[index] = values.text(name)[1:-1], propagated
            if raw.exception != NO_OBJECT and any(row[2] == raw.exception for row in visit.exceptions):
                raised_at = index
        if visit.yielded is not None:
            columns.yielded[index] = visit.yielded
        if visit.stop is not None and visit.stop < visit.end:
            columns.resume(index, raw.changes(visit.stop, visit.end))
        if visit.printed is not None:
            columns.printed[index] = visit.printed
        if visit.line in program.conditions:
            following = visits[index + 1].line if index + 1 < len(visits) else None
            passing = raw.raised is not None and raised_at is None  # not known to have been raised before
            columns.set_branch(index, _branch(visit, following, passing, program))
    clock.end(raw.raised)
    columns.finish()
    positions = array("I", (visit.position for visit in visits))
    return Parts(columns, tuple(clock.runs), positions, raised_at)


def _visits(raw: RawFrame, program: Program, values: Values) -> list[_Visit]:
    """Read the events of a frame; changes belong to the visit before them."""
    visits: list[_Visit] = []
    visit = None
    statement, unclear = program.statement, program.unclear
    headers = program.headers
    printed = raw.printed
    for kind, position, _, _ in raw.marks.get(-1, ()):
        printed = position if kind in (PRINT, RESUME) else printed
    for index, event in enumerate(raw.events):
        line = statement.get(event, event)
        goes_on = visit is not None and (
            # Two executions of a statement have another line between them, except on unclear lines.
            (visit.line == line and line not in unclear)
            or (line in headers and _comes_round(line, visit.line, program))
        )
        if not goes_on:
            visit = _Visit(line, index, raw.starts[index])
            visits.append(visit)
        assert visit is not None
        visit.end = raw.starts[index + 1]
        for mark in raw.marks.get(index, ()):
            printed = _note(visit, mark, printed, values)
    return visits


def _note(visit: _Visit, mark: tuple[int, int, int, int], printed: int, values: Values) -> int:
    """Note a mark at its visit; return the length of the output after it."""
    kind, first, second, third = mark
    if kind == RAISE:
        visit.exceptions = (*visit.exceptions, (first, bool(second), third))
        visit.raised = values.text(first)
    elif kind == SUSPEND:
        if visit.stop is None:
            visit.stop, visit.yielded = second, first
    elif kind == PRINT:
        visit.printed = (visit.printed[0] if visit.printed else printed, first)
        return first
    return first if kind == RESUME else printed


def _comes_round(line: int, before: int, program: Program) -> bool:
    """Tell an event at the header of an endless loop that is only the jump back to its start.

    Whether there is one depends on how the compiler laid out the body: it is no execution of the header.
    """
    loop = program.headers[line]
    if not loop.endless or not loop.body_holds(before):
        return False
    around = program.loops.get(before, ())
    # After a `break` out of the loop, the header starts it anew.
    return not (isinstance(program.nodes.get(before), ast.Break) and around and around[-1] is loop)


def _branch(visit: _Visit, following: int | None, passing: bool, program: Program) -> bool | None:
    block = program.conditions[visit.line]
    if visit.line in program.unclear or visit.exceptions:
        return None
    if following is None:
        return None if passing else False
    return block[0] <= following <= block[1]
