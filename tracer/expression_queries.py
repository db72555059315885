"""Questions about what happens inside one statement; `tracer.subexpressions` answers them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ExpressionValue:
    """Value of an expression in the k-th execution of the statement on a line, in the n-th call.

    Attributes:
        function: qualified name, as in `outer.<locals>.inner` or `outer.<locals>.<lambda>`.
        call: the k-th call of that function, 1-based.
        line: first line of the statement.
        occurrence: the k-th execution of the statement in the call (of a lambda, of a guard of `match`:
            the k-th evaluation).
        expression: its source text; layout and redundant parentheses make no difference.
        evaluation: the k-th evaluation of it in that execution, for a comprehension or generator
            expression; None says that there is but one.
        place: which of the places in the statement that have this text, in reading order; None says that
            there is but one.
    """

    function: str
    call: int
    line: int
    occurrence: int
    expression: str
    evaluation: int | None = None
    place: int | None = None
    kind: Literal["expression_value"] = "expression_value"


@dataclass(frozen=True, slots=True)
class OperandOutcome:
    """Whether an operand of an `and`, `or` or chained comparison counted as true; or a whole condition.

    A condition is the test of an `if`, `elif`, `while`, `assert`, ternary, guard or comprehension filter.

    Attributes:
        expression: source text of the whole `and`, `or`, chained comparison or condition.
        operand: the k-th operand (of `a < b < c`: 1 is `a < b`), 1-based; 0 is the whole.
        evaluation: the k-th evaluation of the whole in that execution.

    The other attributes are those of `ExpressionValue`.
    """

    function: str
    call: int
    line: int
    occurrence: int
    expression: str
    operand: int
    evaluation: int | None = None
    place: int | None = None
    kind: Literal["operand_outcome"] = "operand_outcome"


ExpressionQuery = ExpressionValue | OperandOutcome
