"""QR-Adaptor (arXiv 2505.03802): sensitivity profiling, evolution of (bits, rank), Bayesian refinement.

Three stages by the abstract of the ACL version; equations and constants by the released code.

1. Warm start (equation 6): every knob starts at `low + (high - low) * tau(importance)`, importance scaled to
   [0, 1] within its kind, tau one of identity, root and square; with a few jittered copies, all repaired.
2. Evolution: five random atomic neighbours of every member, repaired; the cheap proxy for all; a small MLP
   (equation 7: 64 and 32 units, GELU, Huber loss, from ten samples on) chooses six to be measured; NSGA-II
   selection over all records; it ends when the hypervolume grew by less than 1e-3 over three generations.
3. Refinement: utility `alpha * performance - (1 - alpha) * memory` (equation 8), a Gaussian process with a
   Matern 5/2 kernel on the encoding of equation 9, expected improvement (10) over the repaired atomic
   neighbours of the front (11), until it is below 1e-4 (13).

Ours, since it is in no source or the code leaves it out: sensitivities are measured KL divergences of the
very steps; the proxy is their sum, not the mean coverage; the MLP's six are chosen by front and crowding of
(predicted loss, bytes), as the best predicted loss alone would never measure a small plan; losses are
squashed before any model sees them; high fidelity is a measurement, never the proxy with noise. The first
warm start is the greedy plan: what is found is never worse than greedy at the budget, and a comparison with
greedy has to be read so. So that it can be compared at equal evaluations, stage 3 gets a share of them
instead of three iterations, and stages 2 and 3 alternate until all are used.
"""

import numpy as np

from compress.search.front import best_of, hypervolume
from compress.search.search import Search
from compress.search.space import Code, moved
from compress.search.strategies.qradaptor_surrogate import predict_losses
from compress.search.surrogates import GaussianProcess, expected_improvement, squashed


def search(
    search: Search,
    *,
    population: int = 40,
    neighbours: int = 5,
    promote: int = 6,
    jitters: int = 4,
    enough: int = 10,
    refine_share: float = 0.25,
    alpha: float = 0.6,
    least_growth: float = 1e-3,
    patience: int = 3,
    least_gain: float = 1e-4,
) -> None:
    """Search (bits, rank) in three stages.

    Args:
        search: the search.
        population: members that have offspring.
        neighbours: offspring of a member; in stage 3, candidates around a point of the front.
        promote: plans measured in a generation.
        jitters: jittered copies of every warm start.
        enough: measured plans from which on the MLP chooses; before, the proxy does.
        refine_share: share of the evaluations that is kept for stage 3; 0 leaves stage 3 out.
        alpha: weight of the performance against the memory in stage 3.
        least_growth: relative growth of the hypervolume, below which stage 2 ends.
        patience: generations over which that is judged.
        least_gain: expected improvement below which stage 3 ends.
    """
    starts = warm_starts(search, jitters)
    search.evaluate_all(starts[: max(promote, round(search.evaluations / 4))], "warm start")
    reserve = round(refine_share * search.evaluations)
    while search.left > 0:
        _evolve(search, starts, reserve, population, neighbours, promote, enough, least_growth, patience)
        if refine_share > 0:
            _refine(search, neighbours, alpha, least_gain)
        reserve = 0


def warm_starts(search: Search, jitters: int) -> list[Code]:
    """Return repaired starts: the greedy plan (ours), three transforms of the importance, jittered copies."""
    share = _scaled_importance(search)
    top = np.array(search.space.sizes) - 1
    plain = [tuple(int(i) for i in np.rint(top * tau)) for tau in (share, np.sqrt(share), share**2)]
    starts = [search.repair(code) for code in (search.space.largest(), *plain)]
    for code in plain:
        for _ in range(jitters):
            jump = search.draw.integers(-1, 2, len(code))
            starts.append(search.repair(tuple(int(i) for i in np.clip(np.array(code) + jump, 0, top))))
    return list(dict.fromkeys(starts))


def atomic_offspring(search: Search, code: Code, count: int) -> list[Code]:
    """Return repaired one-step neighbours, drawn at random."""
    around = list(search.space.neighbours(code))
    chosen = search.draw.choice(len(around), min(count, len(around)), replace=False)
    return [search.repair(around[int(i)]) for i in chosen]


