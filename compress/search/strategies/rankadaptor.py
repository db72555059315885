"""RankAdaptor (arXiv 2406.15734): a performance model from the rank vector to the score, offline then online.

From the abstract: a performance model predicts the score of a rank per layer; it learns offline on
measured configurations, then online: the best prediction is measured, added, and the model fitted again.
From the author's re-implementation: a multilayer perceptron with hidden layers of 32, 32 and 32 units and
ReLU (the text speaks of five layers), inputs scaled to [0, 1], squared error, Adam with rate 0.01 over 200
epochs, 8 first samples, 64 candidates.

Ours: offline measurements are cheap ones, of a lower fidelity: the sum of sensitivities (0) of many random
plans where the main fidelity is 1, real losses right after rounding where it is 2 or more (these cost time,
which is booked, and no evaluations). Offline losses and measured ones are each standardised, so that only
their order is carried over; online fits start from the offline weights. Half of the candidates are random
plans that fill the budget, half are steps away from the best; every fourth measured plan is a random
candidate, as a small model believes itself too soon. The paper stops when the prediction error of the best
plan is small; here the evaluations are used. All knobs are the model's inputs: for the paper's space give one
width and several ranks (`--bits 4 --ranks 2,4,8,16`). `compress pick` writes `rank_pattern.json` for peft.
"""

import numpy as np

from compress.search.search import Search
from compress.search.space import Code
from compress.search.strategies.local import kicked
from compress.search.strategies.performance import PerformanceModel
from compress.search.strategies.random import random_budget, random_plan
from compress.search.surrogates import squashed


def search(
    search: Search,
    *,
    offline: int = 128,
    offline_measured: int = 16,
    starts: int = 8,
    batch: int = 4,
    candidates: int = 64,
) -> None:
    """Learn offline, then propose, measure and learn.

    Args:
        search: the search.
        offline: random plans whose sum of sensitivities the model learns first.
        offline_measured: random plans that are measured at the fidelity below the main one instead, where
            that is a measurement.
        starts: random plans measured before the model proposes.
        batch: plans measured between two fits; one of them is a random candidate.
        candidates: plans of which the best predicted ones are measured.
    """
    inputs, goals = _offline(search, int(offline), int(offline_measured))
    model = PerformanceModel(inputs, goals, seed=int(search.draw.integers(2**31)))
    search.evaluate_all([random_plan(search) for _ in range(min(int(starts), search.left))], "start")
    while True:
        search.evaluate_all(_proposals(search, model, int(batch), int(candidates)), "model")


def _offline(search: Search, count: int, measured: int) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs and cheap losses of random plans of all sizes."""
    real = search.below > 0
    plans = [random_plan(search, random_budget(search)) for _ in range(measured if real else count)]
    plans = list(dict.fromkeys(plans))
    if real:
        rows = search.evaluate_all(plans, "offline", fidelity=search.below)
        known = [row for row in rows if row.loss is not None]
        plans, losses = [row.code for row in known], [row.point[0] for row in known]
    else:
        losses = [search.sensitivity.proxy(code) for code in plans]
    inputs = np.array([search.space.features(code) for code in plans]).reshape(
        len(plans), len(search.space.knobs)
    )
    return inputs, squashed(losses) if losses else np.zeros(0)


def _proposals(search: Search, model: PerformanceModel, batch: int, candidates: int) -> list[Code]:
    known, best = search.known(), search.best()
    drawn = [random_plan(search) for _ in range(candidates // 2)]
    near = [kicked(search, best.code, 1 + n % 3) for n in range(candidates - len(drawn))] if best else []
    fresh = [code for code in dict.fromkeys([*near, *drawn]) if not search.seen(code)]
    if len(fresh) <= batch or len(known) < 3:
        return fresh[:batch] or [random_plan(search, random_budget(search))]
    predicted = model.fitted(
        np.array([search.space.features(row.code) for row in known]),
        squashed([row.point[0] for row in known]),
    ).predict(np.array([search.space.features(code) for code in fresh]))
    order = [int(i) for i in np.argsort(predicted, kind="stable")]
    chosen = order[: max(batch - 1, 1)]
    if batch > 1:
        chosen.append(order[int(search.draw.integers(batch - 1, len(order)))])
    return [fresh[i] for i in chosen]
