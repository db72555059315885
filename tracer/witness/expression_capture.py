"""What the hooks around expressions do, in the program's own process.

A value becomes text at once, and no object of the program is kept or asked anything. What is reported of a
call are the executions of its statements, and numbers of evaluated expressions in the order of their ends;
how conditions came out is told from that, elsewhere (`tracer.witness.expression_testimony`).
"""

import sys
import warnings
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from types import CodeType, NoneType
from typing import Any

from tracer.wire import Packer
from tracer.witness.capture import MOST_CHARS, bound
from tracer.witness.expression_rewriting import rewrite_expressions
from tracer.witness.expressions import BOTH, HANDED_ON
from tracer.witness.visits import AsyncVisits, Visits
from tracer.witness.writer import text_of

NUMBERS = 3
"""How many numbers an event has: what (see `FALSE`), text, and moment.

A moment is an execution of a statement, or a generator expression that was made in another moment.
"""
FALSE, TRUE, UNKNOWN = range(3)
"""Truth of a value. An event says 3 * expression + truth, or -1 - 2 * condition - outcome."""
MAX_EVENTS = 200_000
HOOKS_AN_EVENT = 4
"""How many events there may be for each that the first observer notes."""

_HEADROOM = 500
_ASKED_WITHOUT_CODE = (
    bool,
    NoneType,
    int,
    float,
    complex,
    str,
    bytes,
    list,
    tuple,
    dict,
    set,
    frozenset,
    range,
)


