"""Formal questions to a trace, and their evaluation: a gold literal, or a named refusal.

A query names program coordinates that mean the same on every Python minor: function, call number, line,
k-th execution. Never an event number.
"""

from dataclasses import dataclass
from typing import Literal

from tracer.program import Program, analyse
from tracer.trace import Frame, LoopRun, Step, Trace
from tracer.values import is_marker

Reason = Literal[
    "no such call",
    "line not executed",
    "not a condition",
    "not a loop",
    "loop not left",
    "raises",
    "unbound",
    "ambiguous",
    "opaque",
    "cut",
]


@dataclass(frozen=True, slots=True)
class ValueAfter:
    """Value of a variable right after the k-th execution of a line in the n-th call of a function.

    "After" is the state at the next event of the same frame.
    """

    function: str
    call: int
    line: int
    occurrence: int
    name: str
    kind: Literal["value_after"] = "value_after"


@dataclass(frozen=True, slots=True)
class ConditionOutcome:
    """Outcome of the condition of an `if`, `elif` or `while` at the k-th execution of its line."""

    function: str
    call: int
    line: int
    occurrence: int
    kind: Literal["condition"] = "condition"


@dataclass(frozen=True, slots=True)
class LoopIterations:
    """How often the body of the loop on a line is begun, from the loop's k-th start until it is left."""

    function: str
    call: int
    line: int
    entry: int
    kind: Literal["loop_iterations"] = "loop_iterations"


@dataclass(frozen=True, slots=True)
class ValueAtLoopExit:
    """Value of a variable when the loop on a line has just been left, after the loop's k-th start."""

    function: str
    call: int
    line: int
    entry: int
    name: str
    kind: Literal["value_at_loop_exit"] = "value_at_loop_exit"


Query = ValueAfter | ConditionOutcome | LoopIterations | ValueAtLoopExit


@dataclass(frozen=True, slots=True)
class Gold:
    """The answer that execution gave, as a canonical literal."""

    literal: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a query has no gold answer."""

    reason: Reason
    detail: str


def evaluate(query: Query, trace: Trace) -> Gold | Refusal:
    """Answer a query from a trace, or say why it has no answer."""
    program = analyse(trace.code)
    frame = _frame(query.function, query.call, trace)
    if isinstance(frame, Refusal):
        return frame
    if query.line in program.unclear:
        return Refusal("ambiguous", f"executions of line {query.line} cannot be counted")
    match query:
        case ValueAfter():
            return _value_after(query, frame)
        case ConditionOutcome():
            return _condition(query, frame, program)
        case LoopIterations():
            run = _loop_run(query.line, query.entry, frame, program)
            if isinstance(run, Refusal):
                return run
            if run.exit == "exception":
                return Refusal("loop not left", "an exception ended the loop")
            return Gold(str(run.iterations))
        case ValueAtLoopExit():
            return _value_at_exit(query, frame, program)


def _frame(function: str, call: int, trace: Trace) -> Frame | Refusal:
    if trace.cut is not None:
        return Refusal("cut", trace.cut)
    for frame in trace.frames:
        if frame.function == function and frame.call == call:
            return Refusal("ambiguous", f"{function}: {frame.unclear}") if frame.unclear else frame
    return Refusal("no such call", f"call {call} of {function} does not happen")


def _step(line: int, occurrence: int, frame: Frame) -> tuple[int, Step] | Refusal:
    for index, step in enumerate(frame.steps):
        if step.line == line and step.occurrence == occurrence:
            return index, step
    return Refusal("line not executed", f"line {line} is not executed {occurrence} times in this call")


def _value_after(query: ValueAfter, frame: Frame) -> Gold | Refusal:
    found = _step(query.line, query.occurrence, frame)
    if isinstance(found, Refusal):
        return found
    index, step = found
    if step.raised is not None:
        return Refusal("raises", f"the execution raises {step.raised}")
    return _gold(query.name, frame.after(index))


def _condition(query: ConditionOutcome, frame: Frame, program: Program) -> Gold | Refusal:
    if query.line not in program.conditions:
        return Refusal("not a condition", f"line {query.line} is no if, elif or while line")
    found = _step(query.line, query.occurrence, frame)
    if isinstance(found, Refusal):
        return found
    outcome = found[1].branch
    if outcome is None:
        return Refusal("raises", "the condition has no outcome")
    return Gold(str(outcome))


def _loop_run(line: int, entry: int, frame: Frame, program: Program) -> LoopRun | Refusal:
    if line not in program.headers:
        return Refusal("not a loop", f"line {line} is no for or while line")
    for run in frame.loops:
        if run.line == line and run.entry == entry:
            return run
    return Refusal("line not executed", f"the loop on line {line} is not started {entry} times in this call")


def _value_at_exit(query: ValueAtLoopExit, frame: Frame, program: Program) -> Gold | Refusal:
    run = _loop_run(query.line, query.entry, frame, program)
    if isinstance(run, Refusal):
        return run
    if run.exit in ("return", "exception"):
        return Refusal("loop not left", f"the call ended in the loop ({run.exit})")
    return _gold(query.name, frame.before(len(frame.steps) if run.after is None else run.after))


def _gold(name: str, state: dict[str, str]) -> Gold | Refusal:
    text = state.get(name)
    if text is None:
        return Refusal("unbound", f"{name} has no value there")
    return Refusal("opaque", f"{name} is {text}") if is_marker(text) else Gold(text)
