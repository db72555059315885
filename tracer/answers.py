"""Answers queries from a trace: a gold literal, or a named refusal.

Each kind has one function here, found by its class in `_ANSWERS`. Kinds whose data do not come from a line
trace (values of sub-expressions) are evaluated where those data are.
"""

from collections.abc import Callable, Sequence
from typing import Any

from tracer.agreement import RECORDING, Answer, agreed
from tracer.literals import parse_literal
from tracer.program import Program, analyse, functions_of, leaves_a_trace, parameters_of
from tracer.queries import (
    ArgumentValue,
    ConditionOutcome,
    ExceptionLine,
    ExceptionType,
    Gold,
    LineCount,
    LineExecuted,
    LoopIterations,
    NextLine,
    NthValue,
    Query,
    Refusal,
    ReturnValue,
    SameObject,
    ValueAfter,
    ValueAtIteration,
    ValueAtLoopExit,
    ValueBefore,
)
from tracer.trace import RECURSION_LIMIT, UNBOUND, Frame, LoopRun, Trace, check_minors
from tracer.values import comparison_key, is_marker, literal
from tracer.wire import MalformedError

CLOSED = "GeneratorExit"
"""What ends a generator that nobody needs any more; newer minors close it without raising it."""


def evaluate(query: Query, trace: Trace, *, observers: int = 2) -> Answer:
    """Answer a query from what the observers saw of a run, or say why it has no answer.

    A gold is given where both observers answer the same: the recording and the instrumented program, which
    share neither the capture of states nor the writing of literals nor the answering. Where they differ the
    refusal shows both; where there is only one, it says why.

    Args:
        query: What is asked.
        trace: A recording, with what the second observer saw (`Trace.second`).
        observers: 1 takes the word of the recording alone: for a look at a run, never for a gold.
    """
    try:
        first = recorded_answer(query, trace)
    except MalformedError as error:  # such a report is forged
        return Refusal("unconfirmed", f"the recording is malformed: {error}")
    if observers < 2:
        return first
    if trace.second is None:
        unconfirmed = Refusal("unconfirmed", f"the recording alone is no gold: {trace.unconfirmed}")
        return unconfirmed if isinstance(first, Gold) else first
    try:
        return agreed(first, trace.second.answer(query))
    except MalformedError as error:
        return Refusal("unconfirmed", f"the second report is malformed: {error}")


def recorded_answer(query: Query, trace: Trace) -> Answer:
    """Answer a query from the recording alone."""
    if trace.cut is not None:
        return cut_refusal(trace.cut)
    program = analyse(trace.code)
    frame = _frame(query.function, query.call, trace)
    if isinstance(frame, Refusal):
        return frame
    line = getattr(query, "line", None)
    if line in program.unclear:
        return Refusal("ambiguous", f"executions of line {line} cannot be counted")
    answer = _ANSWERS[type(query)](query, frame, program)
    return Gold(answer.literal, (RECORDING,)) if isinstance(answer, Gold) else answer


def evaluate_over(query: Query, traces: Sequence[Trace], *, observers: int = 2) -> Answer:
    """Answer a query from several runs of one call, under several hash seeds say.

    Runs that disagree give the refusal "not deterministic".

    Raises:
        DifferentPythonError: the runs are of different minor versions of Python.
    """
    check_minors(*(trace.python for trace in traces))
    answers = [evaluate(query, trace, observers=observers) for trace in traces]
    if any(answer != answers[0] for answer in answers[1:]):
        return Refusal("not deterministic", "runs of the same call give different answers")
    return answers[0]


def cut_refusal(cut: str) -> Refusal:
    """Return why nothing can be asked of a run that was cut."""
    return Refusal("not deterministic" if cut == RECURSION_LIMIT else "cut", cut)


def _frame(function: str, call: int, trace: Trace) -> Frame | Refusal:
    first = trace.find(function, 1)
    if first is not None and first.unclear:
        return Refusal("ambiguous", f"{function}: {first.unclear}")
    return trace.find(function, call) or Refusal("no such call", f"call {call} of {function} does not happen")


def _step(line: int, occurrence: int, frame: Frame) -> int | Refusal:
    """Return the index of the k-th execution of a line."""
    index = frame.columns.find(line, occurrence)
    if index is None:
        return Refusal("line not executed", f"line {line} is not executed {occurrence} times in this call")
    return index


def _value_after(query: ValueAfter, frame: Frame, program: Program) -> Answer:
    found = _step(query.line, query.occurrence, frame)
    return found if isinstance(found, Refusal) else _after(found, query.name, frame)


