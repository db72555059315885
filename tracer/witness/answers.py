"""Answers queries from what a rewritten program reported, independently of `tracer.answers`."""

import re
from collections.abc import Callable
from typing import Any

from tracer.agreement import INSTRUMENTED
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
from tracer.witness.events import GONE, NO_IDENTITY, NOWHERE
from tracer.witness.readings import Call, LoopPass, Step
from tracer.witness.testimony import Testimony

_LOOPS = ("for", "while", "endless")


def answer(query: Query, testimony: Testimony) -> Gold | Refusal:
    """Answer a query, or say why there is no answer."""
    if testimony.cut is not None:
        return Refusal("cut", testimony.cut)
    call = testimony.find(query.function, query.call)
    if isinstance(call, str):
        return Refusal("ambiguous" if call == "ambiguous" else "no such call", f"{query.function}: {call}")
    asked = _Asked(testimony, call)
    if (vague := testimony.function(call).vague) is not None and hasattr(query, "line"):
        return Refusal("ambiguous", vague)
    try:
        return Gold(_ANSWERS[type(query)](asked, query), (INSTRUMENTED,))
    except _NoAnswerError as none:
        return none.refusal


class _NoAnswerError(Exception):
    def __init__(self, reason: Any, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(reason, detail)


class _Asked:
    """One call that is asked about."""

    def __init__(self, testimony: Testimony, call: Call) -> None:
        self._testimony = testimony
        self.call = call

    def site_on(self, line: int) -> int:
        """Return the one site of the function that begins on a line."""
        sites = self._testimony.program.sites
        found = [number for number, site in enumerate(sites) if site.line == line]
        if any(site.line < line <= site.last for site in sites) or len(found) > 1:
            raise _NoAnswerError("ambiguous", f"several statements share line {line}")
        if not found or sites[found[0]].function != self.call.function:
            raise _NoAnswerError("no such line", f"no statement of the function begins on line {line}")
        return found[0]

    def doing_site_on(self, line: int) -> int:
        """Return what `site_on` does, of a statement that does something: a mere constant does not."""
        site = self.site_on(line)
        if self._testimony.site(site).kind == "text":
            raise _NoAnswerError("no such line", f"no statement that does something begins on line {line}")
        return site

    def step(self, line: int, occurrence: int) -> Step:
        """Return the k-th execution of a line."""
        site = self.site_on(line)
        for step in self.call.steps:
            if step.site == site and step.occurrence == occurrence:
                return step
        raise _NoAnswerError("line not executed", f"line {line} is not executed {occurrence} times")

    def line(self, step: Step) -> int:
        """Return the line of a step."""
        return self._testimony.site(step.site).line

    def is_over(self) -> bool:
        """Tell whether the call ended by itself: a generator that nobody needs any more is closed."""
        return self.call.ending.look is not None and not self.is_closed()

    def is_closed(self) -> bool:
        """Tell whether the interpreter closed a suspended generator."""
        exception = self.call.ending.exception
        return exception is not None and self._testimony.text(exception) == "'GeneratorExit'"

    def loop(self, line: int, entry: int) -> LoopPass:
        """Return the k-th pass through the loop on a line."""
        site = self.site_on(line)
        if self._testimony.site(site).kind not in _LOOPS:
            raise _NoAnswerError("not a loop", f"line {line} begins no loop")
        for one in self.call.passes:
            if one.site == site and one.entry == entry:
                return one
        raise _NoAnswerError("line not executed", f"the loop on line {line} is not started {entry} times")

    def literal(self, number: int, what: str) -> str:
        """Return the literal of a text by its number."""
        text = self._testimony.text(number)
        if text == "<unbound>":
            raise _NoAnswerError("unbound", f"{what} has no value there")
        if text[0] == "<":
            raise _NoAnswerError(
                "truncated" if text.startswith("<truncated") else "opaque", f"{what} is {text}"
            )
        return text

    def value(self, name: str, look: int | None) -> str:
        """Return the literal of a variable at a look."""
        if look is None:
            raise _NoAnswerError("unbound", "nothing was seen after it")
        return self.literal(self.at(name, look)[0], name)

    def at(self, name: str, look: int) -> tuple[int, int]:
        """Return text and object of a variable at a look, by number."""
        names = self._testimony.names
        if name not in names:
            return GONE, NO_IDENTITY
        return self.call.at(names.index(name), look)

    def after(self, step: Step) -> int:
        """Return the look after a step."""
        if step.raised:
            raise _NoAnswerError("raises", "the execution raises")
        if step.waits:
            raise _NoAnswerError("ambiguous", "it may have been suspended by what it delegates to")
        if step.after is None:
            raise _NoAnswerError("unbound", "nothing was seen after it")
        return step.after

    def texts_of(self, name: str) -> list[str]:
        """Return the texts that a variable has, from look to look; `<unbound>` where it has none."""
        return [self._testimony.text(self.at(name, look)[0]) for look in dict.fromkeys(self.call.sequence)]

    def parameters(self) -> tuple[str, ...]:
        """Return the names of the function's parameters."""
        return self._testimony.function(self.call).parameters

    def failed_at(self) -> int:
        """Return the line at which the exception that ended the call was raised or came in."""
        line = self.call.ending.line
        if self.call.ending.exception is None or self.is_closed():
            raise _NoAnswerError("no exception", "no exception ends this call")
        if line is None or line == NOWHERE:
            raise _NoAnswerError("ambiguous", "where the exception was raised is not known")
        sites = [site for site in self._testimony.program.sites if site.function == self.call.function]
        around = [site for site in sites if site.line <= line <= site.last]
        if len(around) != 1:
            raise _NoAnswerError("ambiguous", f"line {line} belongs to {len(around)} statements")
        return around[0].line


def _value_before(asked: _Asked, query: ValueBefore) -> str:
    return asked.value(query.name, asked.step(query.line, query.occurrence).look)


def _value_after(asked: _Asked, query: ValueAfter) -> str:
    return asked.value(query.name, asked.after(asked.step(query.line, query.occurrence)))


def _value_at_iteration(asked: _Asked, query: ValueAtIteration) -> str:
    site = asked.site_on(query.line)
    found = [one for one in asked.call.steps if one.site == site and one.rounds == tuple(query.iterations)]
    if not found:
        raise _NoAnswerError("line not executed", "it is not executed in that iteration")
    if len(found) > 1:
        raise _NoAnswerError("ambiguous", f"it is executed {len(found)} times in that iteration")
    return asked.value(query.name, found[0].look if query.when == "before" else asked.after(found[0]))


def _value_at_loop_exit(asked: _Asked, query: ValueAtLoopExit) -> str:
    one = asked.loop(query.line, query.entry)
    if one.how != "left":
        raise _NoAnswerError("loop not left", f"the loop was not left ({one.how})")
    return asked.value(query.name, one.left)


def _loop_iterations(asked: _Asked, query: LoopIterations) -> str:
    one = asked.loop(query.line, query.entry)
    if one.how in (None, "raised"):
        raise _NoAnswerError("loop not left", f"the loop was not left ({one.how})")
    return str(one.rounds)


def _nth_value(asked: _Asked, query: NthValue) -> str:
    taken: list[str] = []
    before = "<unbound>"
    for text in asked.texts_of(query.name):
        if text not in (before, "<unbound>") and not _differ_by_sign_of_zero(before, text):
            taken.append(text)
        if text[0] == "<" and text != "<unbound>":
            if len(taken) <= query.ordinal:
                raise _NoAnswerError("opaque", f"{query.name} is {text}: what follows cannot be counted")
            break
        before = text
    if not 1 <= query.ordinal <= len(taken):
        raise _NoAnswerError("no such value", f"{query.name} takes {len(taken)} values")
    return taken[query.ordinal - 1]


_ZERO = re.compile(r"(?<![\w.])-0\.0(?![\d\w])")


def _differ_by_sign_of_zero(one: str, other: str) -> bool:
    """Tell whether two texts differ by the sign of zeros only, which is no other value."""
    if "0.0" not in one or "0.0" not in other:
        return False
    if "'" in one or '"' in one:
        if _ZERO.sub("0.0", one) == _ZERO.sub("0.0", other) and one != other:
            raise _NoAnswerError("ambiguous", "two values differ by the sign of a zero, maybe in a text")
        return False
    return _ZERO.sub("0.0", one) == _ZERO.sub("0.0", other)


def _argument(asked: _Asked, query: ArgumentValue) -> str:
    if query.name not in asked.parameters():
        raise _NoAnswerError("unbound", f"it has no parameter {query.name}")
    return asked.value(query.name, 0)


def _return_value(asked: _Asked, query: ReturnValue) -> str:
    value = asked.call.ending.value
    if value is None:
        raise _NoAnswerError("not returned", "it does not return")
    return asked.literal(value, "the return value")


def _exception_type(asked: _Asked, query: ExceptionType) -> str:
    asked.failed_at()
    exception = asked.call.ending.exception
    assert exception is not None
    return asked.literal(exception, "the exception's name")


def _exception_line(asked: _Asked, query: ExceptionLine) -> str:
    return str(asked.failed_at())


def _condition(asked: _Asked, query: ConditionOutcome) -> str:
    site = asked.site_on(query.line)
    if asked._testimony.site(site).kind not in ("if", "while"):
        raise _NoAnswerError("not a condition", f"line {query.line} is no if, elif or while line")
    step = asked.step(query.line, query.occurrence)
    if step.raised or step.after is None:
        raise _NoAnswerError("raises", "the condition has no outcome")
    return str(step.taken)


def _next_line(asked: _Asked, query: NextLine) -> str:
    step = asked.step(query.line, query.occurrence)
    if step.exits:
        raise _NoAnswerError("ambiguous", "the header of the `with` comes up again on the way out")
    steps = asked.call.steps
    following = next(index for index, one in enumerate(steps) if one is step) + 1
    if following < len(steps):
        return str(asked.line(steps[following]))
    if not asked.is_over():
        raise _NoAnswerError("line not executed", "the call is left suspended there")
    return "None"


def _line_count(asked: _Asked, query: LineCount) -> str:
    site = asked.doing_site_on(query.line)
    return str(sum(step.site == site for step in asked.call.steps))


def _line_executed(asked: _Asked, query: LineExecuted) -> str:
    site = asked.doing_site_on(query.line)
    return str(any(step.site == site for step in asked.call.steps))


def _same_object(asked: _Asked, query: SameObject) -> str:
    look = asked.after(asked.step(query.line, query.occurrence))
    left, right = asked.at(query.left, look), asked.at(query.right, look)
    if left[0] == GONE or right[0] == GONE:
        raise _NoAnswerError("unbound", "one of them has no value there")
    if left[1] == right[1] == NO_IDENTITY:
        raise _NoAnswerError(
            "immutable", "whether two such values are one object is no property of the program"
        )
    return str(left[1] == right[1])


_ANSWERS: dict[type, Callable[[_Asked, Any], str]] = {
    ArgumentValue: _argument,
    ConditionOutcome: _condition,
    ExceptionLine: _exception_line,
    ExceptionType: _exception_type,
    LineCount: _line_count,
    LineExecuted: _line_executed,
    LoopIterations: _loop_iterations,
    NextLine: _next_line,
    NthValue: _nth_value,
    ReturnValue: _return_value,
    SameObject: _same_object,
    ValueAfter: _value_after,
    ValueAtIteration: _value_at_iteration,
    ValueAtLoopExit: _value_at_loop_exit,
    ValueBefore: _value_before,
}
