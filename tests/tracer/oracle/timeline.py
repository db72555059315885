"""Puts what a run reported in order: its calls, and in each the statements, states and loops."""

from dataclasses import dataclass, field

from tests.tracer.oracle.sites import FunctionFacts, Site
from tests.tracer.oracle.told import Entry, Told


@dataclass
class Visit:
    """One execution of a statement, or of the header of one.

    Attributes:
        state: index of the state before it.
        iterations: how often each loop around it had begun its body, outermost first.
        after: index of the state at the next event of the call, None if there was none.
        following: the visit that came next, None if there was none.
        raised: whether it raised an exception; None if that is not seen.
        leaves_with: the block of a `with` was left before that.
    """

    site: Site
    state: int
    iterations: tuple[int, ...]
    branch: bool | None = None
    raised: bool | None = False
    after: int | None = None
    following: "Visit | None" = None
    leaves_with: bool = False


@dataclass
class Pass:
    """One pass through a loop: `after` is the first state outside of it."""

    line: int
    entry: int
    iterations: int = 0
    after: int | None = None


@dataclass
class State:
    """The values of a call's names at one moment; `site` is that of the report."""

    texts: tuple[int, ...]
    ids: tuple[int, ...]
    site: Site
    visit: int
    """Index of the last visit that had begun before; -1 if there was none."""
    passing: bool
    """An exception was on its way out of a block."""


@dataclass
class Call:
    """One call of a function."""

    facts: FunctionFacts
    function: int
    number: int
    visits: list[Visit] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    begun: int | None = None
    """Index of the state when its first statement was about to run."""
    over: bool = False
    returned: int | None = None
    raised: str | None = None
    raised_line: int = 0
    _open: dict[int, Pass] = field(default_factory=dict)
    _passing: bool = False
    _left: list[Pass] = field(default_factory=list)

    def state_of(self, name: str) -> int | None:
        """Return the place of a name in the call's states; one that a class mangles may be given as written."""
        if name.startswith("__") and name not in self.facts.names:
            name = next((one for one in self.facts.names if one.startswith("_") and one.endswith(name)), name)
        return self.facts.names.index(name) if name in self.facts.names else None

    def take(self, number: int, site: Site, entry: Entry) -> None:
        """Take one report of this call in."""
        _, _, texts, ids, more = entry
        match site.role:
            case "made":
                return
            case "begin":
                self.begun = self._add(site, texts, ids)
            case "visit" | "again":
                self._visit(number, site, self._add(site, texts, ids))
            case "suspension":
                self._add(site, texts, ids)
            case "with exit":
                self._add(site, texts, ids)
                if self.visits:
                    self.visits[-1].leaves_with = True
            case "end":
                self._add(site, texts, ids)
                self.over = True
                self.returned = more if self.raised is None else None
            case "raised out":
                self.raised, self.raised_line = more
                self._has_raised(self.raised_line)
            case "raised":
                self._has_raised(more)
            case "true" | "false":
                if self.visits:
                    self._condition(site.line, site.role == "true")
            case "iteration":
                self._open[site.loops[-1]].iterations += 1

    def _has_raised(self, line: int) -> None:
        """Note that an exception passes that came up on a line (0: not known which)."""
        self._passing = True
        if not self.visits:
            return
        last = self.visits[-1]
        if last.site.kind == "Raise" or last.site.line <= line <= last.site.last:
            last.raised = True
        elif not line:
            last.raised = None

    def _condition(self, line: int, held: bool) -> None:
        if self.visits[-1].site.line == line:
            self.visits[-1].branch = held

    def _add(self, site: Site, texts: tuple[int, ...], ids: tuple[int, ...]) -> int:
        index = len(self.states)
        self.states.append(State(texts, ids, site, len(self.visits) - 1, self._passing))
        self._passing = False
        around = set(site.loops)
        for loop in [loop for loop in self._open if loop not in around and site.role != "suspension"]:
            if site.role != "again" or self._open[loop].line != site.line:
                self._left.append(self._open.pop(loop))
        for one in self._left:
            one.after = index
        self._left.clear()
        if self.visits and self.visits[-1].after is None:
            self.visits[-1].after = index
        return index

    def _visit(self, number: int, site: Site, state: int) -> None:
        counts = tuple(self._open[loop].iterations if loop in self._open else 0 for loop in site.loops)
        visit = Visit(site, state, counts)
        if self.visits:
            self.visits[-1].following = visit
        self.visits.append(visit)
        if site.role == "visit" and site.kind in ("For", "AsyncFor", "While"):
            entry = 1 + sum(one.line == site.line for one in self.passes)
            self.passes.append(Pass(site.line, entry))
            self._open[number] = self.passes[-1]


def calls_of(told: Told) -> list[Call]:
    """Return the calls of a run in the order in which they were made; each is numbered by its function."""
    calls: dict[int, Call] = {}
    counts: dict[int, int] = {}
    for entry in told.log:
        serial, number = entry[:2]
        site = told.table.sites[number]
        if serial not in calls:
            counts[site.function] = counts.get(site.function, 0) + 1
            facts = told.table.functions[site.function]
            calls[serial] = Call(facts, site.function, counts[site.function])
        calls[serial].take(number, site, entry)
    return list(calls.values())