def _value_before(query: ValueBefore, frame: Frame, program: Program) -> Answer:
    found = _step(query.line, query.occurrence, frame)
    return found if isinstance(found, Refusal) else _gold(query.name, frame.value_before(found, query.name))


def _value_at_iteration(query: ValueAtIteration, frame: Frame, program: Program) -> Answer:
    columns = frame.columns
    wanted = tuple(query.iterations)
    found = [
        index
        for index, (line, iterations) in enumerate(zip(columns.lines, columns.iterations, strict=True))
        if line == query.line and iterations == wanted
    ]
    if len(wanted) != len(program.loops.get(query.line, ())):
        return Refusal("ambiguous", f"line {query.line} is in {len(program.loops.get(query.line, ()))} loops")
    if not found:
        return Refusal("line not executed", f"line {query.line} is not executed in iteration {wanted}")
    if len(found) > 1:  # an inner loop was started again, or the line is the header of one
        return Refusal("ambiguous", f"line {query.line} is executed {len(found)} times in iteration {wanted}")
    if query.when == "before":
        return _gold(query.name, frame.value_before(found[0], query.name))
    return _after(found[0], query.name, frame)


def _after(index: int, name: str, frame: Frame) -> Answer:
    raised = frame.columns.raised.get(index)
    if raised is not None:
        return Refusal("raises", f"the execution raises {raised[0]}")
    return _gold(name, frame.value_after(index, name))


def _condition(query: ConditionOutcome, frame: Frame, program: Program) -> Answer:
    if query.line not in program.conditions:
        return Refusal("not a condition", f"line {query.line} is no if, elif or while line")
    found = _step(query.line, query.occurrence, frame)
    if isinstance(found, Refusal):
        return found
    outcome = frame.columns.branch(found)
    return Refusal("raises", "the condition has no outcome") if outcome is None else Gold(str(outcome))


def _loop_run(line: int, entry: int, frame: Frame, program: Program) -> LoopRun | Refusal:
    if line not in program.headers:
        return Refusal("not a loop", f"line {line} is no for or while line")
    for run in frame.loops:
        if run.line == line and run.entry == entry:
            return run
    return Refusal("line not executed", f"the loop on line {line} is not started {entry} times in this call")


def _loop_iterations(query: LoopIterations, frame: Frame, program: Program) -> Answer:
    run = _loop_run(query.line, query.entry, frame, program)
    if isinstance(run, Refusal):
        return run
    if run.exit == "exception":
        return Refusal("loop not left", "an exception ended the loop")
    if _unfinished(frame) and run.after is None:
        return Refusal("loop not left", "the call was suspended in the loop for good")
    return Gold(str(run.iterations))


def _value_at_exit(query: ValueAtLoopExit, frame: Frame, program: Program) -> Answer:
    run = _loop_run(query.line, query.entry, frame, program)
    if isinstance(run, Refusal):
        return run
    if run.exit in ("return", "exception") or (_unfinished(frame) and run.after is None):
        return Refusal("loop not left", f"the call ended in the loop ({run.exit})")
    return _gold(
        query.name, frame.value_before(len(frame.steps) if run.after is None else run.after, query.name)
    )


def _nth_value(query: NthValue, frame: Frame, program: Program) -> Answer:
    if query.ordinal < 1:
        return Refusal("no such value", "values are counted from 1")
    first = {**frame.globals, **frame.arguments}.get(query.name)
    taken = [] if first is None else [first]
    for step in frame.steps:
        for changed in (step.changed, step.resumed):
            if query.name in changed:
                if step.line in program.unclear:
                    return Refusal("ambiguous", f"{query.name} changes on line {step.line}, maybe twice")
                if not taken or not _differ_in_zero(taken[-1], changed[query.name]):
                    taken.append(changed[query.name])
    taken = [text for text in taken if text != UNBOUND]
    # Two values that have the same marker may differ or not: from there on nothing can be counted.
    counted = next((index for index, text in enumerate(taken) if is_marker(text)), len(taken))
    if counted < min(query.ordinal, len(taken)):
        return _gold(query.name, taken[counted])
    if len(taken) < query.ordinal:
        return Refusal("no such value", f"{query.name} takes {len(taken)} values in this call")
    return Gold(taken[query.ordinal - 1])


def _differ_in_zero(before: str, after: str) -> bool:
    """Whether two values differ in the sign of a zero only, which is no other value to an answer."""
    if "0.0" not in before or "0.0" not in after or is_marker(before) or is_marker(after):
        return False
    return comparison_key(parse_literal(before)) == comparison_key(parse_literal(after))


