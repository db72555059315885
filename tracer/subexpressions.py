"""Answers questions about sub-expressions, and checks the two ways to observe a run against each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from tracer.agreement import EXPRESSIONS, SECOND_EXPRESSIONS, agreed
from tracer.answers import cut_refusal
from tracer.expression_queries import ExpressionQuery, ExpressionValue, OperandOutcome
from tracer.observation import Observation, ObservedFrame, Truth
from tracer.program import Program, analyse
from tracer.queries import Gold, Reason, Refusal
from tracer.trace import Frame, Trace, check_minors
from tracer.values import is_marker

ExpressionReason = Literal[
    "no such call",
    "no such expression",
    "line not executed",
    "not evaluated",
    "not a condition",
    "ambiguous",
    "opaque",
    "truncated",
    "cut",
]

_Item = TypeVar("_Item")


def evaluate_expression(
    query: ExpressionQuery, observation: Observation, *, observers: int = 2
) -> Gold | Refusal:
    """Answer a query from what the observers saw of a run, or say why it has no answer.

    As for `tracer.evaluate`, a gold is given where both observers answer the same; where they differ the
    refusal shows both, where there is only one it says why.

    Args:
        query: What is asked.
        observation: What was observed, with what the second observer saw (`Observation.second`).
        observers: 1 takes the word of the first alone: for a look at a run, never for a gold.
    """
    first = observed_answer(query, observation)
    if observers < 2:
        return first
    if observation.second is None:
        detail = f"one observer alone gives no gold: {observation.unconfirmed}"
        return Refusal("unconfirmed", detail) if isinstance(first, Gold) else first
    return agreed(first, observation.second.answer(query), (EXPRESSIONS, SECOND_EXPRESSIONS))


def observed_answer(query: ExpressionQuery, observation: Observation) -> Gold | Refusal:
    """Answer a query from what the first observer saw alone."""
    if observation.cut is not None:
        return cut_refusal(observation.cut)
    place = _place(query, observation)
    if isinstance(place, Refusal):
        return place
    frame = observation.frame(query.function, query.call)
    if frame is None:
        return _refuse("no such call", f"call {query.call} of {query.function} does not happen")
    statement = observation.sites.expressions[place].statement
    if not 1 <= query.occurrence <= frame.executions.get(statement, 0):
        return _refuse("line not executed", f"line {query.line} is not executed {query.occurrence} times")
    match query:
        case ExpressionValue():
            return _value(query, place, frame)
        case OperandOutcome():
            return _outcome(query, place, frame, observation.sites.expressions[place].operands)


def _refuse(reason: ExpressionReason, detail: str) -> Refusal:
    return Refusal(cast(Reason, reason), detail)


def _place(query: ExpressionQuery, observation: Observation) -> int | Refusal:
    """Find the number of the expression that is meant."""
    sites = observation.sites
    statements = sites.on_line(query.function, query.line)
    if len(statements) > 1:
        return _refuse("ambiguous", f"{len(statements)} statements of {query.function} are on that line")
    places = sites.places(query.expression, statements[0]) if statements else []
    if not places:
        detail = f"{query.expression} is no observed expression of {query.function} on line {query.line}"
        return _refuse("no such expression", detail)
    if query.place is None:
        if len(places) == 1:
            return places[0]
        return _refuse("ambiguous", f"{query.expression} is written {len(places)} times on line {query.line}")
    if not 1 <= query.place <= len(places):
        return _refuse("no such expression", f"{query.expression} is written {len(places)} times there")
    return places[query.place - 1]


def _evaluation(query: ExpressionQuery, evaluations: tuple[_Item, ...]) -> _Item | Refusal:
    if not evaluations:
        return _refuse("not evaluated", f"{query.expression} is not evaluated to its end in that execution")
    if query.evaluation is None:
        if len(evaluations) == 1:
            return evaluations[0]
        return _refuse("ambiguous", f"{query.expression} is evaluated {len(evaluations)} times there")
    if not 1 <= query.evaluation <= len(evaluations):
        return _refuse("not evaluated", f"{query.expression} is evaluated {len(evaluations)} times there")
    return evaluations[query.evaluation - 1]


def _value(query: ExpressionValue, place: int, frame: ObservedFrame) -> Gold | Refusal:
    text = _evaluation(query, frame.values.get((place, query.occurrence), ()))
    if isinstance(text, Refusal):
        return text
    if text.startswith("<truncated"):
        return _refuse("truncated", f"{query.expression} is {text}")
    return (
        _refuse("opaque", f"{query.expression} is {text}") if is_marker(text) else Gold(text, (EXPRESSIONS,))
    )


def _outcome(query: OperandOutcome, place: int, frame: ObservedFrame, operands: int | None) -> Gold | Refusal:
    if operands is None or not 0 <= query.operand <= operands:
        return _refuse("not a condition", f"{query.expression} decides nothing by an operand {query.operand}")
    truths: tuple[Truth, ...] | Refusal = _evaluation(
        query, frame.outcomes.get((place, query.occurrence), ())
    )
    if isinstance(truths, Refusal):
        return truths
    truth = truths[query.operand]
    if truth is None:
        return _refuse("not evaluated", f"{query.expression} is decided before operand {query.operand}")
    if truth == "opaque":
        return _refuse("opaque", f"the program does not ask operand {query.operand} for its truth")
    return Gold(str(truth), (EXPRESSIONS,))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that the line tracer and the instrumented run tell differently.

    `number` counts executions of the line for a branch, starts of the loop for iterations; None where
    the number of executions of the line itself differs. A None answer: that side tells of no such thing.
    """

    function: str
    call: int
    line: int
    number: int | None
    what: Literal["calls", "executions", "branch", "iterations"]
    traced: int | bool | None
    observed: int | bool | None


