"""Reads the report of a rewritten program: the calls, their steps, and the variables at each."""

from dataclasses import dataclass, field
from operator import le

from tracer.queries import Gold, Query, Refusal
from tracer.wire import MalformedError, Table, Unpacker, decoded
from tracer.witness.events import (
    EXITS,
    FAILS,
    LEAVES,
    NOWHERE,
    NUMBERS,
    PASSING,
    RETURNS,
    ROUND,
    START,
    STEP,
    SUSPENDS,
    TAKEN,
    WAITS,
)  # fmt: skip
from tracer.witness.readings import Call, read
from tracer.witness.rewriting import rewrite
from tracer.witness.table import Function, Rewritten, Site

_MOST_CALLS = 1 << 24
_LONGEST = 100_000


@dataclass(slots=True)
class Testimony:
    """What the second observer saw of one run.

    Attributes:
        program: the rewritten program, whose sites and functions the numbers mean.
        cut: why the report ended before the run did.
        names: by number.
        calls: in the order in which they were made.
    """

    program: Rewritten
    cut: str | None
    names: list[str]
    calls: list[Call]
    texts: Table
    index: dict[tuple[str, int], list[Call]] = field(default_factory=dict)

    def answer(self, query: Query) -> Gold | Refusal:
        """Answer a query."""
        from tracer.witness.answers import answer

        return answer(query, self)

    def text(self, number: int) -> str:
        """Return a literal, a marker, or `<unbound>`."""
        return decoded(self.texts.entry(number, _LONGEST))

    def site(self, number: int) -> Site:
        """Return a site."""
        return self.program.sites[number]

    def find(self, function: str, number: int) -> Call | str:
        """Return a call, or why there is no such one."""
        if not self.index:
            for call in self.calls:
                self.index.setdefault((self.function(call).name, call.number), []).append(call)
        if len({call.function for call in self.index.get((function, 1), [])}) > 1:
            return "ambiguous"
        found = self.index.get((function, number))
        if found is None:
            return "no such call"
        call = found[0]
        if not call.is_read:
            read(call, self.program)
        return call

    def function(self, call: Call) -> Function:
        """Return the function of a call."""
        return self.program.functions[call.function]


def decode(body: bytes | bytearray | memoryview, source: str) -> Testimony:
    """Read a report on a program; raises `MalformedError` for what is none."""
    reader = Unpacker(body)
    program = rewrite(source)
    cut = reader.text()
    names = reader.texts()
    texts = reader.table()
    if not len(texts):
        raise MalformedError("there are no texts")
    numbers: dict[int, int] = {}
    calls = []
    for _ in range(reader.number(0, _MOST_CALLS)):
        function = reader.number(0, len(program.functions) - 1)
        number = numbers[function] = numbers.get(function, 0) + 1
        events, looks, changes = (reader.numbers(-1) for _ in range(3))
        call = Call(function, number, events, looks, changes)
        _check(call, len(names), len(texts), len(program.sites))
        calls.append(call)
    reader.end()
    return Testimony(program, cut, names, calls, texts)


def _check(call: Call, names: int, texts: int, sites: int) -> None:
    looks, changes, events = call.looks, call.changes, call.events
    rows = len(changes) // NUMBERS
    if len(changes) % NUMBERS or len(events) % NUMBERS or not looks:
        raise MalformedError("a report is cut")
    if looks[0] != 0 or max(looks) > rows or not all(map(le, looks, looks[1:])):
        raise MalformedError("the looks of a report do not follow each other")
    if rows and (max(changes[::3]) >= names or max(changes[1::3]) >= texts or min(changes[:2]) < 0):
        raise MalformedError("a report names what is not there")
    tops = {
        STEP: (sites, len(looks)), EXITS: (sites, len(looks)), SUSPENDS: (texts, len(looks)),
        LEAVES: (1, len(looks)), START: (sites, 1), ROUND: (sites, 1), TAKEN: (sites, 1),
        RETURNS: (sites, texts), FAILS: (texts, 1 << 31), PASSING: (1 << 31, 1 << 31), WAITS: (1, 1),
    }  # fmt: skip
    for kind, first, second in zip(*[iter(events)] * NUMBERS, strict=True):
        top = tops.get(kind)
        low = NOWHERE if kind in (RETURNS, PASSING) else 0
        if top is None or not (low <= first < top[0] and 0 <= second < top[1]):
            raise MalformedError("a report has an event that is none")
