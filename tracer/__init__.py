"""Runs a Python program and records every intermediate state: gold labels that cannot be wrong.

>>> import tracer
>>> [outcome] = tracer.record_calls("def f(n):\\n    n += 1\\n    return n\\n", "f", ["41"])
>>> outcome.value, outcome.trace.frames[0].steps[0].changed
('42', {'n': '42'})
"""

from tracer.calls import Arguments, InputError, first_argument, parse_arguments
from tracer.inprocess import record
from tracer.program import Loop, Program, ProgramError, analyse
from tracer.queries import (
    ConditionOutcome,
    Gold,
    LoopIterations,
    Query,
    Refusal,
    ValueAfter,
    ValueAtLoopExit,
    evaluate,
)
from tracer.sandbox import Limits, Outcome, record_calls, run_calls
from tracer.trace import Frame, LoopRun, Step, Trace
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
    "Arguments",
    "ConditionOutcome",
    "Frame",
    "Gold",
    "InputError",
    "Limits",
    "LiteralError",
    "Loop",
    "LoopIterations",
    "LoopRun",
    "Outcome",
    "Program",
    "ProgramError",
    "Query",
    "Refusal",
    "Step",
    "Trace",
    "ValueAfter",
    "ValueAtLoopExit",
    "analyse",
    "comparison_key",
    "evaluate",
    "first_argument",
    "is_marker",
    "literal",
    "literal_value",
    "parse_arguments",
    "parse_expression",
    "parse_literal",
    "record",
    "record_calls",
    "run_calls",
]
