"""AutoMixQ (arXiv 2411.13814): bits per layer by a light performance model and a Pareto front.

From the abstract: a light performance model proposes a configuration for every layer, and the front of
performance and memory is kept. From the public code: Optuna's NSGA-II over one bit value a layer (its loop
starts a new study for every trial, so that NSGA-II never leaves its random generation there; not so here).
The performance model is in neither.

Ours: the model is a ridge regression of the squashed loss on the steps of all knobs and on the sum of
sensitivities; NSGA-II (Optuna) searches its predictions and the exact bytes for a front, of which a few plans
are measured; then the model is fitted again. The greedy plan and a share of random plans start it: what it
finds is never worse than greedy at the budget, and a comparison with greedy has to be read so. The paper
prunes first: search a pruned folder. Use `tied` bits for the paper's space.
"""

import numpy as np

from compress.search.search import Search
from compress.search.space import Code
from compress.search.strategies.random import random_budget, random_plan
from compress.search.surrogates import Ridge, squashed, thermometer

_STALE = 10


def search(
    search: Search, *, start: float = 0.25, batch: int = 4, population: int = 32, generations: int = 8
) -> None:
    """Fit, propose, measure, until the evaluations are used.

    Args:
        search: the search.
        start: share of the evaluations that goes to random plans first.
        batch: plans measured between two fits.
        population: of NSGA-II.
        generations: of NSGA-II, between two fits.
    """
    count = max(3, round(start * search.evaluations)) - 1
    drawn = [random_plan(search, random_budget(search) if n % 2 else None) for n in range(count)]
    search.evaluate_all([search.repair(search.space.largest()), *drawn], "start")
    stale = 0
    while stale < _STALE:  # of a nearly known space: thinking is not free
        left = search.left
        search.evaluate_all(_proposals(search, int(batch), int(population), int(generations)), "model")
        stale = stale + 1 if search.left == left else 0


def _proposals(search: Search, batch: int, population: int, generations: int) -> list[Code]:
    front = _predicted_front(search, population, generations)
    fresh = [code for code in front if not search.seen(code)]
    if len(fresh) > batch:
        # Evenly along the front; its low-loss end always.
        fresh = [fresh[round(place)] for place in np.linspace(len(fresh) - 1, 0, batch)]
    while len(fresh) < batch:
        fresh.append(random_plan(search))
    return fresh


def _predicted_front(search: Search, population: int, generations: int) -> list[Code]:
    """Return the front that NSGA-II finds on the model's predictions, smallest plan first."""
    import optuna

    known = search.known()
    if len(known) < 3:
        return []
    model = Ridge(
        np.array([_features(search, row.code) for row in known]), squashed([row.point[0] for row in known])
    )
    sampler = optuna.samplers.NSGAIISampler(
        population_size=population,
        seed=int(search.draw.integers(2**31)),
    )
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=["minimize", "minimize"], sampler=sampler)
    names = [knob.name for knob in search.space.knobs]
    for row in search.front()[-population:]:
        study.enqueue_trial(dict(zip(names, row.code, strict=True)))

    def predicted(trial: "optuna.Trial") -> tuple[float, float]:
        code = tuple(trial.suggest_int(n, 0, s - 1) for n, s in zip(names, search.space.sizes, strict=True))
        # A plan that is over the budget is mended, as the paper's space knows no budget.
        code = search.space.canonical(search.repair(code))
        trial.set_user_attr("code", code)
        return float(model.predict(_features(search, code)[None])[0]), float(search.space.data_bytes(code))

    study.optimize(predicted, n_trials=population * generations)
    codes = [tuple(trial.user_attrs["code"]) for trial in study.best_trials]
    return sorted(dict.fromkeys(codes), key=lambda code: (search.space.total_bytes(code), code))


def _features(search: Search, code: Code) -> np.ndarray:
    return np.append(thermometer(search.space, code), search.sensitivity.proxy(code))
