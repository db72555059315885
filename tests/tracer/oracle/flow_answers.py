"""Answers queries for the way that a call takes, and for its end."""

from typing import Any

from tests.tracer.oracle.lookup import Run, pass_of, visit_of, visits_of
from tests.tracer.oracle.said import Answer, CannotTell, Known, NoAnswer
from tests.tracer.oracle.sites import Site


def condition(run: Run, query: Any) -> Answer:
    call = run.call(query)
    visit = visit_of(run, call, query)
    if visit.site.kind not in ("If", "While"):
        return NoAnswer("no condition")
    return NoAnswer("no outcome") if visit.branch is None else Known(str(visit.branch))


def iterations(run: Run, query: Any) -> Answer:
    call = run.call(query)
    one = pass_of(run, call, query)
    if one.after is None:
        return NoAnswer("the loop is not left")
    return Known(str(one.iterations))


def returned(run: Run, query: Any) -> Answer:
    call = run.call(query)
    if not call.over or call.raised is not None or call.returned is None:
        return NoAnswer("it does not return")
    return Known(run.text(call.returned))


def exception(run: Run, query: Any) -> Answer:
    call = run.call(query)
    if call.raised is None:
        return NoAnswer("no exception ends it")
    if call.raised == "StopIteration" and call.facts.generator:
        return CannotTell("it becomes a RuntimeError on the way out")
    return Known(repr(call.raised))


def exception_line(run: Run, query: Any) -> Answer:
    call = run.call(query)
    exception(run, query)
    if call.raised is None:
        return NoAnswer("no exception ends it")
    if call.raised == "StopIteration" and call.facts.generator:
        return CannotTell("it becomes a RuntimeError on the way out")
    spans: list[Site] = [
        run.told.table.sites[number] for numbers in call.facts.lines.values() for number in numbers
    ]
    around = [site for site in spans if site.line <= call.raised_line <= site.last]
    if len({site.line for site in around}) != 1:
        return CannotTell("several statements share this line")
    return Known(str(around[0].line))


def next_line(run: Run, query: Any) -> Answer:
    call = run.call(query)
    visit = visit_of(run, call, query)
    if visit.leaves_with:
        return CannotTell("the header of a `with` comes up on the way out")
    if visit.following is None:
        return Known("None") if call.over else NoAnswer("the call stays suspended there")
    following = visit.following.site
    if following.silent or following.unclear or call.facts.covered[following.line] > 1:
        return CannotTell("the next line may be left out, or is shared")
    return Known(str(following.line))


def executed(run: Run, query: Any) -> Answer:
    call = run.call(query)
    sites = [run.told.table.sites[number] for number in call.facts.lines.get(query.line, ())]
    if not sites:
        return CannotTell("no statement of the function begins on this line")
    if any(site.silent for site in sites):
        return CannotTell("nothing is executed there")
    done = any(visit.site.line == query.line for visit in call.visits)
    if not done and any(visit.site.line < query.line <= visit.site.last for visit in call.visits):
        return CannotTell("another statement runs over this line")
    return Known(str(done))


def count(run: Run, query: Any) -> Answer:
    call = run.call(query)
    return Known(str(len(visits_of(run, call, query.line))))
