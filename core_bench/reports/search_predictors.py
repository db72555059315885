"""How well cheap guesses tell good plans from bad ones: sums, lower fidelities, models on held-out plans."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core_bench.reports.searches import SearchView
from core_bench.reports.table import Cell, Column, Table
from core_bench.statistics import Estimate

_FOLDS = 5
_LEAST_PLANS = 20
_DRAWS = 1000


def predictors_table(views: Sequence[SearchView]) -> Table | None:
    """How well the sum of sensitivities, lower fidelities and models tell good plans from bad ones."""
    rows: list[tuple[Cell, ...]] = []
    plans = {row.plan: row for view in views for row in view.rows}
    with_proxy = [row for row in plans.values() if row.proxy is not None]
    if len(with_proxy) >= _LEAST_PLANS:
        goal = [row.point[0] for row in with_proxy]
        rows.append(("sum of sensitivities", _correlation([row.proxy or 0.0 for row in with_proxy], goal)))
        chance = {row.plan: row for view in views if view.study.strategy == "random" for row in view.rows}
        drawn = [row for row in chance.values() if row.proxy is not None]
        if len(drawn) >= _LEAST_PLANS:
            found = _correlation([row.proxy or 0.0 for row in drawn], [row.point[0] for row in drawn])
            rows.append(("the sum, random search only", found))
        # Searches of smaller spaces (ablations) have other codes; models learn on the most common ones.
        length = Counter(len(row.code) for row in with_proxy).most_common(1)[0][0]
        alike = [row for row in with_proxy if len(row.code) == length]
        if len(alike) >= _LEAST_PLANS:
            codes = np.array([row.code for row in alike], float)
            proxies = np.array([row.proxy for row in alike], float)
            goal = [row.point[0] for row in alike]
            rows += [
                (f"{name}, held out", _correlation(list(predicted), goal))
                for name, predicted in _held_out(codes, proxies, goal).items()
            ]
    main = {row.plan: row.point[0] for row in plans.values()}
    lower: dict[int, dict[str, float]] = {}
    for view in views:
        for row in view.everything:
            if row.fidelity != view.study.fidelity and row.loss is not None and row.plan in main:
                lower.setdefault(row.fidelity, {})[row.plan] = row.loss
    for fidelity, known in sorted(lower.items()):
        if len(known) >= _LEAST_PLANS:
            both = list(known)
            rows.append(
                (f"fidelity {fidelity}", _correlation([known[p] for p in both], [main[p] for p in both]))
            )
    if not rows:
        return None
    return Table(
        key="predictors",
        title="Predictors of the loss",
        columns=(
            Column(key="predictor", title="predictor", kind="text"),
            Column(key="correlation", title="rank correlation with the measured loss", kind="number"),
        ),
        rows=tuple(rows),
        note=(
            "Spearman over the plans that all searches measured, 95 % intervals by drawing plans. Models "
            f"learn from four fifths of the plans and are asked for the rest ({_FOLDS}-fold). Plans that "
            "searches chose are no random plans: among good ones correlations are lower."
        ),
    )


def _held_out(codes: np.ndarray, proxies: np.ndarray, goal: Sequence[float]) -> dict[str, np.ndarray]:
    """Return name -> predictions of the plans of each fold by models that have not seen them."""
    from compress.search.strategies.performance import PerformanceModel
    from compress.search.surrogates import GaussianProcess, Ridge, squashed

    places = codes / np.maximum(codes.max(0), 1)
    inputs, losses = np.column_stack([places, proxies]), squashed(goal)
    found = {
        name: np.zeros(len(goal))
        for name in ("ridge (automixq)", "Gaussian process", "perceptron (rankadaptor)")
    }
    fold = np.random.default_rng(0).permutation(len(goal)) % _FOLDS
    for number in range(_FOLDS):
        out, known = fold == number, fold != number
        found["ridge (automixq)"][out] = Ridge(inputs[known], losses[known]).predict(inputs[out])
        process = GaussianProcess(places[known], losses[known])
        found["Gaussian process"][out] = process.predict(places[out])[0]
        model = PerformanceModel(places[known], squashed(list(proxies[known])), seed=0)
        fitted = model.fitted(places[known], losses[known])
        found["perceptron (rankadaptor)"][out] = fitted.predict(places[out])
    return found


def _correlation(predicted: Sequence[float], goal: Sequence[float]) -> Estimate:
    """Return Spearman's rank correlation with the interval of a bootstrap over plans."""
    from scipy.stats import spearmanr

    x, y = np.array(predicted), np.array(goal)
    draw = np.random.default_rng(0)
    drawn = [draw.integers(len(x), size=len(x)) for _ in range(_DRAWS)]
    values = [float(spearmanr(x[d], y[d]).statistic) for d in drawn if np.ptp(x[d]) and np.ptp(y[d])]
    low, high = np.quantile(values, (0.025, 0.975)) if values else (np.nan, np.nan)
    return Estimate(
        value=float(spearmanr(x, y).statistic), low=float(low), high=float(high), n=len(x), unit="plans"
    )
