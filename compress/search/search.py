"""One search: the objective behind a cache, the clock, the budget and the seed.

Strategies see only this. Given the same seed and the same answers they propose the same plans, so a search
that was cut off is resumed by running it again: what is already in the file is answered from it, in no time,
and the strategy arrives where it was.
"""

import math
import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from compress.plan import Plan
from compress.search.evaluations import Evaluated, EvaluationFile, measured
from compress.search.front import front_of
from compress.search.repair import fits, repair, require_budget
from compress.search.sensitivity import Sensitivity, check_sensitivity
from compress.search.space import Code, Space

# (plan, fidelity) -> loss, smaller is better. May raise: the plan is infeasible then.
Objective = Callable[[Plan, int], float]
Strategy = Callable[["Search"], None]
Watcher = Callable[["Search"], None]

_MOST_REPEATS = 2000


class SpentError(Exception):
    """All evaluations are used, or nothing new is proposed any more."""


class Search:
    """What a strategy works with.

    Attributes:
        space: the plans to choose from.
        budget: most bytes.
        evaluations: how many different plans may be measured at the main fidelity.
        fidelity: the main fidelity.
        draw: the only source of chance.
        rows: what was evaluated in this search so far, in order.
        hits: how often a plan came up that was already known.
    """

    def __init__(
        self,
        space: Space,
        budget: int,
        objective: Objective,
        sensitivity: Callable[[], Sensitivity],
        file: EvaluationFile,
        evaluations: int,
        seed: int = 0,
        fidelity: int = 1,
        watcher: Watcher = lambda _search: None,
    ) -> None:
        require_budget(space, budget)
        self.space, self.budget, self.evaluations, self.fidelity = space, budget, evaluations, fidelity
        self.seed = seed
        self.draw = np.random.default_rng(seed)
        self.rows: list[Evaluated] = []
        self.hits = 0
        self._objective, self._measure_sensitivity, self._file = objective, sensitivity, file
        self._sensitivity: Sensitivity | None = None
        self._stored = {(row.plan, row.fidelity): row for row in file.rows}
        self._seen: dict[tuple[str, int], Evaluated] = {}
        self._watcher = watcher
        self._repeats = 0
        self._since = time.perf_counter()

    @property
    def sensitivity(self) -> Sensitivity:
        """The sensitivities; measured when first asked for, and paid for by who asks."""
        if self._sensitivity is None:
            self._sensitivity = self._measure_sensitivity()
            check_sensitivity(self._sensitivity, self.space)
        return self._sensitivity

    @property
    def left(self) -> int:
        """Evaluations that are still to be had."""
        return self.evaluations - sum(row.fidelity == self.fidelity for row in self.rows)

    @property
    def seconds(self) -> float:
        """Wall time booked so far: objective and strategy."""
        return sum(row.seconds + row.thought for row in self.rows)

    def known(self) -> list[Evaluated]:
        """Return the plans measured at the main fidelity that did not fail."""
        return measured(self.rows, self.fidelity)

    def front(self) -> list[Evaluated]:
        """Return the plans that no other plan beats in both loss and bytes, smallest first."""
        rows = self.known()
        return [rows[index] for index in front_of([row.point for row in rows])]

    def best(self) -> Evaluated | None:
        """Return the plan with the smallest loss."""
        return min(self.known(), key=lambda row: row.point, default=None)

    def seen(self, code: Code) -> bool:
        """Whether this plan was already measured at the main fidelity."""
        return (self.space.plan(code).hash(), self.fidelity) in self._seen

    def fits(self, code: Code) -> bool:
        """Whether the plan fits the budget."""
        return fits(self.space, code, self.budget)

    def repair(self, code: Code, budget: int | None = None) -> Code:
        """Step down to the budget (or a smaller one) by the sensitivities."""
        return repair(self.space, code, self.budget if budget is None else budget, self.sensitivity)

    def evaluate(self, code: Code, stage: str = "", fidelity: int | None = None) -> Evaluated:
        """Measure a plan that fits, or look it up.

        Raises:
            SpentError: there are no evaluations left, or only known plans have come up for long.
            ValueError: the plan does not fit the budget; a strategy has to see to that itself.
        """
        code = self.space.canonical(code)
        fidelity = self.fidelity if fidelity is None else fidelity
        if not self.fits(code):
            raise ValueError(f"the plan of code {code} is over the budget")
        plan = self.space.plan(code)
        key = (plan.hash(), fidelity)
        if key in self._seen:
            self.hits += 1
            self._repeats += 1
            if self._repeats > _MOST_REPEATS:
                raise SpentError
            return self._seen[key]
        if fidelity == self.fidelity and self.left <= 0:
            raise SpentError
        self._repeats = 0
        row = self._stored.get(key) or self._measure(plan, key[0], code, stage, fidelity)
        self._seen[key] = row
        self.rows.append(row)
        self._watcher(self)
        self._since = time.perf_counter()
        return row

    def _measure(self, plan: Plan, name: str, code: Code, stage: str, fidelity: int) -> Evaluated:
        begun = time.perf_counter()
        loss: float | None = None
        failure = None
        try:
            loss = float(self._objective(plan, fidelity))
            if not math.isfinite(loss):
                loss, failure = None, f"the objective is {loss}"
        except Exception as error:  # whatever a plan does to an objective, the search goes on
            failure = f"{type(error).__name__}: {error}".splitlines()[0]
        row = Evaluated(
            number=len(self._file.rows),
            plan=name,
            code=code,
            stage=stage,
            fidelity=fidelity,
            loss=loss,
            failure=failure,
            bytes=self.space.total_bytes(code),
            proxy=None if self._sensitivity is None else self._sensitivity.proxy(code),
            seconds=time.perf_counter() - begun,
            thought=begun - self._since,
        )
        self._file.append(row)
        return row


def run_strategy(strategy: Strategy, search: Search) -> None:
    """Let a strategy work until it is done or the evaluations are used."""
    with suppress(SpentError):
        strategy(search)
