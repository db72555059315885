"""Baseline: chance, with the same evaluations.

It knows the budget and nothing else: no sensitivities, no feedback. A code is drawn uniformly, random
knobs step
down until it fits, and random knobs step up while it still does, since wasting bytes would make the baseline
weaker than it need be. Every second plan aims at the whole budget, the others at a random smaller one, for a
front.
"""

from compress.search.repair import fits
from compress.search.search import Search
from compress.search.space import Code, moved

_BATCH = 8


def search(search: Search) -> None:
    """Measure random plans until the evaluations are used."""
    while True:
        # As many at a time as may keep several workers busy; nothing depends on what was measured.
        batch = [random_plan(search, random_budget(search) if n % 2 else None) for n in range(_BATCH)]
        search.evaluate_all(batch, "random")


def random_budget(search: Search) -> int:
    """Draw a budget between the smallest plan and the full budget."""
    least = search.space.total_bytes(search.space.smallest())
    return int(search.draw.integers(least, search.budget + 1))


def random_plan(search: Search, budget: int | None = None) -> Code:
    """Draw a plan that fills a budget; None takes the whole one."""
    space, draw = search.space, search.draw
    budget = search.budget if budget is None else budget
    code = space.random(draw)
    while not fits(space, code, budget):
        code = moved(code, int(draw.choice([n for n, index in enumerate(code) if index])), -1)
    for number in draw.permutation(len(code)):
        step = int(number)
        while code[step] + 1 < space.sizes[step] and fits(space, moved(code, step, 1), budget):
            code = moved(code, step, 1)
    return code
