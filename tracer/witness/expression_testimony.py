"""Reads the report on the expressions of a run: what was evaluated in which execution of a statement."""

from array import array
from dataclasses import dataclass, field

from tracer.expression_queries import ExpressionQuery
from tracer.queries import Gold, Refusal
from tracer.wire import MalformedError, Unpacker, decoded
from tracer.wire import Table as Texts
from tracer.witness.expression_capture import NUMBERS, TRUE, UNKNOWN
from tracer.witness.expression_rewriting import table_of
from tracer.witness.expression_table import Table
from tracer.witness.outcomes import Evaluated, Outcome, Undecided, outcomes_of

_MOST_CALLS = 1 << 24
_LONGEST = 100_000


@dataclass(slots=True)
class Execution:
    """One execution of a statement.

    Attributes:
        values: expression -> number of the text of each evaluation.
        outcomes: condition, junction or chain -> each evaluation of it that came to its end.
        undecided: expressions of which it cannot be told how, or whether, their evaluations ended -> why.
    """

    values: dict[int, list[int]] = field(default_factory=dict)
    outcomes: dict[int, list[Outcome]] = field(default_factory=dict)
    undecided: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class ExpressionCall:
    """One call, read from its events when it is first asked about.

    Attributes:
        executions: statement -> its executions.
    """

    function: int
    number: int
    moments: "array[int]"
    events: "array[int]"
    executions: dict[int, list[Execution]] | None = None


@dataclass(slots=True)
class ExpressionTestimony:
    """What the second observer saw of the expressions of one run.

    Attributes:
        cut: why the report ended before the run did.
        calls: in the order in which they were made.
    """

    table: Table
    cut: str | None
    texts: Texts
    calls: list[ExpressionCall]
    index: dict[tuple[str, int], list[ExpressionCall]] = field(default_factory=dict)

    def answer(self, query: ExpressionQuery) -> Gold | Refusal:
        """Answer a query."""
        from tracer.witness.expression_answers import answer

        return answer(query, self)

    def text(self, number: int) -> str:
        """Return a literal or a marker."""
        return decoded(self.texts.entry(number, _LONGEST))

    def find(self, function: str, number: int) -> list[ExpressionCall]:
        """Return the k-th calls of all functions of a name."""
        if not self.index:
            for call in self.calls:
                name = self.table.functions[call.function].name
                self.index.setdefault((name, call.number), []).append(call)
        return self.index.get((function, number), [])

    def executions(self, call: ExpressionCall, site: int) -> list[Execution]:
        """Return the executions of a statement in a call."""
        if call.executions is None:
            call.executions = _Reading(call, self.table).read()
        return call.executions.get(site, [])


def decode(body: bytes | bytearray | memoryview, source: str) -> ExpressionTestimony:
    """Read a report on a program; raises `MalformedError` for what is none."""
    reader = Unpacker(body)
    table = table_of(source)
    cut = reader.text()
    texts = reader.table()
    numbers: dict[int, int] = {}
    calls = []
    for _ in range(reader.number(0, _MOST_CALLS)):
        function = reader.number(0, len(table.functions) - 1)
        number = numbers[function] = numbers.get(function, 0) + 1
        call = ExpressionCall(function, number, reader.numbers(), reader.numbers())
        _check(call, table, len(texts))
        calls.append(call)
    reader.end()
    return ExpressionTestimony(table, cut, texts, calls)


def _check(call: ExpressionCall, table: Table, texts: int) -> None:
    """Make sure that numbers name what there is, and that expressions belong to what is executed."""
    if len(call.events) % NUMBERS:
        raise MalformedError("a report is cut")
    sites: list[int] = []
    for moment in call.moments:
        if moment >= len(table.sites) or -1 - moment >= len(sites):
            raise MalformedError("a report has a moment that is none")
        site = moment if moment >= 0 else sites[-1 - moment]
        if table.sites[site].function != call.function:
            raise MalformedError("a call executes what is not of its function")
        sites.append(site)
    for what, text, moment in zip(*[iter(call.events)] * NUMBERS, strict=True):
        number = what // 3 if what >= 0 else (-1 - what) // 2
        if number >= len(table.expressions) or not (0 <= moment < len(sites)):
            raise MalformedError("a report has an event that is none")
        if what >= 0 and not 0 <= text < texts:
            raise MalformedError("a report names a text that is not there")
        if what < 0 and number not in table.roots:
            raise MalformedError("a report has an outcome of what is no condition")
        if table.expressions[number].site != sites[moment]:
            raise MalformedError("an expression is evaluated where it is not written")


class _Reading:
    """Sorts the events of a call: by execution, by expression, and by evaluation of a condition."""

    def __init__(self, call: ExpressionCall, table: Table) -> None:
        self._call = call
        self._table = table
        self._tree_of = {leaf: root for root, part in table.roots.items() for leaf in part.leaves()}
        self._chain_of = {operand: chain for chain, operands in table.chains.items() for operand in operands}
        self._filters = {root for roots in table.filters.values() for root in roots}
        self._open: dict[tuple[int, int], dict[int, Evaluated]] = {}
        self._reached: dict[tuple[int, int], int] = {}
        self._execution: list[Execution] = []

    def read(self) -> dict[int, list[Execution]]:
        """Return the executions of each statement."""
        executions: dict[int, list[Execution]] = {}
        for moment in self._call.moments:
            if moment >= 0:
                self._execution.append(Execution())
                executions.setdefault(moment, []).append(self._execution[-1])
            else:
                self._execution.append(self._execution[-1 - moment])
        for what, text, moment in zip(*[iter(self._call.events)] * NUMBERS, strict=True):
            if what >= 0:
                self._evaluated(what // 3, what % 3, text, moment)
            else:
                root, outcome = divmod(-1 - what, 2)
                self._close(root, moment, is_over=True, imposed=bool(outcome))
        for root, moment in list(self._open):
            self._close(root, moment)
        return executions

    def _evaluated(self, number: int, truth: int, text: int, moment: int) -> None:
        execution = self._execution[moment]
        execution.values.setdefault(number, []).append(text)
        if number in self._chain_of:
            key = self._chain_of[number], moment
            self._reached[key] = self._reached.get(key, 1) + 1
        root = self._tree_of.get(number)
        if root is not None:
            if number == self._table.roots[root].head:
                if root in self._filters:  # it was false, or its truth would have been reported
                    self._close(root, moment, is_over=True, imposed=False)
                else:
                    self._close(root, moment)
                self._open[root, moment] = {}
            known = None if truth == UNKNOWN else truth == TRUE
            reached = self._reached.pop((number, moment), 1)
            self._open.setdefault((root, moment), {})[number] = Evaluated(text, known, reached)
        if number in self._table.valued:
            self._close(number, moment, is_over=True)
        for condition in self._table.filters.get(number, ()):
            self._close(condition, moment, is_over=True, imposed=False)
        if number in self._table.arms:
            condition, outcome = self._table.arms[number]
            self._close(condition, moment, is_over=True, imposed=outcome)

    def _close(self, root: int, moment: int, *, is_over: bool = False, imposed: bool | None = None) -> None:
        """Tell an evaluation of a condition; `is_over`: it came to its end for sure."""
        seen = self._open.pop((root, moment), None)
        if seen is None:
            return
        execution, tree = self._execution[moment], self._table.roots[root]
        try:
            found = outcomes_of(tree, seen, self._table.chains, is_over=is_over, imposed=imposed)
        except Undecided as error:
            for part in tree.all():
                execution.undecided[part.number] = str(error)
            return
        for number, outcome in found.items():
            execution.outcomes.setdefault(number, []).append(outcome)
