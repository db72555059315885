"""Finds in a run what a query is about, or says why there is no such thing."""

from typing import Any

from tests.tracer.oracle.said import CannotTell, NoAnswer, SaidError
from tests.tracer.oracle.timeline import Call, Pass, State, Visit, calls_of
from tests.tracer.oracle.told import Told


class Run:
    """What is known of one run, and how to find it."""

    def __init__(self, told: Told) -> None:
        self.problem = told.problem
        self.told = told
        self.calls = [] if told.problem else calls_of(told)

    def lines_of(self, function: str) -> list[int]:
        """Return the lines on which statements of a function begin, and those after them."""
        lines: set[int] = set()
        for facts in self.told.table.functions:
            if facts.qualname == function:
                lines |= {line + more for line in facts.lines for more in (0, 1)}
        return sorted(lines)

    def text(self, index: int, what: str = "the value") -> str:
        """Return a text that is a literal."""
        if index < 0:
            raise SaidError(NoAnswer(f"{what} is unbound"))
        text = self.told.texts[index]
        if text.startswith("<unsure"):
            raise SaidError(CannotTell(f"{what} is {text}"))
        if text.startswith("<"):
            raise SaidError(NoAnswer(f"{what} is {text}"))
        return text

    def call(self, query: Any) -> Call:
        """Return the call that a query is about."""
        functions = self.told.table.functions
        named = [index for index, facts in enumerate(functions) if facts.qualname == query.function]
        shared = named
        line = getattr(query, "line", None)
        made = {call.function for call in self.calls}
        if line is None:
            named = [index for index in named if index in made] or named
        else:
            named = [index for index in named if line in functions[index].lines] or named
        if len(named) != 1:
            raise SaidError(CannotTell("several functions have this name, or none has"))
        if named[0] in self.told.foreign:
            raise SaidError(CannotTell("a call of it was made before the run"))
        for call in self.calls:
            if call.function == named[0] and call.number == query.call:
                if call.begun is None:
                    raise SaidError(CannotTell("the generator was never started"))
                return call
        if len(made & set(shared)) and query.kind in ("line_executed", "line_count"):
            raise SaidError(CannotTell("the line is that of another function of this name"))
        raise SaidError(NoAnswer("no such call"))

    def value(self, call: Call, state: State, name: str) -> str:
        """Return the value of a name in a state."""
        place = call.state_of(name)
        if place is None:
            raise SaidError(CannotTell(f"{name} is not looked at"))
        return self.text(state.texts[place], name)


def clear_line(call: Call, line: int) -> None:
    """See that executions of a line are those of one statement."""
    sites = call.facts.lines.get(line, ())
    if not sites:
        raise SaidError(CannotTell("no statement of the function begins on this line"))
    if len(sites) > 1 or call.facts.covered.get(line, 0) > 1:
        raise SaidError(CannotTell("several statements share this line"))


def visits_of(run: Run, call: Call, line: int, *, header: bool = False) -> list[Visit]:
    """Return the executions of a line that carries one statement only."""
    clear_line(call, line)
    site = run.told.table.sites[call.facts.lines[line][0]]
    if site.kind in ("With", "AsyncWith"):
        raise SaidError(CannotTell("the header of a `with` runs again on the way out"))
    if site.unclear or site.silent:
        raise SaidError(CannotTell("the compiler may leave this out"))
    return [visit for visit in call.visits if visit.site.line == line]


def visit_of(run: Run, call: Call, query: Any) -> Visit:
    found = visits_of(run, call, query.line)
    if not 1 <= query.occurrence <= len(found):
        raise SaidError(NoAnswer("not executed that often"))
    return found[int(query.occurrence) - 1]


def pass_of(run: Run, call: Call, query: Any) -> Pass:
    clear_line(call, query.line)
    for one in call.passes:
        if one.line == query.line and one.entry == query.entry:
            return one
    raise SaidError(NoAnswer("the loop is not started that often"))


def settled(call: Call, index: int | None, place: int | None) -> State:
    """Return a state; whether the way out of some `with` blocks is an event of its own cannot be told."""
    assert index is not None
    state = call.states[index]
    for following in call.states[index + 1 :]:
        last = call.states[index]
        if last.site.role != "with exit":
            break
        index += 1
        unclear = last.passing or not last.site.calm
        if unclear and place is not None and last.texts[place] != following.texts[place]:
            raise SaidError(CannotTell("the value changes on the way out of a `with`"))
    return state


def around(call: Call, visit: Visit) -> tuple[State, State]:
    handed_out = visit.after is not None and call.states[visit.after].site.role == "suspension"
    if visit.raised is None and not handed_out:
        raise SaidError(CannotTell("whether it raised is not seen"))
    if visit.raised and not handed_out:
        raise SaidError(NoAnswer("it raises"))
    if visit.after is None:
        raise SaidError(CannotTell("the call stays suspended there"))
    return call.states[visit.state], call.states[visit.after]
