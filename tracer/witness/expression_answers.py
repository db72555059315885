"""Answers queries about expressions from what a rewritten program reported, by its own means."""

from typing import Any

from tracer.agreement import SECOND_EXPRESSIONS
from tracer.expression_queries import ExpressionQuery, ExpressionValue
from tracer.queries import Gold, Refusal
from tracer.witness.expression_testimony import Execution, ExpressionTestimony
from tracer.witness.outcomes import FALSE_TEXT, TRUE_TEXT, Outcome


class _NoAnswerError(Exception):
    def __init__(self, reason: Any, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(reason, detail)


def answer(query: ExpressionQuery, testimony: ExpressionTestimony) -> Gold | Refusal:
    """Answer a query, or say why there is no answer."""
    if testimony.cut is not None:
        return Refusal("cut", testimony.cut)
    asked = _Asked(query, testimony)
    try:
        number = asked.expression()
        execution = asked.execution(number)
        if isinstance(query, ExpressionValue):
            literal = asked.value(number, execution)
        else:
            literal = asked.outcome(number, execution, query.operand)
    except _NoAnswerError as none:
        return none.refusal
    return Gold(literal, (SECOND_EXPRESSIONS,))


class _Asked:
    def __init__(self, query: ExpressionQuery, testimony: ExpressionTestimony) -> None:
        self._query = query
        self._testimony = testimony
        self._table = testimony.table

    def expression(self) -> int:
        """Return the expression that is meant."""
        query, table = self._query, self._table
        named = [number for number, one in enumerate(table.functions) if one.name == query.function]
        vague = [table.functions[number].vague for number in named]
        if any(vague):
            raise _NoAnswerError("ambiguous", next(filter(None, vague)))
        sites = [
            number
            for number, site in enumerate(table.sites)
            if site.line == query.line and site.function in named
        ]
        if len(sites) > 1:
            raise _NoAnswerError("ambiguous", f"line {query.line} begins {len(sites)} statements")
        places = table.places(query.expression, sites[0]) if sites else []
        if not places:
            raise _NoAnswerError("no such expression", f"{query.expression} is not evaluated there")
        if query.place is None and len(places) > 1:
            raise _NoAnswerError("ambiguous", f"{query.expression} is written {len(places)} times")
        if not 1 <= (query.place or 1) <= len(places):
            raise _NoAnswerError("no such expression", f"{query.expression} is written {len(places)} times")
        return places[(query.place or 1) - 1]

    def execution(self, number: int) -> Execution:
        """Return the execution that is meant of the statement of an expression."""
        query, testimony = self._query, self._testimony
        if len({call.function for call in testimony.find(query.function, 1)}) > 1:
            raise _NoAnswerError("ambiguous", f"several functions are called {query.function}")
        calls = testimony.find(query.function, query.call)
        if not calls:
            raise _NoAnswerError("no such call", f"{query.function} is not called {query.call} times")
        site = self._table.expressions[number].site
        executions = testimony.executions(calls[0], site)
        if not 1 <= query.occurrence <= len(executions):
            raise _NoAnswerError("line not executed", f"line {query.line} has {len(executions)} executions")
        return executions[query.occurrence - 1]

    def value(self, number: int, execution: Execution) -> str:
        """Return the literal of an evaluation."""
        if number in execution.values:
            text: int | None = self._one(execution.values[number])
        else:
            text = self._outcome(number, execution).text
        if text is None:
            raise _NoAnswerError("ambiguous", "its value cannot be told without the program's own code")
        if text in (TRUE_TEXT, FALSE_TEXT):
            return str(text == TRUE_TEXT)
        literal = self._testimony.text(text)
        if literal[0] == "<":
            reason = "truncated" if literal.startswith("<truncated") else "opaque"
            raise _NoAnswerError(reason, f"{self._query.expression} is {literal}")
        return literal

    def outcome(self, number: int, execution: Execution, operand: int) -> str:
        """Return the truth of an operand, or of the whole."""
        operands = self._table.expressions[number].operands
        if operands is None or not 0 <= operand <= operands:
            raise _NoAnswerError("not a condition", f"it has no operand {operand} that decides anything")
        truth = self._outcome(number, execution).truths[operand]
        if truth is None:
            raise _NoAnswerError("not evaluated", f"operand {operand} is not evaluated")
        if truth == "unknown":
            raise _NoAnswerError("opaque", "only the program's own code could tell")
        return str(truth)

    def _outcome(self, number: int, execution: Execution) -> Outcome:
        if number in execution.undecided:
            raise _NoAnswerError("ambiguous", execution.undecided[number])
        outcome: Outcome = self._one(execution.outcomes.get(number, []))
        return outcome

    def _one(self, evaluations: list[Any]) -> Any:
        query = self._query
        if not evaluations:
            raise _NoAnswerError("not evaluated", f"{query.expression} is not evaluated to its end")
        if query.evaluation is None and len(evaluations) > 1:
            raise _NoAnswerError("ambiguous", f"it is evaluated {len(evaluations)} times")
        if not 1 <= (query.evaluation or 1) <= len(evaluations):
            raise _NoAnswerError("not evaluated", f"it is evaluated {len(evaluations)} times")
        return evaluations[(query.evaluation or 1) - 1]
