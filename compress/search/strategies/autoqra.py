"""AutoQRA (arXiv 2602.22268): multi-fidelity evolution of (bits, rank), then Bayes within a trust region.

Two phases by the abstract and a summary of the paper. Its released code is QR-Adaptor's under other names;
importance-guided mutation and uniform crossover are never called there, and there is no trust region.

1. Evolution. The first population comes from the importance prior (as in QR-Adaptor, equation 6). Parents are
   drawn by tournament on front and crowding; offspring by uniform crossover (every knob from either parent)
   and importance-guided mutation (knobs move with a chance that grows with what they cost: important ones
   rather up, unimportant ones rather down), then repair. A learned surrogate screens all offspring; the few
   it promotes are measured, at the fidelity below the main one first where that is a measurement, and the
   best of these at the main one. NSGA-II selects over all records.
2. Trust region (`trust_region.py`): expected improvement of a preference between loss and bytes, within a box
   around the best plan that grows on success and shrinks on failure (TuRBO's rules).

Ours: the chances of moves, tournament, screening by front and crowding of (prediction, bytes) with the
perceptron of QR-Adaptor (equation 7 there; below `enough` plans the sum of sensitivities), shares of the
evaluations instead of generations, and new regions until all are used. The first member is the greedy plan:
what is found is never worse than greedy at the budget, and a comparison with greedy has to be read so.
"""

import numpy as np

from compress.search.front import best_of
from compress.search.search import Search
from compress.search.space import Code
from compress.search.strategies.qradaptor import warm_starts
from compress.search.strategies.qradaptor_surrogate import predict_losses
from compress.search.strategies.random import random_budget, random_plan
from compress.search.strategies.trust_region import refine


def search(
    search: Search,
    *,
    population: int = 20,
    offspring: int = 60,
    promote: int = 6,
    jitters: int = 2,
    screened: float = 2.0,
    moves: float = 2.0,
    gamma: float = 1.0,
    enough: int = 10,
    refine_share: float = 0.4,
    alpha: float = 0.7,
) -> None:
    """Evolve, then refine within trust regions.

    Args:
        search: the search.
        population: members that may become parents.
        offspring: children of a generation.
        promote: children of a generation that are measured at the main fidelity.
        jitters: jittered copies of every warm start.
        screened: times as many are measured at the fidelity below first, where that is a measurement.
        moves: expected number of knobs that a mutation moves.
        gamma: how strongly importance guides mutation; 0 not at all.
        enough: measured plans from which on the perceptron screens.
        refine_share: share of the evaluations for phase 2; 0 leaves it out.
        alpha: weight of the loss against the bytes in phase 2.
    """
    starts = warm_starts(search, int(jitters))
    # A third at most: with few evaluations there would be no evolution left.
    first = min(max(int(promote), round(search.evaluations / 6)), max(3, search.evaluations // 3))
    search.evaluate_all(starts[:first], "warm start")
    reserve = round(refine_share * search.evaluations)
    while search.left > reserve:
        known = search.known()
        members = [known[i].code for i in best_of([row.point for row in known], int(population))] or starts
        children = _children(search, members, int(offspring), moves, gamma)
        chosen = _promoted(search, children, min(int(promote), search.left - reserve), screened, enough)
        search.evaluate_all(chosen, "evolution")
    while search.left > 0:
        refine(search, alpha)


def crossed(draw: np.random.Generator, first: Code, second: Code) -> Code:
    """Return a child that has every knob from either parent (uniform crossover)."""
    return tuple(
        a if take else b for a, b, take in zip(first, second, draw.random(len(first)) < 0.5, strict=True)
    )


def mutated(search: Search, code: Code, moves: float, gamma: float) -> Code:
    """Return a code with a few knobs one step away, guided by importance.

    A knob of relative importance w in (0, 1) moves up with a chance in proportion to w^gamma, and down with
    one in proportion to (1 - w)^gamma; the chances add up to `moves`.
    """
    weight = _relative(np.array(search.sensitivity.importance()))
    up, down = weight**gamma, (1 - weight) ** gamma
    scale = min(moves, len(code)) / float((up + down).sum())
    chance = search.draw.random(len(code))
    tops = np.array(search.space.sizes) - 1
    step = np.where(chance < scale * up, 1, np.where(chance < scale * (up + down), -1, 0))
    return tuple(int(i) for i in np.clip(np.array(code) + step, 0, tops))


def _relative(importance: np.ndarray) -> np.ndarray:
    """Return ranks in (0, 1): costs differ by orders of magnitude, and chances must not."""
    if float(np.ptp(importance)) == 0:
        return np.full(len(importance), 0.5)
    order = importance.argsort(kind="stable").argsort(kind="stable")
    found: np.ndarray = (order + 0.5) / len(importance)
    return found


def _children(search: Search, members: list[Code], count: int, moves: float, gamma: float) -> list[Code]:
    found: list[Code] = []
    for _ in range(count):
        # Members are sorted by front and crowding: the better of two is the one that comes first.
        first, second = (members[int(search.draw.integers(len(members), size=2).min())] for _ in range(2))
        found.append(search.repair(mutated(search, crossed(search.draw, first, second), moves, gamma)))
    fresh = [code for code in dict.fromkeys(found) if not search.seen(code)]
    return fresh or [random_plan(search, random_budget(search))]


def _promoted(search: Search, fresh: list[Code], count: int, screened: float, enough: int) -> list[Code]:
    real = search.below > 0
    wanted = round(count * screened) if real else count
    if len(search.known()) >= enough:
        losses = [float(value) for value in predict_losses(search, fresh)]
    else:
        losses = [search.sensitivity.proxy(code) for code in fresh]
    fresh = _best(search, fresh, losses, wanted)
    if not real:
        return fresh
    rows = search.evaluate_all(fresh, "screening", fidelity=search.below)
    return _best(search, fresh, [row.point[0] for row in rows], count)


def _best(search: Search, codes: list[Code], losses: list[float], count: int) -> list[Code]:
    points = [(loss, float(search.space.data_bytes(code))) for loss, code in zip(losses, codes, strict=True)]
    return [codes[i] for i in best_of(points, count)]
