"""Formal questions to a trace: the closed set of kinds, and what an answer can be.

A query names program coordinates that mean the same on every Python minor: function, call number, line,
k-th execution or iteration vector. Never an event number. All numbers are 1-based. "After" a line is the
state at the next event of the same frame; of a line that suspends a generator it is the state at the
suspension. `tracer.answers.evaluate` answers them.

| kind | gold |
|---|---|
| value_before, value_after | value of a variable at the k-th execution of a line |
| value_at_iteration | the same, the execution named by the iteration numbers of the loops around the line |
| value_at_loop_exit | value of a variable when a loop has just been left |
| nth_value | n-th value that a variable takes in a call, as seen between lines |
| condition | outcome of an `if`, `elif` or `while` |
| loop_iterations | how often the body of a loop is begun |
| argument, return_value | what a call was given, what it returned |
| exception_type, exception_line | the exception that ended a call, as a string, and the line where it did |
| next_line | line that the same call runs next, None where it ends |
| line_executed, line_count | whether and how often a call runs a line |
| same_object | whether two names stand for one object after a line |
"""

from dataclasses import dataclass, field
from typing import Literal

Reason = Literal[
    "no such call",
    "no such line",
    "no such value",
    "line not executed",
    "not a condition",
    "not a loop",
    "loop not left",
    "not returned",
    "no exception",
    "raises",
    "unbound",
    "ambiguous",
    "opaque",
    "truncated",
    "immutable",
    "not deterministic",
    "cut",
    "unconfirmed",
    "observers differ",
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
class ValueBefore:
    """Value of a variable when a line is about to be executed for the k-th time."""

    function: str
    call: int
    line: int
    occurrence: int
    name: str
    kind: Literal["value_before"] = "value_before"


@dataclass(frozen=True, slots=True)
class ValueAtIteration:
    """Value of a variable before or after the execution of a line in a given iteration.

    `iterations` numbers the iteration of each loop around the line, outermost first.
    """

    function: str
    call: int
    line: int
    iterations: tuple[int, ...]
    name: str
    when: Literal["before", "after"] = "after"
    kind: Literal["value_at_iteration"] = "value_at_iteration"


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


@dataclass(frozen=True, slots=True)
class NthValue:
    """The n-th value that a variable takes in a call: an argument's first is the one it was given.

    A value counts when it differs from the one before it, seen from line to line.
    """

    function: str
    call: int
    name: str
    ordinal: int
    kind: Literal["nth_value"] = "nth_value"


@dataclass(frozen=True, slots=True)
class ArgumentValue:
    """Value of a parameter when the n-th call of a function begins."""

    function: str
    call: int
    name: str
    kind: Literal["argument"] = "argument"


@dataclass(frozen=True, slots=True)
class ReturnValue:
    """What the n-th call of a function returns."""

    function: str
    call: int
    kind: Literal["return_value"] = "return_value"


@dataclass(frozen=True, slots=True)
class ExceptionType:
    """Name of the type of the exception that ends the n-th call of a function, as a string literal."""

    function: str
    call: int
    kind: Literal["exception_type"] = "exception_type"


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """Line of the n-th call of a function at which the exception that ends the call is raised or arrives."""

    function: str
    call: int
    kind: Literal["exception_line"] = "exception_line"


@dataclass(frozen=True, slots=True)
class NextLine:
    """Line that the same call executes after the k-th execution of a line; None where the call ends."""

    function: str
    call: int
    line: int
    occurrence: int
    kind: Literal["next_line"] = "next_line"


@dataclass(frozen=True, slots=True)
class LineExecuted:
    """Whether a call executes a line of its function."""

    function: str
    call: int
    line: int
    kind: Literal["line_executed"] = "line_executed"


@dataclass(frozen=True, slots=True)
class LineCount:
    """How often a call executes a line of its function."""

    function: str
    call: int
    line: int
    kind: Literal["line_count"] = "line_count"


@dataclass(frozen=True, slots=True)
class SameObject:
    """Whether two names stand for the very same object after the k-th execution of a line."""

    function: str
    call: int
    line: int
    occurrence: int
    left: str
    right: str
    kind: Literal["same_object"] = "same_object"


Query = (
    ValueAfter
    | ValueBefore
    | ValueAtIteration
    | ConditionOutcome
    | LoopIterations
    | ValueAtLoopExit
    | NthValue
    | ArgumentValue
    | ReturnValue
    | ExceptionType
    | ExceptionLine
    | NextLine
    | LineExecuted
    | LineCount
    | SameObject
)

QUERY_KINDS: dict[str, type[Query]] = {
    "value_after": ValueAfter,
    "value_before": ValueBefore,
    "value_at_iteration": ValueAtIteration,
    "condition": ConditionOutcome,
    "loop_iterations": LoopIterations,
    "value_at_loop_exit": ValueAtLoopExit,
    "nth_value": NthValue,
    "argument": ArgumentValue,
    "return_value": ReturnValue,
    "exception_type": ExceptionType,
    "exception_line": ExceptionLine,
    "next_line": NextLine,
    "line_executed": LineExecuted,
    "line_count": LineCount,
    "same_object": SameObject,
}
"""Kind -> class: what a stored query is read back with."""


@dataclass(frozen=True, slots=True)
class Gold:
    """The answer that execution gave, as a canonical literal; `observers` names who stands behind it."""

    literal: str
    observers: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a query has no gold answer."""

    reason: Reason
    detail: str