def compare_branches(trace: Trace, observation: Observation) -> list[Disagreement]:
    """Compare a trace and an observation of the same call, wherever both can tell.

    Compared are which calls there are, how often each line (but `while True`) is executed, the outcome of
    each `if` and `while`, and the iterations of each loop. Lines that line events leave unclear and frames
    that suspend are left out, and so is everything if one of the two was cut.

    Raises:
        DifferentPythonError: they are of different minor versions of Python.
    """
    check_minors(trace.python, observation.python)
    if trace.cut is not None or observation.cut is not None:
        return []
    program = analyse(observation.code)
    traced = {(frame.function, frame.call): frame for frame in trace.frames if _is_plain(frame.function)}
    observed = {(frame.function, frame.call): frame for frame in observation.frames}
    found = [
        Disagreement(*key, 0, None, "calls", int(key in traced), int(key in observed))
        for key in [*traced, *(key for key in observed if _is_plain(key[0]))]
        if (key in traced) != (key in observed)
    ]
    for key, frame in traced.items():
        if key in observed and frame.unclear is None:
            found.extend(_compare(frame, observed[key], observation, program))
    return found


def _is_plain(function: str) -> bool:
    """Tell a function proper from a lambda and the like, which a tracer may not list."""
    return not function.endswith(">")


def _compare(
    frame: Frame, observed: ObservedFrame, observation: Observation, program: Program
) -> Iterator[Disagreement]:
    where = frame.function, frame.call
    lines = {
        statement.line: number
        for number, statement in enumerate(observation.sites.statements)
        if statement.function == frame.function and statement.line not in program.unclear
    }
    executions = {line: observed.executions.get(number, 0) for line, number in lines.items()}
    counts: dict[int, int] = {}
    for step in frame.steps:
        counts[step.line] = max(counts.get(step.line, 0), step.occurrence)
    for line, count in executions.items():
        loop = program.headers.get(line)
        if loop is not None and loop.endless:
            continue  # whether `while True` gives a line event each time depends on what stands around it
        if counts.get(line, 0) != count:
            yield Disagreement(*where, line, None, "executions", counts.get(line, 0), count)

    branches = {(s.line, s.occurrence): s.branch for s in frame.steps if s.line in program.conditions}
    seen = {key: truth for key, truth in _branches(observed, observation) if key[0] in lines}
    for key in dict.fromkeys([*branches, *seen]):
        line, number = key
        outcome = seen.get(key)
        if line in lines and branches.get(key) != outcome:
            yield Disagreement(*where, line, number, "branch", branches.get(key), outcome)

    yield from _compare_loops(frame, observed, lines, program)


def _branches(
    observed: ObservedFrame, observation: Observation
) -> Iterator[tuple[tuple[int, int], bool | None]]:
    """Yield line and execution of each test of an `if` or `while`, with its outcome."""
    sites, conditions = observation.sites, analyse(observation.code).conditions
    for (number, occurrence), outcomes in observed.outcomes.items():
        statement = sites.expressions[number].statement
        line = sites.statements[statement].line
        if line in conditions and number == sites.tests.get(statement):
            truth = outcomes[-1][0]
            yield (line, occurrence), None if truth == "opaque" else truth


def _compare_loops(
    frame: Frame, observed: ObservedFrame, lines: Mapping[int, int], program: Program
) -> Iterator[Disagreement]:
    traced = {(run.line, run.entry): run.iterations for run in frame.loops}
    seen = {
        (line, entry): iterations
        for line, number in lines.items()
        if line in program.headers
        for entry, iterations in enumerate(observed.loops.get(number, ()), start=1)
    }
    for line, entry in dict.fromkeys([*traced, *seen]):
        key = line, entry
        if line in lines and traced.get(key) != seen.get(key):
            yield Disagreement(
                frame.function, frame.call, line, entry, "iterations", traced.get(key), seen.get(key)
            )
