"""Answers queries for the values of names."""

from typing import Any

from tests.tracer.oracle.lookup import Run, around, pass_of, settled, visit_of, visits_of
from tests.tracer.oracle.said import Answer, CannotTell, Known, NoAnswer, SaidError
from tests.tracer.oracle.timeline import Call, State, Visit


def before(run: Run, query: Any) -> Answer:
    call = run.call(query)
    visit = visit_of(run, call, query)
    return Known(run.value(call, call.states[visit.state], query.name))


def after(run: Run, query: Any) -> Answer:
    call = run.call(query)
    return _after_visit(run, call, visit_of(run, call, query), query.name)


def _after_visit(run: Run, call: Call, visit: Visit, name: str) -> Answer:
    before, after = around(call, visit)
    place = call.state_of(name)
    if visit.site.suspends and place is not None and before.texts[place] != after.texts[place]:
        return CannotTell("the state at the suspension is not seen")
    return Known(run.value(call, settled(call, visit.after, place), name))


def at_iteration(run: Run, query: Any) -> Answer:
    call = run.call(query)
    wanted = tuple(query.iterations)
    found = [visit for visit in visits_of(run, call, query.line) if visit.iterations == wanted]
    if len(found) != 1:
        return NoAnswer(f"executed {len(found)} times in this iteration")
    if query.when == "before":
        return Known(run.value(call, call.states[found[0].state], query.name))
    return _after_visit(run, call, found[0], query.name)


def at_exit(run: Run, query: Any) -> Answer:
    call = run.call(query)
    one = pass_of(run, call, query)
    if one.after is None:
        return NoAnswer("the loop is not left")
    state = settled(call, one.after, call.state_of(query.name))
    return Known(run.value(call, state, query.name))


def argument(run: Run, query: Any) -> Answer:
    call = run.call(query)
    if query.name not in call.facts.parameters:
        return NoAnswer("no parameter")
    _see_that_it_waited(run, call, query.name)
    assert call.begun is not None
    return Known(run.value(call, call.states[call.begun], query.name))


def same(run: Run, query: Any) -> Answer:
    call = run.call(query)
    visit = visit_of(run, call, query)
    after = around(call, visit)[1]
    places = [call.state_of(query.left), call.state_of(query.right)]
    if None in places:
        return CannotTell("a name is not looked at")
    left, right = (place for place in places if place is not None)
    if visit.site.suspends:
        return CannotTell("the state at the suspension is not seen")
    if after.texts[left] < 0 or after.texts[right] < 0:
        return NoAnswer("a name is unbound")
    if not after.ids[left] and not after.ids[right]:
        return NoAnswer("plain values")
    return Known(str(after.ids[left] == after.ids[right]))


def _see_that_it_waited(run: Run, call: Call, name: str) -> None:
    """See that a value was the same when a generator was made and when it was started."""
    place = call.state_of(name)
    if not call.facts.generator or call.begun is None or place is None:
        return
    text = call.states[call.begun].texts[place]
    if text >= 0 and (name not in call.facts.parameters or set("[{(<") & set(run.told.texts[text])):
        raise SaidError(CannotTell("it may have changed before the generator was started"))


def nth_value(run: Run, query: Any) -> Answer:
    call = run.call(query)
    place = call.state_of(query.name)
    if place is None:
        return CannotTell(f"{query.name} is not looked at")
    _see_that_it_waited(run, call, query.name)
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
            if _alike(run.told.texts[taken[-1]], run.told.texts[text]):
                return CannotTell("the value differs in an order or the sign of a zero only")
        taken.append(text)
        gap = False
    if not 1 <= query.ordinal <= len(taken):
        return NoAnswer("it takes fewer values")
    for text in taken[: query.ordinal]:
        run.text(text, "a value")
    return Known(run.text(taken[query.ordinal - 1]))


def _fuzzy(call: Call, state: State, name: str) -> bool:
    """Tell whether a change seen in this state may have come in several steps of lines."""
    if state.site.role in ("begin", "suspension") or state.visit < 0:
        return False
    site = call.visits[state.visit].site
    if site.suspends or any(call.facts.covered.get(line, 0) > 1 for line in range(site.line, site.last + 1)):
        return True
    return not site.calm and name not in site.targets


def _alike(left: str, right: str) -> bool:
    return sorted(left.replace("-", "")) == sorted(right.replace("-", "")) and ("0.0" in left or "{" in left)
