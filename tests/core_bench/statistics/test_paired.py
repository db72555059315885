import numpy as np
import pytest
from scipy import stats

from benchmarks.statistics_coverage import false_alarms, power_at_detectable_effect
from core_bench.statistics import (
    Clusters,
    Difference,
    Estimate,
    clustered,
    compare,
    detectable_effect,
    differences,
    holm,
    mcnemar,
    one_each,
    paired_p_value,
    planned_effect,
    standard_error,
)


def test_the_difference_is_paired():
    """Two runs that vary wildly over problems and never against each other differ for sure."""
    rng = np.random.default_rng(0)
    base = rng.random(30) * 0.8
    apart = compare(
        Clusters(base, np.ones(30), 30), Clusters(base + 0.1 + 0.01 * rng.random(30), np.ones(30), 30)
    )
    assert apart.difference.value == pytest.approx(0.105, abs=0.001)
    assert 0.1 < apart.difference.low < apart.difference.high < 0.11
    assert apart.p_value < 0.001


def test_a_run_against_itself():
    run = one_each({str(number): float(number % 2) for number in range(20)})
    found = compare(run, run)
    assert (found.difference.value, found.p_value) == (0.0, 1.0)
    slack = 1 - 0.025 ** (1 / 20)
    assert (found.difference.low, found.difference.high) == pytest.approx((-slack, slack))


def test_runs_over_other_items_are_refused():
    with pytest.raises(ValueError, match="not over the same"):
        differences(clustered([("a", 1.0)]), clustered([("a", 1.0), ("a", 0.0)]))


@pytest.mark.parametrize(("discordant", "p_value"), [(3, 0.25), (4, 0.125)])
def test_a_few_problems_that_all_got_worse_are_no_proof(discordant, p_value):
    """Sign test: three of three same signs happen in a quarter of all cases."""
    apart = Clusters(np.array([-1.0] * discordant + [0.0] * 30), np.ones(discordant + 30), 30, bounds=(-1, 1))
    assert paired_p_value(apart) == pytest.approx(p_value)


def test_a_large_sample_agrees_with_the_t_test():
    values = np.random.default_rng(3).normal(0.02, 0.1, size=200)
    ours = paired_p_value(Clusters(values, np.ones(200), 200, bounds=(-1, 1)))
    assert ours == pytest.approx(float(stats.ttest_1samp(values, 0).pvalue), abs=0.02)


def test_mcnemar_counts_and_agrees_with_the_binomial_test():
    pairs = [(True, False)] * 12 + [(False, True)] * 3 + [(True, True)] * 50 + [(False, False)] * 20
    found = mcnemar(pairs)
    assert (found.lost, found.gained) == (12, 3)
    assert found.p_value == pytest.approx(stats.binomtest(3, 15, 0.5).pvalue)
    assert mcnemar([(True, True)]).p_value == 1.0


def test_holm_multiplies_by_the_number_of_tests_that_are_left():
    def difference(p_value):
        return Difference(difference=Estimate(value=0.1, n=3), p_value=p_value)

    found = holm({"a": difference(0.01), "b": difference(0.04), "c": difference(0.03), "d": difference(None)})
    assert [found[key].adjusted for key in "abc"] == pytest.approx([0.03, 0.06, 0.06])
    assert found["d"].adjusted is None


@pytest.mark.parametrize(("problems", "disagreement"), [(20, 0.5), (67, 0.05), (67, 0.5)])
def test_equal_models_are_called_different_in_at_most_one_of_twenty_worlds(problems, disagreement):
    assert false_alarms(problems, 0.0, disagreement, worlds=500) <= 0.05 + 2 * 0.01


def test_the_detectable_effect_is_detected():
    effect, gap, found = power_at_detectable_effect(67, worlds=200)
    assert gap == pytest.approx(effect, rel=0.2)
    assert 0.65 <= found <= 0.95


def test_the_standard_error_of_equal_sizes_is_that_of_the_mean():
    values = np.random.default_rng(0).random(25)
    assert standard_error(Clusters(values, np.ones(25), 25)) == pytest.approx(stats.sem(values))


def test_what_a_suite_can_show_before_it_was_run_twice():
    rng = np.random.default_rng(0)
    independent = Clusters(rng.binomial(10, 0.5, size=200).astype(float), np.full(200, 10.0), 2000)
    reach = planned_effect(independent, disagreement=0.1)
    # Independent items: 2.8 standard errors of sqrt(0.1 / 2000).
    assert reach.effect == pytest.approx(2.8 * (0.1 / 2000) ** 0.5, rel=0.1)
    alike = Clusters(10.0 * rng.binomial(1, 0.5, size=200), np.full(200, 10.0), 2000)
    assert planned_effect(alike, disagreement=0.1).effect == pytest.approx(reach.effect * 10**0.5, rel=0.15)
    assert detectable_effect(one_each({"a": 1.0})) is None
