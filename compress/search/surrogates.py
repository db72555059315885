"""Small models of the loss: ridge regression, a Gaussian process, and how losses are scaled for them."""

from collections.abc import Sequence

import numpy as np

from compress.search.space import Code, Space

_PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
_LENGTHS = (0.25, 0.5, 1.0, 2.0, 4.0)


def squashed(losses: Sequence[float]) -> np.ndarray:
    """Return losses on a scale where broken plans do not drown the rest: log(1 + excess / median excess).

    Excess is over the smallest loss. Increasing, so that the order stays; 2-bit plans can lose a hundred
    times what the others do.
    """
    excess = np.array(losses, float) - min(losses)
    typical = float(np.median(excess)) or 1.0
    return np.log1p(excess / typical)


def thermometer(space: Space, code: Code) -> np.ndarray:
    """Return one 0/1 coordinate for every step of every knob that the code has taken."""
    return np.array(
        [
            float(index > step)
            for index, size in zip(code, space.sizes, strict=True)
            for step in range(size - 1)
        ]
    )


class Ridge:
    """Ridge regression on standardised inputs; the penalty is the one with the least leave-one-out error."""

    def __init__(self, inputs: np.ndarray, goals: np.ndarray) -> None:
        self._mean, self._goal = inputs.mean(0), float(goals.mean())
        self._scale = np.where(inputs.std(0) > 0, inputs.std(0), 1.0)
        x, y = (inputs - self._mean) / self._scale, goals - self._goal
        left, values, right = np.linalg.svd(x, full_matrices=False)
        best: tuple[float, float] | None = None
        for penalty in _PENALTIES:
            share = values**2 / (values**2 + penalty * len(x) / 10)
            fitted = (left * share) @ (left.T @ y)
            # 1/n is what the mean takes.
            leverage = np.clip((left**2 * share).sum(1) + 1 / len(x), 0, 0.999)
            error = float((((y - fitted) / (1 - leverage)) ** 2).mean())
            best = min(best, (error, penalty)) if best else (error, penalty)
        assert best is not None
        shrunk = values / (values**2 + best[1] * len(x) / 10)
        self._weights = right.T @ (shrunk * (left.T @ y))

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        """Return predictions [n] for inputs [n, features]."""
        found: np.ndarray = (inputs - self._mean) / self._scale @ self._weights + self._goal
        return found


class GaussianProcess:
    """A Gaussian process with a Matern 5/2 kernel and white noise on standardised goals.

    The length scale (relative to the median distance of the inputs) is the one of a few with the largest
    marginal likelihood (Rasmussen and Williams 2006, equations 2.25, 2.26 and 2.30).
    """

    def __init__(self, inputs: np.ndarray, goals: np.ndarray, noise: float = 1e-3) -> None:
        self._inputs = inputs
        self._mean, self._scale = float(goals.mean()), float(goals.std()) or 1.0
        y = (goals - self._mean) / self._scale
        apart = _distances(inputs, inputs)
        typical = float(np.median(apart[apart > 0])) if (apart > 0).any() else 1.0
        best: tuple[float, float] | None = None
        for length in _LENGTHS:
            factor, weights = _solve(_matern(apart / (length * typical)), y, noise)
            fit = -0.5 * float(y @ weights) - float(np.log(np.diag(factor)).sum())
            best = max(best, (fit, length)) if best else (fit, length)
        assert best is not None
        self._length = best[1] * typical
        self._factor, self._weights = _solve(_matern(apart / self._length), y, noise)

    def predict(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return means and standard deviations, [n] each, for inputs [n, features]."""
        across = _matern(_distances(inputs, self._inputs) / self._length)
        inner = np.linalg.solve(self._factor, across.T)
        spread = np.sqrt(np.maximum(1.0 - (inner**2).sum(0), 1e-12))
        return across @ self._weights * self._scale + self._mean, spread * self._scale


def expected_improvement(
    mean: np.ndarray, spread: np.ndarray, best: float, margin: float = 0.0
) -> np.ndarray:
    """Return the expected improvement of a value that is to become large (Jones et al. 1998, equation 15)."""
    from scipy.stats import norm

    gain = mean - best
    z = gain / spread
    found: np.ndarray = gain * norm.cdf(z) + spread * norm.pdf(z)
    return found


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    apart: np.ndarray = np.sqrt(np.maximum(((a[:, None] - b[None]) ** 2).sum(-1), 0.0))
    return apart


def _matern(scaled: np.ndarray) -> np.ndarray:
    root = np.sqrt(5.0) * scaled
    found: np.ndarray = (1 + root + root**2 / 3) * np.exp(-root)
    return found


def _solve(kernel: np.ndarray, goals: np.ndarray, noise: float) -> tuple[np.ndarray, np.ndarray]:
    factor = np.linalg.cholesky(kernel + noise * np.eye(len(kernel)))
    return factor, np.linalg.solve(factor.T, np.linalg.solve(factor, goals))
