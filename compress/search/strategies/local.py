"""Baseline: hill climbing from the greedy plan.

One knob steps up, the budget is repaired, and the plan is kept where the loss fell. Where no step helps any
more, the best plan is kicked at a few random knobs and climbed from again.
"""

from compress.search.evaluations import Evaluated
from compress.search.search import Search
from compress.search.space import Code, moved


def search(search: Search, *, kick: int = 4) -> None:
    """Climb from the greedy plan; `kick` knobs move at random for a new start."""
    start = search.evaluate(search.repair(search.space.largest()), "greedy")
    while True:
        _climb(search, start)
        best = search.best() or start
        start = search.evaluate(kicked(search, best.code, kick), "kick")


def _climb(search: Search, here: Evaluated) -> None:
    improved = True
    while improved:
        improved = False
        for code in _steps(search, here.code):
            found = search.evaluate(code, "climb")
            if found.point[0] < here.point[0]:
                here, improved = found, True
                break


def _steps(search: Search, code: Code) -> list[Code]:
    """Return the repaired upgrades and plain downgrades of a code, in random order, each once."""
    around = [search.repair(step) for step in search.space.neighbours(code)]
    around = [step for step in dict.fromkeys(around) if step != code and not search.seen(step)]
    return [around[int(i)] for i in search.draw.permutation(len(around))]


def kicked(search: Search, code: Code, count: int) -> Code:
    """Return a code with a few knobs at random values, repaired."""
    for number in search.draw.choice(len(code), min(count, len(code)), replace=False):
        size = search.space.sizes[int(number)]
        code = moved(code, int(number), int(search.draw.integers(size)) - code[int(number)])
    return search.repair(code)
