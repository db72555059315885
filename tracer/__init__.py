"""Runs a Python program and records every intermediate state: gold labels that two observers agree on.

>>> import tracer
>>> [outcome] = tracer.record_calls("def f(n):\\n    n += 1\\n    return n\\n", "f", ["41"])
>>> outcome.value, outcome.trace.frames[0].steps[0].changed
('42', {'n': '42'})
"""

from tracer.answers import evaluate, evaluate_over
from tracer.calls import Arguments, InputError, first_argument, parse_arguments, parse_call
from tracer.expression_queries import ExpressionQuery, ExpressionValue, OperandOutcome
from tracer.inprocess import record
from tracer.isolation.pool import StoppedError
from tracer.observation import Observation
from tracer.order import Moment
from tracer.program import Loop, Program, ProgramError, analyse
from tracer.queries import (
    QUERY_KINDS,
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
from tracer.recorder import Recorder
from tracer.results import Limits, Outcome
from tracer.sandbox import (
    CallGroup,
    IsolationError,
    Options,
    layers,
    nondeterminism,
    observe_calls,
    record_calls,
    run_calls,
    stop_calls,
)
from tracer.shapes import Record
from tracer.source_text import read_source, source_lines
from tracer.subexpressions import Disagreement, compare_branches, evaluate_expression
from tracer.trace import DifferentPythonError, Frame, LoopRun, Step, Trace
from tracer.turns import Turn
from tracer.twopass import LineLog, LineRecorder, NotRepeatableError, states_at
from tracer.values import (
    LiteralError,
    comparison_key,
    is_marker,
    literal,
    literal_value,
    parse_expression,
    parse_literal,
)

__all__ = [
    "QUERY_KINDS",
    "ArgumentValue",
    "Arguments",
    "CallGroup",
    "ConditionOutcome",
    "DifferentPythonError",
    "Disagreement",
    "ExceptionLine",
    "ExceptionType",
    "ExpressionQuery",
    "ExpressionValue",
    "Frame",
    "Gold",
    "InputError",
    "IsolationError",
    "Limits",
    "LineCount",
    "LineExecuted",
    "LineLog",
    "LineRecorder",
    "LiteralError",
    "Loop",
    "LoopIterations",
    "LoopRun",
    "Moment",
    "NextLine",
    "NotRepeatableError",
    "NthValue",
    "Observation",
    "OperandOutcome",
    "Options",
    "Outcome",
    "Program",
    "ProgramError",
    "Query",
    "Record",
    "Recorder",
    "Refusal",
    "ReturnValue",
    "SameObject",
    "Step",
    "StoppedError",
    "Trace",
    "Turn",
    "ValueAfter",
    "ValueAtIteration",
    "ValueAtLoopExit",
    "ValueBefore",
    "analyse",
    "compare_branches",
    "comparison_key",
    "evaluate",
    "evaluate_expression",
    "evaluate_over",
    "first_argument",
    "is_marker",
    "layers",
    "literal",
    "literal_value",
    "nondeterminism",
    "observe_calls",
    "parse_arguments",
    "parse_call",
    "parse_expression",
    "parse_literal",
    "read_source",
    "record",
    "record_calls",
    "run_calls",
    "source_lines",
    "states_at",
    "stop_calls",
]
