"""At which of its steps a frame made the calls that the trace says it made.

A trace lists the calls of a frame in order, but not the steps that made them. The source text says what
each statement calls; for nearly every program that leaves one way to spread the calls over the steps. Where
it leaves several, the likeliest is taken and marked as not sure.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from core_bench.pages.call_sites import ANY, Demand, Statement, callee_keys
from tracer import Step


@dataclass(frozen=True, slots=True)
class Placed:
    """The place of a call: index of the calling frame's step, and whether there is only one way."""

    step: int
    sure: bool


def place(callees: Sequence[str], steps: Sequence[Step], statements: Mapping[int, Statement]) -> list[Placed]:
    """Return, for each called function in the order of the calls, at which step it was called.

    `steps` are those of the calling frame, at least one; the places never go backwards.
    """
    demands = [_demands(steps, index, statements) for index in range(len(steps))]
    supply = {key for demand in demands for key in demand}
    keys = [next((key for key in callee_keys(name) if key in supply), None) for name in callees]
    plan = {
        key: _Quotas(key, count, demands, ANY in supply)
        for key, count in Counter(keys).items()
        if key is not None
    }
    waiting = deque(keys)
    placed: list[Placed] = []
    for index in range(len(steps)):
        left = {key: quotas.at(index) for key, quotas in plan.items() if key in demands[index]}
        while waiting:
            skipped = _unknown_ahead(waiting)
            head = waiting[skipped] if skipped < len(waiting) else None
            if head is None or left.get(head, 0) <= 0:
                break
            left[head] -= 1
            plan[head].left -= 1
            placed.extend(Placed(index, sure=False) for _ in range(skipped))
            placed.append(Placed(index, plan[head].sure))
            for _ in range(skipped + 1):
                waiting.popleft()
    placed.extend(Placed(len(steps) - 1, sure=len(steps) == 1) for _ in waiting)
    return placed


def _demands(steps: Sequence[Step], index: int, statements: Mapping[int, Statement]) -> dict[str, Demand]:
    step = steps[index]
    statement = statements.get(step.line)
    if statement is None:
        return {}
    demands = statement.demands_after(steps[index - 1].line if index else None)
    if step.raised is not None:  # it may have ended before any of its calls
        return {key: Demand(0, demand.high, demand.certain) for key, demand in demands.items()}
    return demands


class _Quotas:
    """Spreads the calls of one key over the steps that can make them.

    Attributes:
        left: calls that have no place yet.
        sure: there is one way to spread them, and no call through another name (`unnamed`) blurs it.
    """

    def __init__(self, key: str, count: int, demands: Sequence[Mapping[str, Demand]], unnamed: bool) -> None:
        self.left = count
        self._demands = [demand.get(key) for demand in demands]
        present = [demand for demand in self._demands if demand is not None]
        loose = sum(demand.low != demand.high for demand in present)
        low, high = sum(demand.low for demand in present), sum(demand.high for demand in present)
        one_way = loose == 0 or (not unnamed and (loose == 1 or count in (low, high)))
        self.sure = low <= count <= high and one_way and all(demand.certain for demand in present)
        self._low_ahead, self._loose_ahead = low, loose

    def at(self, index: int) -> int:
        """Return how many calls the step at `index` is to have; to be asked for each step in order."""
        demand = self._demands[index]
        if demand is None:
            return 0
        self._low_ahead -= demand.low
        if demand.low == demand.high:
            return demand.low
        spare = max(0, self.left - self._low_ahead)
        share = ceil(spare / self._loose_ahead)  # as even as can be; all of them at the last chance
        self._loose_ahead -= 1
        return int(min(demand.high, max(demand.low, share)))


def _unknown_ahead(waiting: Sequence[str | None]) -> int:
    """Count the calls at the head of the queue that no site of the frame explains."""
    return next((index for index, key in enumerate(waiting) if key is not None), len(waiting))
