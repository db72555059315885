"""Baseline: sensitivity per byte.

From the largest plan, the step that is expected to cost least per byte saved, again and again, until the
budget fits: one plan, no feedback. The evaluations that are left go to the same descent at smaller
budgets, so
that there is a front to compare.
"""

import numpy as np

from compress.search.search import Search
from compress.search.space import Code


def search(search: Search) -> None:
    """Measure the greedy plan at the budget, then at smaller ones, evenly spaced."""
    search.evaluate_all(descent(search, search.left), "greedy")


def descent(search: Search, count: int) -> list[Code]:
    """Return greedy plans at `count` budgets from the full one down to the smallest plan."""
    least = search.space.total_bytes(search.space.smallest())
    code, found = search.space.largest(), []
    for budget in np.linspace(search.budget, least, max(count, 1)):
        code = search.repair(code, int(budget))
        found.append(code)
    return list(dict.fromkeys(found))
