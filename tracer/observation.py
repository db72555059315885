"""What an instrumented run reported, as data: values and outcomes by program coordinates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from tracer.instrument import instrument
from tracer.sites import Expression, Sites

if TYPE_CHECKING:
    from tracer.witness.expression_testimony import ExpressionTestimony

Truth = bool | None | Literal["opaque"]
"""Outcome of an operand; None: it was not evaluated; "opaque": only the program's own code could tell."""


@dataclass(frozen=True, slots=True)
class ObservedFrame:
    """One call of a function (or lambda), in numbers of the tables in `tracer.sites`.

    Attributes:
        function: qualified name; `call`: this is the k-th call of it in the run, 1-based. A generator's
            call counts when its body is first entered: where that order is not the one in which they are
            made, the second observer differs, and there is no gold.
        executions: statement -> how often it (of a loop: its header) was executed.
        values: (expression, execution of its statement) -> literal or marker of each evaluation.
        outcomes: (expression, execution) -> of each completed evaluation the truth of the whole and then
            of each operand.
        loops: statement -> iterations begun, for each start of the loop.
    """

    function: str
    call: int
    executions: Mapping[int, int]
    values: Mapping[tuple[int, int], tuple[str, ...]]
    outcomes: Mapping[tuple[int, int], tuple[tuple[Truth, ...], ...]]
    loops: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation of one expression, with its coordinates.

    `occurrence` is the k-th execution of the statement on `line` in the call, `evaluation` the k-th
    evaluation of the expression in that execution (in a comprehension there are many), both 1-based.
    """

    function: str
    call: int
    line: int
    occurrence: int
    expression: Expression
    evaluation: int
    literal: str


@dataclass(frozen=True, slots=True)
class Observation:
    """The report of one call of an entry point.

    Attributes:
        code: the source text.
        python: minor version that ran it.
        frames: in the order in which they began; the entry point's is the first.
        cut: why the report ended before the run did, None if it did not.
        second: what the second observer saw of the same call, None where it saw none.
        unconfirmed: why there is no second observation.
    """

    code: str
    python: str
    frames: tuple[ObservedFrame, ...]
    cut: str | None
    second: "ExpressionTestimony | None" = field(default=None, compare=False, repr=False)
    unconfirmed: str = field(default="only one observer saw this run", compare=False, repr=False)

    def with_second(self, testimony: "ExpressionTestimony") -> "Observation":
        """Return the observation with what the second observer saw of the same call."""
        return replace(self, second=testimony, unconfirmed="")

    def without_second(self, reason: str) -> "Observation":
        """Return the observation with the reason for which no second observer confirms it."""
        return replace(self, second=None, unconfirmed=reason)

    @property
    def sites(self) -> Sites:
        """The tables that the numbers in the frames refer to."""
        return instrument(self.code)

    def frame(self, function: str, call: int) -> ObservedFrame | None:
        """Return a call, None where it did not happen."""
        for frame in self.frames:
            if frame.function == function and frame.call == call:
                return frame
        return None

    def evaluations(self) -> Iterator[Evaluation]:
        """Yield every evaluation of every expression, frame by frame."""
        sites = self.sites
        for frame in self.frames:
            for (number, occurrence), literals in frame.values.items():
                expression = sites.expressions[number]
                line = sites.statements[expression.statement].line
                for evaluation, text in enumerate(literals, start=1):
                    yield Evaluation(
                        frame.function, frame.call, line, occurrence, expression, evaluation, text
                    )
