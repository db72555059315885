"""Answers queries from what a rewritten run reported: a literal, no answer, or "cannot tell"."""

from collections.abc import Callable
from typing import Any

from tests.tracer.oracle import flow_answers as flow
from tests.tracer.oracle import value_answers as values
from tests.tracer.oracle.lookup import Run
from tests.tracer.oracle.said import Answer, CannotTell, Known, NoAnswer, SaidError, same_literal

__all__ = ["Answer", "CannotTell", "Known", "NoAnswer", "Oracle", "same_literal"]


class Oracle(Run):
    """Answers every query about one run."""

    def answer(self, query: Any) -> Answer:
        """Answer a query; any object with the attributes of its kind will do."""
        if self.problem:
            return CannotTell(self.problem)
        try:
            return _KINDS[query.kind](self, query)
        except SaidError as said:
            return said.answer


_KINDS: dict[str, Callable[[Run, Any], Answer]] = {
    "value_before": values.before,
    "value_after": values.after,
    "value_at_iteration": values.at_iteration,
    "value_at_loop_exit": values.at_exit,
    "nth_value": values.nth_value,
    "argument": values.argument,
    "same_object": values.same,
    "condition": flow.condition,
    "loop_iterations": flow.iterations,
    "return_value": flow.returned,
    "exception_type": flow.exception,
    "exception_line": flow.exception_line,
    "next_line": flow.next_line,
    "line_executed": flow.executed,
    "line_count": flow.count,
}
