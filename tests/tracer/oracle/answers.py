"""Answers queries from what a rewritten run reported: a literal, no answer, or "cannot tell"."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.tracer.oracle.sites import Site
from tests.tracer.oracle.timeline import Call, Pass, State, Visit, calls_of
from tests.tracer.oracle.told import Told


@dataclass(frozen=True)
class Known:
    """The one right answer."""

    text: str


@dataclass(frozen=True)
class NoAnswer:
    """There is no right answer, for this reason."""

    reason: str


@dataclass(frozen=True)
class CannotTell:
    """The oracle does not know, for this reason."""

    reason: str


Answer = Known | NoAnswer | CannotTell


class _SaidError(Exception):
    """Carries an answer out of the functions below."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class Oracle:
    """Answers every query about one run."""

    def __init__(self, told: Told) -> None:
        self.problem = told.problem
        self.told = told
        self.calls = [] if told.problem else calls_of(told)

    def answer(self, query: Any) -> Answer:
        """Answer a query; any object with the attributes of its kind will do."""
        if self.problem:
            return CannotTell(self.problem)
        try:
            return _KINDS[query.kind](self, query)
        except _SaidError as said:
            return said.answer

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
            raise _SaidError(NoAnswer(f"{what} is unbound"))
        text = self.told.texts[index]
        if text.startswith("<unsure"):
            raise _SaidError(CannotTell(f"{what} is {text}"))
        if text.startswith("<"):
            raise _SaidError(NoAnswer(f"{what} is {text}"))
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
            raise _SaidError(CannotTell("several functions have this name, or none has"))
        if named[0] in self.told.foreign:
            raise _SaidError(CannotTell("a call of it was made before the run"))
        for call in self.calls:
            if call.function == named[0] and call.number == query.call:
                if call.begun is None:
                    raise _SaidError(CannotTell("the generator was never started"))
                return call
        if len(made & set(shared)) and query.kind in ("line_executed", "line_count"):
            raise _SaidError(CannotTell("the line is that of another function of this name"))
        raise _SaidError(NoAnswer("no such call"))

    def value(self, call: Call, state: State, name: str) -> str:
        """Return the value of a name in a state."""
        place = call.state_of(name)
        if place is None:
            raise _SaidError(CannotTell(f"{name} is not looked at"))
        return self.text(state.texts[place], name)


def _clear_line(call: Call, line: int) -> None:
    """See that executions of a line are those of one statement."""
    sites = call.facts.lines.get(line, ())
    if not sites:
        raise _SaidError(CannotTell("no statement of the function begins on this line"))
    if len(sites) > 1 or call.facts.covered.get(line, 0) > 1:
        raise _SaidError(CannotTell("several statements share this line"))


def _visits(oracle: Oracle, call: Call, line: int, *, header: bool = False) -> list[Visit]:
    """Return the executions of a line that carries one statement only."""
    _clear_line(call, line)
    site = oracle.told.table.sites[call.facts.lines[line][0]]
    if site.kind in ("With", "AsyncWith"):
        raise _SaidError(CannotTell("the header of a `with` runs again on the way out"))
    if site.unclear or site.silent:
        raise _SaidError(CannotTell("the compiler may leave this out"))
    return [visit for visit in call.visits if visit.site.line == line]


def _visit(oracle: Oracle, call: Call, query: Any) -> Visit:
    found = _visits(oracle, call, query.line)
    if not 1 <= query.occurrence <= len(found):
        raise _SaidError(NoAnswer("not executed that often"))
    return found[query.occurrence - 1]


