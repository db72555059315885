"""Asking an objective: whatever a plan does to it, an answer comes back."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from compress.plan import Plan

# (plan, fidelity) -> loss, smaller is better. May raise: the plan is infeasible then.
Objective = Callable[[Plan, int], float]
# Measures plans, maybe at the same time; answers come in the order of the plans, each as soon as it can.
Pool = Callable[[Sequence[tuple[Plan, int]]], Iterable["Answer"]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an objective said of a plan.

    Attributes:
        loss: None where it failed.
        failure: why, in one line.
        seconds: wall time of the objective.
    """

    loss: float | None
    failure: str | None
    seconds: float


def answer_of(objective: Objective, plan: Plan, fidelity: int) -> Answer:
    """Ask an objective. An exception, infinity or NaN makes the plan infeasible; the search goes on."""
    begun = time.perf_counter()
    try:
        loss = float(objective(plan, fidelity))
    except Exception as error:
        failure = f"{type(error).__name__}: {error}".splitlines()[0]
        return Answer(None, failure, time.perf_counter() - begun)
    seconds = time.perf_counter() - begun
    if not math.isfinite(loss):
        return Answer(None, f"the objective is {loss}", seconds)
    return Answer(loss, None, seconds)


def one_by_one(objective: Objective) -> Pool:
    """Return a pool that measures in this process, one plan after the other."""
    return lambda jobs: (answer_of(objective, plan, fidelity) for plan, fidelity in jobs)
