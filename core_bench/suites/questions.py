"""Renders a query as a question in plain English: program coordinates only, one value asked."""

from core_bench.records import ProbeQuery, Problem
from tracer import ConditionOutcome, LoopIterations, ValueAfter, ValueAtLoopExit, parse_literal


def question(query: ProbeQuery, gold: str, problem: Problem, text: str, calls: int) -> str:
    """Return the question; of the gold literal it tells the type only.

    Args:
        query: what is asked.
        gold: the literal of the answer.
        problem: names the entry point.
        text: the argument list of the call.
        calls: how often the query's function is called during the run; where that is once, the call
            needs no number.
    """
    where = _where(query, problem, text, calls)
    kind = type(parse_literal(gold)).__name__
    return f"{where}, {_asked(query)} The answer is of type `{kind}`."


def _asked(query: ProbeQuery) -> str:
    match query:
        case ValueAfter():
            return (
                f"what is the value of `{query.name}` right after line {query.line} "
                f"has been executed for the {ordinal(query.occurrence)} time?"
            )
        case ConditionOutcome():
            return (
                f"is the condition on line {query.line} true or false "
                f"when it is evaluated for the {ordinal(query.occurrence)} time?"
            )
        case LoopIterations():
            return (
                f"how many times is the body of the loop on line {query.line} entered "
                f"when the program runs this loop for the {ordinal(query.entry)} time?"
            )
        case ValueAtLoopExit():
            return (
                f"what is the value of `{query.name}` when the loop on line {query.line} has just ended, "
                f"the {ordinal(query.entry)} time the program runs this loop?"
            )


def target(query: ProbeQuery) -> str:
    """Return the name under which the answer is asserted in a prompt."""
    match query:
        case ValueAfter() | ValueAtLoopExit():
            return query.name
        case ConditionOutcome():
            return "condition"
        case LoopIterations():
            return "iterations"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `4th`, ..."""
    suffix = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{suffix}"


def _where(query: ProbeQuery, problem: Problem, text: str, calls: int) -> str:
    during = f"During the call `{problem.entry_point}({text})`"
    if calls > 1:
        return (
            f"{during}, in the {ordinal(query.call)} call of `{query.function}` (by order of their beginning)"
        )
    return during
