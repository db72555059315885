"""Bayesian optimisation within a trust region: TuRBO (Eriksson et al. 2019, section 2) on the codes of plans.

From the paper: candidates lie in a box around the best point, whose side starts at 0.8 of the space, doubles
(to at most 1.6) after 3 successes in a row and halves after a run of failures; below a least side the region
is given up and another one begins. A candidate changes each coordinate with a chance of min(20 / d, 1). Ours:
codes are whole numbers, so that the box is rounded to steps and a side below one step of the finest knob ends
the region; candidates are repaired to the budget; expected improvement chooses (Thompson sampling there), as
AutoQRA names it; the goal is a preference between loss and bytes, which a new region draws anew, so that
regions work at different parts of the front; the first region has the preference that was asked for.
"""

import numpy as np

from compress.search.search import Search
from compress.search.space import Code
from compress.search.strategies.random import random_plan
from compress.search.surrogates import GaussianProcess, expected_improvement, squashed

_FIRST, _MOST = 0.8, 1.6
_SUCCESSES = 3
_CANDIDATES = 200


def refine(search: Search, alpha: float) -> None:
    """Work in one region after the other until the evaluations are used.

    Args:
        search: the search.
        alpha: weight of the loss against the bytes in the first region; later ones draw theirs.
    """
    while search.left > 0:
        _region(search, alpha)
        alpha = float(search.draw.uniform(0.2, 1.0))


def utilities(search: Search, alpha: float) -> np.ndarray:
    """Return alpha * (1 - loss) - (1 - alpha) * bytes of every known plan, both scaled to [0, 1]."""
    known = search.known()
    loss = squashed([row.point[0] for row in known])
    size = np.array([row.bytes for row in known], float)
    least = search.space.total_bytes(search.space.smallest())
    share = (size - least) / max(search.budget - least, 1)
    found: np.ndarray = alpha * (1 - loss / (float(loss.max()) or 1.0)) - (1 - alpha) * share
    return found


def _region(search: Search, alpha: float) -> None:
    side, successes, failures = _FIRST, 0, 0
    # With two choices a knob one step is the whole space, and no first side would be that large.
    least = 1 / max(max(search.space.sizes) - 1, 2)
    patience = max(4, round(len(search.space.knobs) / 6))
    while side >= least and search.left > 0:
        known = search.known()
        if len(known) < 3:
            search.evaluate(random_plan(search), "trust region")
            continue
        worth = utilities(search, alpha)
        centre = known[int(np.argmax(worth))].code
        around = [search.repair(code) for code in candidates(search, centre, side)]
        fresh = [code for code in dict.fromkeys(around) if not search.seen(code)]
        if not fresh:
            search.evaluate(random_plan(search), "trust region")
            return
        process = GaussianProcess(np.array([search.space.features(row.code) for row in known]), worth)
        gain = expected_improvement(
            *process.predict(np.array([search.space.features(code) for code in fresh])), float(worth.max())
        )
        search.evaluate(fresh[int(np.argmax(gain))], "trust region")
        better = float(utilities(search, alpha).max()) > float(worth.max()) + 1e-3
        successes, failures = (successes + 1, 0) if better else (0, failures + 1)
        if successes == _SUCCESSES:
            side, successes = min(2 * side, _MOST), 0
        elif failures == patience:
            side, failures = side / 2, 0


def candidates(search: Search, centre: Code, side: float) -> list[Code]:
    """Draw codes in a box around a centre; every code differs from it in at least one knob."""
    tops = np.array(search.space.sizes) - 1
    reach = np.maximum(np.rint(side / 2 * tops), 1).astype(int)
    low, high = np.maximum(np.array(centre) - reach, 0), np.minimum(np.array(centre) + reach, tops)
    moved = search.draw.random((_CANDIDATES, len(centre))) < min(20 / len(centre), 1)
    moved[np.arange(_CANDIDATES), search.draw.integers(len(centre), size=_CANDIDATES)] = True
    drawn = search.draw.integers(low, high + 1, size=(_CANDIDATES, len(centre)))
    return [tuple(int(i) for i in row) for row in np.where(moved, drawn, np.array(centre))]
