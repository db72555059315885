"""Would `assert gold == reply` pass? What published scorers execute is folded here instead.

CRUXEval, LiveCodeBench and REval append an assertion with the reply's text to the program and execute it.
What replies really contain is a small language: literals, constant expressions, a message after a comma,
further assertions, rarely a call of the program itself. That language is evaluated as data, with Python's own
`==`. Whatever lies outside it (names, attributes, imports, definitions) does not pass, and says so.
"""

import ast
import warnings
from typing import NamedTuple

from core_bench.scoring.folding import Call, folded_value
from core_bench.scoring.published.programs import FailedCallError, PendingCallError
from tracer import LiteralError

MAX_CHARS = 20_000


class Passed(NamedTuple):
    """Whether the assertion passes, and why not if its text could not be taken at its word."""

    passed: bool
    reason: str | None = None


def assertion_passes(left: str, right: str, call: Call) -> Passed:
    """Tell whether executing `assert left == right` would pass.

    Raises:
        PendingCallError: a call of the program has to be made first.
    """
    source = f"assert {left} == {right}"
    if len(source) > MAX_CHARS:
        return Passed(False, "it is too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Passed(False, "it does not parse")
    for statement in body:
        result = _statement(statement, call)
        if not result.passed:
            return result
    return Passed(True)


def _statement(statement: ast.stmt, call: Call) -> Passed:
    match statement:
        case ast.Assert(test=test):
            pass
        case ast.Expr(value=test):
            pass
        case ast.Pass():
            return Passed(True)
        case _:
            return Passed(False, "it has a statement that would have to be executed")
    try:
        value = folded_value(test, generous=True, call=call)
    except PendingCallError:
        raise
    except FailedCallError:
        return Passed(False, "the program returns no value for it")
    except LiteralError:
        return Passed(False, "it has an expression that would have to be executed")
    return Passed(bool(value) or isinstance(statement, ast.Expr))
