"""Intervals: known cases by hand, and their coverage on simulated suites (the whole table: benchmarks/)."""

import numpy as np
import pytest

from benchmarks.statistics_coverage import coverage
from core_bench.statistics import (
    Clusters,
    Estimate,
    IntervalSettings,
    clustered,
    estimate,
    interval,
    one_each,
)


def test_a_share_is_taken_over_items_and_drawn_by_problem():
    run = clustered([("a", 1.0), ("a", 0.0), ("b", 1.0), ("c", 0.0)], "items")
    assert run.value == 0.5
    assert run.n == 4
    assert len(run) == 3
    found = estimate(run)
    assert (found.value, found.n, found.unit) == (0.5, 4, "items")
    assert 0 <= found.low < 0.5 < found.high <= 1


def test_nothing_and_one_problem_have_no_interval():
    assert estimate(one_each({})) == Estimate(value=None, n=0, unit="problems")
    assert estimate(one_each({"a": 1.0})) == Estimate(value=1.0, n=1, unit="problems")


@pytest.mark.parametrize(
    ("value", "ends"), [(1.0, (0.025 ** (1 / 20), 1.0)), (0.0, (0.0, 1 - 0.025 ** (1 / 20)))]
)
def test_all_right_is_not_certainty(value, ends):
    """20 of 20: the exact binomial (Clopper-Pearson) bound."""
    assert interval(one_each({str(number): value for number in range(20)})) == pytest.approx(ends)


def test_the_same_run_gives_the_same_interval_whatever_was_computed_before():
    run = one_each({str(number): number**0.5 / 6 for number in range(30)})
    first = interval(run)
    interval(one_each({str(number): number % 2 / 1 for number in range(31)}))
    assert interval(run) == first
    assert interval(run, IntervalSettings(seed=1)) != first


def test_items_of_one_problem_that_are_alike_widen_the_interval():
    """40 problems of ten equal answers know as much as 40 answers, not as 400."""
    rng = np.random.default_rng(0)
    right = rng.binomial(1, 0.5, size=40).astype(float)
    alike = Clusters(10 * right, np.full(40, 10.0), 400)
    single = Clusters(right, np.ones(40), 40)
    assert interval(alike) == pytest.approx(interval(single))
    mixed = Clusters(rng.binomial(10, 0.5, size=40).astype(float), np.full(40, 10.0), 400)
    low, high = interval(mixed)
    assert high - low < 0.5 * (interval(alike)[1] - interval(alike)[0])


def test_a_wide_known_interval():
    """The t interval of 12 normal values; the expanded bootstrap must come close to it."""
    values = np.random.default_rng(5).normal(0.5, 0.1, size=12)
    run = Clusters(values, np.ones(12), 12)
    half = 2.200985 * values.std(ddof=1) / 12**0.5
    low, high = interval(run, IntervalSettings(resamples=20_000))
    assert high - low == pytest.approx(2 * half, rel=0.12)


@pytest.mark.parametrize(
    ("metric", "problems", "mean"),
    [("share of items", 20, 0.0), ("share of items", 67, 2.0), ("soft (I_s)", 20, -2.0), ("strict (I)", 67, 0.0), ("RCS", 67, 2.0)],
)  # fmt: skip
def test_intervals_cover_the_truth(metric, problems, mean):
    """600 worlds: 95 % +- 1.8 % (two standard errors) around the 90 to 97 % that are asked for."""
    held = coverage(metric, problems, mean, worlds=600)["expanded bca"]
    assert 0.90 <= held <= 0.985


def test_few_problems_are_what_the_expansion_is_for():
    held = coverage("share of items", 10, 2.0, worlds=600)
    assert held["expanded bca"] > held["percentile"] + 0.02
    assert held["expanded bca"] > 0.88