class ExpressionCapture:
    """Runs a rewritten program and keeps what its hooks are told.

    Args:
        source: The program.
        filename: As for `compile`.
        max_events: Events that the first observer may note; the cap of this one follows from it.

    Raises:
        SyntaxError: the program cannot be rewritten (or another error that says so).
    """

    def __init__(self, source: str, filename: str = "<program>", max_events: int = MAX_EVENTS) -> None:
        rewritten = rewrite_expressions(source)
        hooks: dict[bytes, Any] = {
            rewritten.placeholders["begin"]: self._begin,
            rewritten.placeholders["named"]: self._named,
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the program, and "'bytes' object is not callable"
            code = compile(rewritten.tree, filename, "exec", dont_inherit=True)
        self.code: CodeType | None = bound(code, hooks)
        self.cut: str | None = None
        self.recording = False
        self.events_left = HOOKS_AN_EVENT * max_events
        self._chars_left = MOST_CHARS
        self._texts: dict[str, int] = {}
        self._functions = rewritten.table.functions
        self._chains = rewritten.table.chains
        self._calls: list[_Call] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep what the body of the `with` calls; what ran at import is not asked about."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(2 * limit + _HEADROOM)
        self.recording = True
        try:
            yield
        finally:
            self.recording = False
            for call in self._calls:
                call.is_heard = False
            sys.setrecursionlimit(limit)

    def write(self, value: object) -> str:
        """Return the literal or marker of a value."""
        return text_of(value)

    def report(self) -> bytes:
        """Return what was kept, in the form that `tracer.witness.expression_testimony.decode` reads."""
        packer = Packer()
        packer.text(self.cut)
        packer.texts(self._texts)
        packer.number(len(self._calls))
        for call in self._calls:
            packer.number(call.function)
            packer.numbers(call.moments)
            packer.numbers(call.events)
        return packer.body()

    def _begin(self, function: int, site: int | None = None) -> "_Call":
        """Begin the report of a call; of a lambda, its one site is executed with it."""
        call = _Call(self, function)
        if self.recording:
            self._calls.append(call)
            call.is_heard = True
        if site is not None:
            call.step(site)
        return call

    def _named(self, function: int, made: Any, name: str) -> Any:
        """Give a generator or coroutine the names of the function that it was written as."""
        made.__name__, made.__qualname__ = name, self._functions[function].name
        return made

    def text(self, value: Any) -> int:
        """Return the number of the text of a value."""
        text = text_of(value)
        number = self._texts.get(text)
        if number is None:
            number = self._texts[text] = len(self._texts)
            self._chars_left -= len(text)
            if self._chars_left < 0:
                self.stop("too much text")
        return number

    def last_part(self, chain: int) -> int:
        """Return which operand of a chained comparison is the last."""
        return len(self._chains[chain]) + 1

    def stop(self, why: str) -> None:
        """Keep nothing any more."""
        self.cut = self.cut or why
        self.recording = False
        for call in self._calls:
            call.is_heard = False


class _Strand:
    """What evaluates expressions: a call, or a generator expression of one."""

    __slots__ = ("_call", "_parts", "moment")

    def __init__(self, call: "_Call", moment: int) -> None:
        self.moment = moment
        self._call = call
        self._parts: dict[int, int] = {}

    def value(self, number: int, value: Any) -> Any:
        """An expression has a value."""
        self._note(number, value, UNKNOWN)
        return value

    def leaf(self, number: int, value: Any) -> Any:
        """An expression has a value that may be asked for its truth."""
        self._note(number, value, _truth(value))
        return value

    def part(self, number: int, chain: int, part: int, value: Any) -> Any:
        """An operand of a chained comparison, the first is 0, has a value."""
        self._parts[chain] = part
        if number >= 0:
            self._note(number, value, UNKNOWN)
        return value

    def chain(self, number: int, value: Any, becomes: int) -> Any:
        """A chained comparison has a value; a comparison that is not the last was asked for its truth."""
        truth = _truth(value)
        self._note(number, value, truth)
        if (
            truth != UNKNOWN
            or becomes == HANDED_ON
            or self._parts.get(number) == self._call.last_part(number)
        ):
            return value
        if becomes == BOTH:
            self._call.stop("the truth of a comparison would be asked for twice")
            return value
        return False

    def took(self, event: int) -> bool:
        """A condition had an outcome."""
        self._call.note(event, 0, self.moment)
        return True

    def strand(self, iterable: Any) -> Any:
        """A generator expression is made: give it a report of its own with each item."""
        return zip(repeat(_Strand(self._call, self._call.inside(self.moment))), iter(iterable))

    def _note(self, number: int, value: Any, truth: int) -> None:
        if self._call.is_heard:
            self._call.note_value(number, value, truth, self.moment)


class _Call(_Strand):
    """The report of one call.

    Attributes:
        moments: the site of an execution; of a generator expression -1 - the moment in which it was made.
        events: see `NUMBERS`.
    """

    __slots__ = ("_capture", "events", "function", "is_heard", "moments")

    def __init__(self, capture: ExpressionCapture, function: int) -> None:
        super().__init__(self, -1)
        self.function = function
        self.moments = array("i")
        self.events = array("i")
        self.is_heard = False
        self._capture = capture

    def step(self, site: int) -> bool:
        """A statement is about to be executed."""
        if self.is_heard:
            self.moment = len(self.moments)
            self.moments.append(site)
            self._spend()
        return True

    def visits(self, site: int, iterable: Any) -> "Visits":
        """A `for` is started; its header was a step already."""
        return Visits(self, site, iter(iterable))

    def async_visits(self, site: int, iterable: Any) -> "AsyncVisits":
        """An `async for` is started."""
        return AsyncVisits(self, site, aiter(iterable))

    def inside(self, moment: int) -> int:
        """Return a new moment in another one."""
        if self.is_heard:
            self.moments.append(-1 - moment)
        return len(self.moments) - 1

    def note_value(self, number: int, value: Any, truth: int, moment: int) -> None:
        """Keep an evaluation."""
        self.note(3 * number + truth, self._capture.text(value), moment)

    def note(self, what: int, text: int, moment: int) -> None:
        """Keep an event."""
        if self.is_heard:
            self.events.extend((what, text, moment))
            self._spend()

    def stop(self, why: str) -> None:
        """Keep nothing of the run any more."""
        if self.is_heard:
            self._capture.stop(why)

    def last_part(self, chain: int) -> int:
        """Return which operand of a chained comparison is the last."""
        return self._capture.last_part(chain)

    def _spend(self) -> None:
        self._capture.events_left -= 1
        if self._capture.events_left < 0:
            self._capture.stop("too many events")


def _truth(value: Any) -> int:
    """Return the truth of a value if it can be had without the program's code."""
    kind = type(value)
    for one in _ASKED_WITHOUT_CODE:
        if kind is one:
            return TRUE if value else FALSE
    return UNKNOWN
