"""Do the intervals hold what they promise? Simulated suites whose true numbers are known.

Problems differ in difficulty (logit-normal), have 2 to 20 items each, and a model answers them. Shown: the
share of 95 % intervals that contain the truth, for four kinds of interval, and how often the paired test
calls two equally good models different.

    python -m benchmarks.statistics_coverage [--worlds 1000]
"""

import argparse
from collections.abc import Iterator

import numpy as np

from core_bench.statistics import Clusters, IntervalSettings, compare, detectable_effect, interval

METHODS = ("percentile", "expanded percentile", "bca", "expanded bca")
METRICS = ("share of items", "strict (I)", "soft (I_s)", "RCS")
DIFFICULTIES = (-2.0, 0.0, 2.0)
SPREAD = 1.5
RESAMPLES = 1_000


def world(rng: np.random.Generator, metric: str, problems: int, mean: float) -> Clusters:
    """Draw one run over one suite."""
    sizes = rng.integers(2, 21, size=problems)
    chance = 1 / (1 + np.exp(-rng.normal(mean, SPREAD, size=problems)))
    right = rng.binomial(sizes, chance)
    if metric == "share of items":
        return Clusters(right.astype(float), sizes.astype(float), int(sizes.sum()))
    values = {
        "strict (I)": (right == sizes).astype(float),
        "soft (I_s)": right / sizes,
        "RCS": (right == sizes) * rng.binomial(8, chance) / 8,
    }[metric]
    return Clusters(values, np.ones(problems), problems, "problems")


def coverage(metric: str, problems: int, mean: float, worlds: int, seed: int = 1) -> dict[str, float]:
    """Return method -> share of intervals that contain the truth (taken from a suite of 500,000 problems)."""
    truth = world(np.random.default_rng(0), metric, 500_000, mean).value
    rng = np.random.default_rng(seed)
    held = dict.fromkeys(METHODS, 0)
    for _ in range(worlds):
        run = world(rng, metric, problems, mean)
        for method in METHODS:
            low, high = interval(run, IntervalSettings(method=method, resamples=RESAMPLES))
            held[method] += low - 1e-9 <= truth <= high + 1e-9
    return {method: count / worlds for method, count in held.items()}


def pairs(
    rng: np.random.Generator, problems: int, mean: float, disagreement: float, gain: float, worlds: int
) -> Iterator[tuple[Clusters, Clusters]]:
    """Draw runs of two models on one suite; `gain` is how much better the other one is in the logit.

    In a share `disagreement` of problems the two find different problems hard.
    """
    for _ in range(worlds):
        sizes = rng.integers(2, 21, size=problems)
        logit = rng.normal(mean, SPREAD, size=problems)
        moved = np.where(rng.random(problems) < disagreement, rng.normal(0, 2, size=problems), 0)
        sign = rng.choice([-1, 1], size=problems)
        chances = [1 / (1 + np.exp(-(logit + part))) for part in (moved * sign, -moved * sign + gain)]
        # Both answer from one draw where they agree, as two checkpoints of one model do.
        draws = rng.random((problems, 20))
        inside = np.arange(20) < sizes[:, np.newaxis]
        right = [((draws < chance[:, np.newaxis]) & inside).sum(axis=1).astype(float) for chance in chances]
        base, other = (Clusters(part, sizes.astype(float), int(sizes.sum())) for part in right)
        yield base, other


def false_alarms(problems: int, mean: float, disagreement: float, worlds: int, seed: int = 2) -> float:
    """Return how often p < 0.05 though both models are equally good."""
    rng = np.random.default_rng(seed)
    settings = IntervalSettings(resamples=RESAMPLES)
    p_values = [
        compare(*pair, settings).p_value for pair in pairs(rng, problems, mean, disagreement, 0, worlds)
    ]
    return sum(p is not None and p < 0.05 for p in p_values) / worlds


def power_at_detectable_effect(problems: int, worlds: int, seed: int = 3) -> tuple[float, float, float]:
    """Return (mean detectable effect, effect put in, share of worlds in which it was found)."""
    rng = np.random.default_rng(seed)
    settings = IntervalSettings(resamples=RESAMPLES)
    gain = 2.0 * (20 / problems) ** 0.5
    effects, gaps, found = [], [], 0
    for base, other in pairs(rng, problems, 0.0, 0.5, gain, worlds):
        result = compare(base, other, settings)
        reach = detectable_effect(Clusters(other.totals - base.totals, base.sizes, base.n, bounds=(-1, 1)))
        assert reach is not None
        assert result.difference.value is not None
        effects.append(reach.effect)
        gaps.append(result.difference.value)
        found += result.p_value is not None and result.p_value < 0.05
    return float(np.mean(effects)), float(np.mean(gaps)), found / worlds


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=1_000)
    worlds = parser.parse_args().worlds
    print(f"Coverage of nominal 95 % intervals, {worlds} worlds a row, {RESAMPLES} resamples")
    print(f"{'metric':<16}{'mean':>6}{'problems':>9}" + "".join(f"{name:>21}" for name in METHODS))
    for metric in METRICS:
        for mean in DIFFICULTIES:
            truth = world(np.random.default_rng(0), metric, 500_000, mean).value
            for problems in (10, 20, 67, 200):
                held = coverage(metric, problems, mean, worlds)
                cells = "".join(f"{100 * held[name]:>20.1f}%" for name in METHODS)
                print(f"{metric:<16}{truth:>6.3f}{problems:>9}{cells}", flush=True)
    print("\nPaired test of two equally good models: share of p < 0.05")
    for problems in (10, 20, 67, 200):
        cells = [
            f"{disagreement:.2f}: {100 * false_alarms(problems, mean, disagreement, worlds):.1f} %"
            for mean, disagreement in ((0.0, 0.05), (0.0, 0.5), (0.0, 1.0), (2.0, 0.5))
        ]
        print(f"{problems:>4} problems, by share of problems that differ  {'   '.join(cells)}", flush=True)
    print("\nPower where the true effect is about the detectable one (80 % is promised)")
    for problems in (20, 67, 200):
        effect, gap, found = power_at_detectable_effect(problems, worlds)
        print(
            f"{problems:>4} problems: detectable {effect:.3f}, true {gap:.3f}, found in {100 * found:.0f} %"
        )


if __name__ == "__main__":
    main()
