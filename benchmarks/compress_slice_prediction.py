"""How well small models predict unseen plans of the slice, against the sum of sensitivities."""

from typing import TYPE_CHECKING

import numpy as np

from compress.search.strategies.performance import PerformanceModel
from compress.search.surrogates import GaussianProcess, Ridge, squashed, thermometer
from core_bench.statistics import clustered, estimate

if TYPE_CHECKING:
    from benchmarks.compress_search_slice import Truth
    from compress.search.space import Code

TRAINED_ON = (16, 32, 64)


def prediction(truth: "Truth", seeds: int) -> str:
    """Return a table of rank correlations (Spearman) on held-out plans: mean and interval over seeds.

    Plans are drawn from those that fit the budget; the models learn from some, and are asked for all others.
    """
    fitting = truth.fitting
    features = {code: truth.space.features(code) for code in fitting}
    steps = {code: thermometer(truth.space, code) for code in fitting}
    proxy = {code: truth.sensitivity.proxy(code) for code in fitting}
    rows = {f"{name}, {count} plans": [] for count in TRAINED_ON for name in _MODELS}
    alone: list[float] = []
    for seed in range(seeds):
        draw = np.random.default_rng(seed)
        order = [fitting[int(i)] for i in draw.permutation(len(fitting))]
        held_out = order[max(TRAINED_ON) :]
        goal = [truth.loss[code] for code in held_out]
        alone.append(_rank_correlation([proxy[code] for code in held_out], goal))
        for count in TRAINED_ON:
            known = order[:count]
            losses = squashed([truth.loss[code] for code in known])
            for name, predict in _MODELS.items():
                found = predict(known, losses, held_out, features, steps, proxy, seed)
                rows[f"{name}, {count} plans"].append(_rank_correlation(list(found), goal))
    lines = [
        f"Rank correlation with the measured loss on plans that the model has not seen, mean over {seeds} "
        "draws [95 %]:",
        "",
        "| predictor | correlation |",
        "|---|---|",
        f"| sum of sensitivities (no plan measured) | {_told(alone)} |",
    ]
    lines += [f"| {name} | {_told(values)} |" for name, values in rows.items()]
    return "\n".join(lines)


def _ridge(
    known: "list[Code]",
    losses: np.ndarray,
    asked: "list[Code]",
    _f: object,
    steps: dict,
    proxy: dict,
    _s: int,
) -> np.ndarray:
    def inputs(codes: "list[Code]") -> np.ndarray:
        return np.array([np.append(steps[code], proxy[code]) for code in codes])

    return Ridge(inputs(known), losses).predict(inputs(asked))


def _process(
    known: "list[Code]",
    losses: np.ndarray,
    asked: "list[Code]",
    features: dict,
    _t: object,
    _p: object,
    _s: int,
) -> np.ndarray:
    process = GaussianProcess(np.array([features[code] for code in known]), losses)
    return process.predict(np.array([features[code] for code in asked]))[0]


def _perceptron(
    known: "list[Code]",
    losses: np.ndarray,
    asked: "list[Code]",
    features: dict,
    _t: object,
    proxy: dict,
    seed: int,
) -> np.ndarray:
    offline = np.random.default_rng(seed).permutation(len(asked))[:128]
    codes = [asked[int(i)] for i in offline]
    model = PerformanceModel(
        np.array([features[code] for code in codes]), squashed([proxy[code] for code in codes]), seed
    )
    fitted = model.fitted(np.array([features[code] for code in known]), losses)
    return fitted.predict(np.array([features[code] for code in asked]))


_MODELS = {
    "ridge on steps and the sum (automixq)": _ridge,
    "Gaussian process (qpruner, autoqra)": _process,
    "perceptron, offline on sums (rankadaptor)": _perceptron,
}


def _rank_correlation(predicted: list[float], goal: list[float]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(predicted, goal).statistic)


def _told(values: list[float]) -> str:
    found = estimate(clustered(((str(n), value) for n, value in enumerate(values)), bounds=None))
    assert found.low is not None
    assert found.high is not None
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
