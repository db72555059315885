"""One search: the objective behind a cache, the clock, the budget and the seed.

Strategies see only this. Given the same seed and the same answers they propose the same plans, so a search
that was cut off is resumed by running it again: what is already in the file is answered from it, in no time,
and the strategy arrives where it was.
"""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import numpy as np

from compress.plan import Plan
from compress.search.answers import Answer, Objective, Pool, one_by_one
from compress.search.evaluations import Evaluated, EvaluationFile, measured
from compress.search.front import front_of
from compress.search.repair import fits, repair, require_budget
from compress.search.sensitivity import Information, Sensitivity, check_sensitivity
from compress.search.space import Code, Space

Strategy = Callable[["Search"], None]
Watcher = Callable[["Search"], None]

_MOST_REPEATS = 2000
_MOST_LISTED = 4096


class SpentError(Exception):
    """All evaluations are used, or nothing new is there, or is proposed any more."""


class Search:
    """What a strategy works with.

    Attributes:
        space: the plans to choose from.
        budget: most bytes.
        evaluations: how many different plans may be measured at the main fidelity.
        fidelity: the main fidelity; 0 is the proxy, the others are the objective's.
        below: the cheaper fidelity that strategies may look at first; 0 is the sum of sensitivities.
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
        pool: Pool | None = None,
        information: Callable[[], Information] | None = None,
        below: int = 0,
    ) -> None:
        require_budget(space, budget)
        self.space, self.budget, self.evaluations, self.fidelity = space, budget, evaluations, fidelity
        self.seed, self.below = seed, below
        self.draw = np.random.default_rng(seed)
        self.rows: list[Evaluated] = []
        self.hits = 0
        self._pool = pool or one_by_one(objective)
        self._measure_sensitivity, self._file = sensitivity, file
        self._measure_information = information
        self._information: Information | None = None
        self._sensitivity: Sensitivity | None = None
        self._stored = {(row.plan, row.fidelity): row for row in file.rows}
        self._seen: dict[tuple[str, int], Evaluated] = {}
        self._watcher = watcher
        self._repeats = 0
        self._fitting: int | None = None
        self._debt = 0.0
        self._since = time.perf_counter()

    @property
    def sensitivity(self) -> Sensitivity:
        """The sensitivities; measured when first asked for, and paid for by who asks.

        Where they come from a cache, what they took when they were measured is booked: a strategy must not
        look fast because another one has paid.
        """
        if self._sensitivity is None:
            begun = time.perf_counter()
            self._sensitivity = self._measure_sensitivity()
            check_sensitivity(self._sensitivity, self.space)
            self._debt += max(0.0, self._sensitivity.seconds - (time.perf_counter() - begun))
        return self._sensitivity

    @property
    def information(self) -> tuple[float, ...]:
        """Mutual information by knob, or, where nobody measures it, what the cheapest choice costs."""
        if self._measure_information is None:
            return self.sensitivity.importance()
        if self._information is None:
            begun = time.perf_counter()
            self._information = self._measure_information()
            self._debt += max(0.0, self._information.seconds - (time.perf_counter() - begun))
        return self._information.values

    @property
    def left(self) -> int:
        """Evaluations that are still to be had."""
        return self.evaluations - sum(row.fidelity == self.fidelity for row in self.rows)

    @property
    def seconds(self) -> float:
        """Time booked so far: objective (summed over workers), strategy, and measuring sensitivities."""
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
        """Measure a plan that fits, or look it up; see `evaluate_all`."""
        return self.evaluate_all([code], stage, fidelity)[0]

    def evaluate_all(
        self, codes: Sequence[Code], stage: str = "", fidelity: int | None = None
    ) -> list[Evaluated]:
        """Measure plans that fit, or look them up; new ones are measured at the same time by several workers.

        Rows are in the order of the codes, however many workers there are.

        Raises:
            SpentError: there are not enough evaluations left (those that are left are used first), or only
                known plans have come up for long.
            ValueError: a plan does not fit the budget; a strategy has to see to that itself.
        """
        fidelity = self.fidelity if fidelity is None else fidelity
        codes = [self.space.canonical(code) for code in codes]
        for code in codes:
            if not self.fits(code):
                raise ValueError(f"the plan of code {code} is over the budget")
        plans = {code: self.space.plan(code) for code in codes}
        keys = {code: (plan.hash(), fidelity) for code, plan in plans.items()}
        new: list[Code] = []
        for number, code in enumerate(codes):
            if keys[code] in self._seen or code in codes[:number]:
                self.hits += 1
                self._repeats += 1
                if self._repeats > _MOST_REPEATS or self._all_seen(fidelity):
                    raise SpentError
            else:
                self._repeats = 0
                new.append(code)
        short = fidelity == self.fidelity and len(new) > self.left
        if short:
            new = new[: max(self.left, 0)]
        self._measure(new, plans, keys, stage)
        if short:
            raise SpentError
        return [self._seen[keys[code]] for code in codes]

    def _all_seen(self, fidelity: int) -> bool:
        """Whether a small space has nothing more to offer, so that nobody thinks long about known plans."""
        if self._fitting is None:
            listed = self.space.count <= _MOST_LISTED
            self._fitting = len(self.space.fitting(self.budget)) if listed else sys.maxsize
        return sum(seen == fidelity for _, seen in self._seen) >= self._fitting

    def _measure(
        self, codes: list[Code], plans: dict[Code, Plan], keys: dict[Code, tuple[str, int]], stage: str
    ) -> None:
        unknown = [code for code in codes if keys[code] not in self._stored]
        jobs = [(plans[code], keys[code][1]) for code in unknown]
        answers = iter(self._answers(unknown, jobs))
        for code in codes:
            name, fidelity = keys[code]
            row = self._stored.get(keys[code])
            if row is not None:
                # The row has paid for the sensitivities, where they were asked for before it.
                self._debt = 0.0
            else:
                thought = time.perf_counter() - self._since + self._debt
                answer = next(answers)
                row = Evaluated(
                    number=len(self._file.rows),
                    plan=name,
                    code=code,
                    stage=stage,
                    fidelity=fidelity,
                    loss=answer.loss,
                    failure=answer.failure,
                    bytes=self.space.total_bytes(code),
                    proxy=None if self._sensitivity is None else self._sensitivity.proxy(code),
                    seconds=answer.seconds,
                    thought=thought,
                )
                self._debt = 0.0
                self._file.append(row)
            self._seen[keys[code]] = row
            self.rows.append(row)
            self._watcher(self)
            self._since = time.perf_counter()

    def _answers(self, codes: list[Code], jobs: list[tuple[Plan, int]]) -> Iterable[Answer]:
        if jobs and jobs[0][1] == 0:
            return (Answer(self.sensitivity.proxy(code), None, 0.0) for code in codes)
        return self._pool(jobs)


def run_strategy(strategy: Strategy, search: Search) -> None:
    """Let a strategy work until it is done or the evaluations are used."""
    with suppress(SpentError):
        strategy(search)