def _before(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    visit = _visit(oracle, call, query)
    return Known(oracle.value(call, call.states[visit.state], query.name))


def _after(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    return _after_visit(oracle, call, _visit(oracle, call, query), query.name)


def _after_visit(oracle: Oracle, call: Call, visit: Visit, name: str) -> Answer:
    before, after = _around(call, visit)
    place = call.state_of(name)
    if visit.site.suspends and place is not None and before.texts[place] != after.texts[place]:
        return CannotTell("the state at the suspension is not seen")
    return Known(oracle.value(call, _settled(call, visit.after, place), name))


def _settled(call: Call, index: int | None, place: int | None) -> State:
    """Return a state; whether the way out of some `with` blocks is an event of its own cannot be told."""
    assert index is not None
    state = call.states[index]
    for following in call.states[index + 1 :]:
        last = call.states[index]
        if last.site.role != "with exit":
            break
        index += 1
        if (last.passing or not last.site.calm) and place is not None:
            if last.texts[place] != following.texts[place]:
                raise _SaidError(CannotTell("the value changes on the way out of a `with`"))
    return state


def _around(call: Call, visit: Visit) -> tuple[State, State]:
    handed_out = visit.after is not None and call.states[visit.after].site.role == "suspension"
    if visit.raised is None and not handed_out:
        raise _SaidError(CannotTell("whether it raised is not seen"))
    if visit.raised and not handed_out:
        raise _SaidError(NoAnswer("it raises"))
    if visit.after is None:
        raise _SaidError(CannotTell("the call stays suspended there"))
    return call.states[visit.state], call.states[visit.after]


def _at_iteration(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    wanted = tuple(query.iterations)
    found = [visit for visit in _visits(oracle, call, query.line) if visit.iterations == wanted]
    if len(found) != 1:
        return NoAnswer(f"executed {len(found)} times in this iteration")
    if query.when == "before":
        return Known(oracle.value(call, call.states[found[0].state], query.name))
    return _after_visit(oracle, call, found[0], query.name)


def _condition(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    visit = _visit(oracle, call, query)
    if visit.site.kind not in ("If", "While"):
        return NoAnswer("no condition")
    return NoAnswer("no outcome") if visit.branch is None else Known(str(visit.branch))


def _pass(oracle: Oracle, call: Call, query: Any) -> Pass:
    _clear_line(call, query.line)
    for one in call.passes:
        if one.line == query.line and one.entry == query.entry:
            return one
    raise _SaidError(NoAnswer("the loop is not started that often"))


def _iterations(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    one = _pass(oracle, call, query)
    if one.after is None:
        return NoAnswer("the loop is not left")
    return Known(str(one.iterations))


def _at_exit(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    one = _pass(oracle, call, query)
    if one.after is None:
        return NoAnswer("the loop is not left")
    state = _settled(call, one.after, call.state_of(query.name))
    return Known(oracle.value(call, state, query.name))


def _argument(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    if query.name not in call.facts.parameters:
        return NoAnswer("no parameter")
    assert call.begun is not None
    return Known(oracle.value(call, call.states[call.begun], query.name))


def _returned(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    if not call.over or call.raised is not None or call.returned is None:
        return NoAnswer("it does not return")
    return Known(oracle.text(call.returned))


def _exception(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    if call.raised is None:
        return NoAnswer("no exception ends it")
    if call.raised == "StopIteration" and call.facts.generator:
        return CannotTell("it becomes a RuntimeError on the way out")
    return Known(repr(call.raised))


def _exception_line(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    _exception(oracle, query)
    if call.raised is None:
        return NoAnswer("no exception ends it")
    if call.raised == "StopIteration" and call.facts.generator:
        return CannotTell("it becomes a RuntimeError on the way out")
    spans: list[Site] = [
        oracle.told.table.sites[number] for numbers in call.facts.lines.values() for number in numbers
    ]
    around = [site for site in spans if site.line <= call.raised_line <= site.last]
    if len({site.line for site in around}) != 1:
        return CannotTell("several statements share this line")
    return Known(str(around[0].line))


def _next_line(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    visit = _visit(oracle, call, query)
    if visit.leaves_with:
        return CannotTell("the header of a `with` comes up on the way out")
    if visit.following is None:
        return Known("None") if call.over else NoAnswer("the call stays suspended there")
    following = visit.following.site
    if following.silent or following.unclear or call.facts.covered[following.line] > 1:
        return CannotTell("the next line may be left out, or is shared")
    return Known(str(following.line))


def _executed(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    sites = [oracle.told.table.sites[number] for number in call.facts.lines.get(query.line, ())]
    if not sites:
        return CannotTell("no statement of the function begins on this line")
    if any(site.silent for site in sites):
        return CannotTell("nothing is executed there")
    done = any(visit.site.line == query.line for visit in call.visits)
    if not done and any(visit.site.line < query.line <= visit.site.last for visit in call.visits):
        return CannotTell("another statement runs over this line")
    return Known(str(done))


def _count(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    return Known(str(len(_visits(oracle, call, query.line))))


def _same(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    before, after = _around(call, visit := _visit(oracle, call, query))
    places = [call.state_of(query.left), call.state_of(query.right)]
    if None in places:
        return CannotTell("a name is not looked at")
    left, right = (place for place in places if place is not None)
    if after.texts[left] < 0 or after.texts[right] < 0:
        return NoAnswer("a name is unbound")
    if visit.site.suspends:
        return CannotTell("the state at the suspension is not seen")
    if not after.ids[left] and not after.ids[right]:
        return NoAnswer("plain values")
    return Known(str(after.ids[left] == after.ids[right]))


def _nth_value(oracle: Oracle, query: Any) -> Answer:
    call = oracle.call(query)
    place = call.state_of(query.name)
    if place is None:
        return CannotTell(f"{query.name} is not looked at")
    taken: list[int] = []
    gap = False
    for state in call.states:
        text = state.texts[place]
        if text < 0:
            gap = True
            continue
        if taken and text == taken[-1]:
            if gap and len(taken) < query.ordinal:
                return CannotTell("it takes the same value once more")
            gap = False
            continue
        if taken and len(taken) < query.ordinal:
            if _fuzzy(call, state, query.name):
                return CannotTell("it changes where the lines cannot be told apart")
            if _alike(oracle.told.texts[taken[-1]], oracle.told.texts[text]):
                return CannotTell("the value differs in an order or the sign of a zero only")
        taken.append(text)
        gap = False
    if not 1 <= query.ordinal <= len(taken):
        return NoAnswer("it takes fewer values")
    for text in taken[: query.ordinal]:
        oracle.text(text, "a value")
    return Known(oracle.text(taken[query.ordinal - 1]))


def _fuzzy(call: Call, state: State, name: str) -> bool:
    """Tell whether a change seen in this state may have come in several steps of lines."""
    if state.site.role in ("begin", "suspension") or state.visit < 0:
        return False
    site = call.visits[state.visit].site
    if site.suspends or any(call.facts.covered.get(line, 0) > 1 for line in range(site.line, site.last + 1)):
        return True
    return not site.calm and name not in site.targets


def _alike(left: str, right: str) -> bool:
    return sorted(left.replace("-", "")) == sorted(right.replace("-", "")) and (
        "0.0" in left or "{" in left
    )


_KINDS: dict[str, Callable[[Oracle, Any], Answer]] = {
    "value_before": _before,
    "value_after": _after,
    "value_at_iteration": _at_iteration,
    "value_at_loop_exit": _at_exit,
    "nth_value": _nth_value,
    "condition": _condition,
    "loop_iterations": _iterations,
    "argument": _argument,
    "return_value": _returned,
    "exception_type": _exception,
    "exception_line": _exception_line,
    "next_line": _next_line,
    "line_executed": _executed,
    "line_count": _count,
    "same_object": _same,
}


def same_literal(left: str, right: str) -> bool:
    """Tell whether two literals are the same, but for the order in which the members of sets are written."""
    if left == right:
        return True
    if "{" not in left or sorted(left) != sorted(right):
        return False
    return _in_order(left) == _in_order(right)


def _in_order(text: str) -> str:
    tree = ast.parse(text, mode="eval")
    for node in reversed(list(ast.walk(tree))):
        if isinstance(node, ast.Set):
            node.elts.sort(key=ast.dump)
    return ast.dump(tree)