def _evolve(
    search: Search,
    starts: list[Code],
    reserve: int,
    population: int,
    neighbours: int,
    promote: int,
    enough: int,
    least_growth: float,
    patience: int,
) -> None:
    volumes: list[float] = []
    members = starts
    while search.left > reserve:
        known = search.known()
        chosen = best_of([row.point for row in known], population)
        members = [known[i].code for i in chosen] or members
        offspring = [code for member in members for code in atomic_offspring(search, member, neighbours)]
        fresh = [code for code in dict.fromkeys(offspring) if not search.seen(code)]
        if not fresh:
            fresh = [_shaken(search, members[int(search.draw.integers(len(members)))])]
        chosen_few = _promoted(search, fresh, min(promote, search.left - reserve), enough)
        search.evaluate_all(chosen_few, "evolution")
        volumes.append(_volume(search))
        if len(volumes) > patience and volumes[-1] - volumes[-1 - patience] < least_growth * volumes[-1]:
            return


def _promoted(search: Search, fresh: list[Code], count: int, enough: int) -> list[Code]:
    if len(search.known()) >= enough:
        losses = predict_losses(search, fresh)
    else:
        losses = np.array([search.sensitivity.proxy(code) for code in fresh])
    sizes = [float(search.space.data_bytes(code)) for code in fresh]
    chosen = best_of(list(zip(map(float, losses), sizes, strict=True)), count)
    return [fresh[i] for i in chosen]


def _refine(search: Search, neighbours: int, alpha: float, least_gain: float) -> None:
    while search.left > 0:
        known, front = search.known(), search.front()
        if len(known) < 3:
            search.evaluate(_shaken(search, search.space.largest()), "refinement")
            continue
        around = [code for row in front for code in atomic_offspring(search, row.code, neighbours)]
        fresh = [code for code in dict.fromkeys(around) if not search.seen(code)]
        if not fresh:
            search.evaluate(_shaken(search, front[-1].code), "refinement")
            return
        utility = _utilities(search, alpha)
        process = GaussianProcess(np.array([_encoded(search, row.code) for row in known]), utility)
        mean, spread = process.predict(np.array([_encoded(search, code) for code in fresh]))
        gain = expected_improvement(mean, spread, float(utility.max()))
        best = int(np.argmax(gain))
        search.evaluate(fresh[best], "refinement")
        if gain[best] < least_gain:
            return


def _utilities(search: Search, alpha: float) -> np.ndarray:
    known = search.known()
    loss = squashed([row.point[0] for row in known])
    size = np.array([row.bytes for row in known], float)
    found: np.ndarray = alpha * (1 - _unit(loss)) - (1 - alpha) * _unit(size)
    return found


def _encoded(search: Search, code: Code) -> np.ndarray:
    """Return the encoding of equation 9: every knob in [0, 1], and the weighted coverage by kind."""
    places = search.space.features(code)
    return np.concatenate([places, coverage(search, code)])


def coverage(search: Search, code: Code) -> np.ndarray:
    """Return, for every kind of knob, the mean place of its knobs weighted by their importance."""
    places, weights = search.space.features(code), np.array(search.sensitivity.importance()) + 1e-8
    kinds = np.array([_kind(knob.field) for knob in search.space.knobs])
    return np.array([np.average(places[kinds == k], weights=weights[kinds == k]) for k in sorted(set(kinds))])


def _scaled_importance(search: Search) -> np.ndarray:
    importance = np.array(search.sensitivity.importance())
    kinds = np.array([_kind(knob.field) for knob in search.space.knobs])
    found = np.zeros(len(importance))
    for kind in set(kinds):
        found[kinds == kind] = _unit(importance[kinds == kind])
    return found


def _kind(field: str) -> str:
    return "bits" if field.endswith("bits") else field


def _unit(values: np.ndarray) -> np.ndarray:
    span = float(np.ptp(values))
    return (values - values.min()) / span if span else np.full(len(values), 0.5)


def _volume(search: Search) -> float:
    points = [row.point for row in search.known()]
    # The scale is that of the first measured plans, so that growth is growth and no change of scale.
    ceiling = max((point[0] for point in points[:10]), default=1.0)
    return hypervolume(points, (ceiling, search.budget * 1.01))


def _shaken(search: Search, code: Code) -> Code:
    """Return a repaired code a few steps away."""
    for number in search.draw.choice(len(code), min(4, len(code)), replace=False):
        knob, top = int(number), search.space.sizes[int(number)]
        code = moved(code, knob, int(search.draw.integers(top)) - code[knob])
    return search.repair(code)