def _argument(query: ArgumentValue, frame: Frame, program: Program) -> Answer:
    if query.name not in parameters_of(program.source).get(frame.function, ()):
        return Refusal("unbound", f"{frame.function} has no parameter {query.name}")
    return _gold(query.name, frame.arguments.get(query.name))


def _return_value(query: ReturnValue, frame: Frame, program: Program) -> Answer:
    if frame.returned is None:
        return Refusal(
            "not returned", f"it ends by {frame.raised}" if frame.raised else "it is left suspended"
        )
    return _gold("the return value", frame.returned)


def _exception_type(query: ExceptionType, frame: Frame, program: Program) -> Answer:
    step = _raised_at(frame)
    return step if isinstance(step, Refusal) else Gold(literal(frame.raised))


def _exception_line(query: ExceptionLine, frame: Frame, program: Program) -> Answer:
    step = _raised_at(frame)
    if isinstance(step, Refusal):
        return step
    line = frame.columns.lines[step]
    if line in program.unclear:
        return Refusal("ambiguous", f"executions of line {line} cannot be told apart")
    return Gold(str(line))


def _raised_at(frame: Frame) -> int | Refusal:
    if frame.raised is None or frame.raised == CLOSED:
        return Refusal("no exception", "no exception ends this call")
    if frame.raised_at is None:
        return Refusal("ambiguous", "of several exceptions in this call, nobody saw which one ended it")
    return frame.raised_at


def _next_line(query: NextLine, frame: Frame, program: Program) -> Answer:
    found = _step(query.line, query.occurrence, frame)
    if isinstance(found, Refusal):
        return found
    lines = frame.columns.lines
    following = lines[found + 1] if found + 1 < len(lines) else None
    if following is None and _unfinished(frame):
        return Refusal("line not executed", "the call is left suspended there")
    return Gold(str(following))


def _line_executed(query: LineExecuted, frame: Frame, program: Program) -> Answer:
    problem = _no_line(query.line, frame, program)
    return problem or Gold(str(query.line in frame.columns.lines))


def _line_count(query: LineCount, frame: Frame, program: Program) -> Answer:
    problem = _no_line(query.line, frame, program)
    return problem or Gold(str(frame.columns.lines.count(query.line)))


def _no_line(line: int, frame: Frame, program: Program) -> Refusal | None:
    if line not in program.nodes or not leaves_a_trace(program.nodes[line]):
        return Refusal("no such line", f"no statement that does something begins on line {line}")
    if functions_of(program.source).get(line) != frame.function:
        return Refusal("no such line", f"line {line} is not in the body of {frame.function}")
    return None


def _same_object(query: SameObject, frame: Frame, program: Program) -> Answer:
    found = _step(query.line, query.occurrence, frame)
    if isinstance(found, Refusal):
        return found
    if found in frame.columns.raised:
        return Refusal("raises", f"the execution raises {frame.columns.raised[found][0]}")
    state, objects = frame.after(found), frame.objects(found)
    for name in (query.left, query.right):
        if name not in state:
            return Refusal("unbound", f"{name} has no value there")
    if query.left not in objects and query.right not in objects:
        return Refusal("immutable", "whether two such values are one object is no property of the program")
    return Gold(str(objects.get(query.left) == objects.get(query.right)))


def _unfinished(frame: Frame) -> bool:
    """Tell whether a call is left suspended, for good or until the interpreter closed it."""
    return frame.returned is None and frame.raised in (None, CLOSED)


def _gold(name: str, text: str | None) -> Answer:
    if text is None:
        return Refusal("unbound", f"{name} has no value there")
    if is_marker(text):
        return Refusal("truncated" if text.startswith("<truncated") else "opaque", f"{name} is {text}")
    return Gold(text)


_ANSWERS: dict[type, Callable[[Any, Frame, Program], Answer]] = {
    ValueAfter: _value_after,
    ValueBefore: _value_before,
    ValueAtIteration: _value_at_iteration,
    ConditionOutcome: _condition,
    LoopIterations: _loop_iterations,
    ValueAtLoopExit: _value_at_exit,
    NthValue: _nth_value,
    ArgumentValue: _argument,
    ReturnValue: _return_value,
    ExceptionType: _exception_type,
    ExceptionLine: _exception_line,
    NextLine: _next_line,
    LineExecuted: _line_executed,
    LineCount: _line_count,
    SameObject: _same_object,
}
