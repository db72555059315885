"""QPruner (arXiv 2412.11629): pruning, bits by mutual information, Bayesian optimisation of the bits.

Steps by the abstract and second-hand summaries; numbers by the author's later re-implementation, as the
paper's own are not known.

1. Structured pruning by group Taylor importance comes first. A space that drops blocks or narrows the FFN is
   pruned here: structural knobs step down, least expected loss per byte first, until `pruned` of the largest
   plan's bytes are saved, and stay so. Otherwise search a folder that `compress uniform` has pruned.
2. Importance is I(X; Y) of a layer's output and the prediction; in the re-implementation a 16 x 16 histogram
   of two scalars. Ours is the KSG estimate of `importance/information.py` above its value on shuffled pairs.
3. All bits start lowest; the upgrade with the largest I * log2(next / current) per added byte is taken while
   it fits the budget (per added bit there; ours counts the bytes of the files).
4. A Gaussian process and expected improvement, margin 0.01, refine the bits: first the allocation of step 3,
   then a random plan, then the candidate with the largest expected improvement. Features: log2 of the bits.
5. Recovery starts from the quantisation error: fidelity 2 of the objective does that (`recovering.py`).

Ours: candidates are sampled (random plans that fill the budget, and neighbours of the best), as there are
too many to enumerate beyond toys; the kernel is Matern 5/2 with a fitted length (RBF 0.75 there); losses are
squashed. Only the budget is aimed at, as in the paper: the front is a by-product.
"""

import math

import numpy as np

from compress.search.search import Search
from compress.search.space import Code, Knob, moved
from compress.search.strategies.random import random_plan
from compress.search.surrogates import GaussianProcess, expected_improvement, squashed

_STRUCTURE = ("dropped", "ffn_width")


def search(
    search: Search,
    *,
    pruned: float = 0.2,
    starts: int = 2,
    candidates: int = 64,
    margin: float = 0.01,
) -> None:
    """Prune, allocate by information, refine by expected improvement.

    Args:
        search: the search.
        pruned: share of the largest plan's bytes that pruning saves, where the space has structure.
        starts: plans measured before the Gaussian process chooses; the first is the allocation.
        candidates: plans of which the best expected improvement is measured.
        margin: what an improvement has to exceed, in standard deviations of the measured (squashed) losses.
    """
    structure = pruned_structure(search, pruned)
    first = allocated(search, structure)
    drawn = [_kept(search, random_plan(search), structure) for _ in range(max(int(starts), 2) - 1)]
    search.evaluate_all([first, *drawn], "start")
    while True:
        search.evaluate(_most_promising(search, structure, int(candidates), margin, first), "improvement")


def pruned_structure(search: Search, share: float) -> dict[int, int]:
    """Return the choice of every structural knob (dropped, FFN width), by number of the knob."""
    space = search.space
    numbers = [n for n, knob in enumerate(space.knobs) if knob.field in _STRUCTURE]
    code = space.largest()
    goal = (1 - share) * space.total_bytes(code)
    while numbers and space.total_bytes(code) > goal:
        down = [n for n in numbers if code[n]]
        if not down:
            break
        code = moved(code, min(down, key=lambda n: (_price(search, code, n), n)), -1)
    return {n: code[n] for n in numbers}


def allocated(search: Search, structure: dict[int, int]) -> Code:
    """Return the greedy allocation by information; should its structure not fit, it is repaired."""
    space = search.space
    code = _set(space.smallest(), structure)
    if not search.fits(code):
        return search.repair(code)
    worth = search.information
    while True:
        rises = [
            (_gain(space.knobs[n], code[n], worth[n]) / -space.saved_bytes(code, n, 1), -n)
            for n in range(len(code))
            if n not in structure
            and code[n] + 1 < space.sizes[n]
            and space.saved_bytes(code, n, 1) < 0
            and search.fits(moved(code, n, 1))
        ]
        if not rises or max(rises)[0] <= 0:
            return code
        code = moved(code, -max(rises)[1], 1)


def _gain(knob: Knob, index: int, worth: float) -> float:
    now, then = knob.choices[index], knob.choices[index + 1]
    if knob.field == "rank":  # ranks can be 0, and are no bits: the paper fixes them
        return worth * math.log2((then + 1) / (now + 1)) / 4
    return worth * math.log2(then / now)


def _price(search: Search, code: Code, number: int) -> float:
    losses = search.sensitivity.losses[number]
    saved = search.space.saved_bytes(code, number)
    return (losses[code[number] - 1] - losses[code[number]] + 1e-8) / max(saved, 1)


def _set(code: Code, structure: dict[int, int]) -> Code:
    return tuple(structure.get(n, index) for n, index in enumerate(code))


def _kept(search: Search, code: Code, structure: dict[int, int]) -> Code:
    """Return a code with the structure of step 1, within the budget."""
    return search.repair(_set(code, structure)) if structure else code


def _most_promising(
    search: Search, structure: dict[int, int], candidates: int, margin: float, first: Code
) -> Code:
    known = search.known()
    best = min(known, key=lambda row: row.point).code if known else first
    around = [search.repair(code) for code in search.space.neighbours(best)]
    drawn = [random_plan(search) for _ in range(candidates)]
    pool = [_kept(search, code, structure) for code in (*around, *drawn)]
    fresh = [code for code in dict.fromkeys(pool) if not search.seen(code)]
    if len(known) < 2 or not fresh:
        return fresh[-1] if fresh else _kept(search, random_plan(search), structure)
    worth = -squashed([row.point[0] for row in known])
    process = GaussianProcess(np.array([_features(search, row.code) for row in known]), worth)
    mean, spread = process.predict(np.array([_features(search, code) for code in fresh]))
    least = float(worth.max()) + margin * (float(worth.std()) or 1.0)
    return fresh[int(np.argmax(expected_improvement(mean, spread, least)))]


def _features(search: Search, code: Code) -> np.ndarray:
    """Return log2 of every choice, scaled to [0, 1] within its knob, float64 [knobs]."""
    found = []
    for knob, index in zip(search.space.knobs, code, strict=True):
        low, value, high = (
            math.log2(v + (knob.field in ("rank", "dropped")))
            for v in (knob.choices[0], knob.choices[index], knob.choices[-1])
        )
        found.append((value - low) / (high - low))
    return np.array(found)
