"""Exposure, faithfulness, invariance, transforms, pass@k, lengths and epochs, on numbers made by hand."""

import pytest

from core_bench.errors import CoreBenchError
from core_bench.records import Implementation, Probe, Problem, Reply, Sample, Verdict
from core_bench.scoring import compare_runs, outcomes, style_heatmap, summarise
from core_bench.scoring.passk import pass_at_k
from core_bench.suites import Suite, SuiteHeader
from tracer import LoopIterations
from variants import Link, Site

PROGRAMS = {
    "reference": (),
    "variant~1": ("rename",),
    "variant~2": ("rename", "swap"),
    "variant~3": ("swap",),
}


@pytest.fixture
def suite():
    """Two problems, four programs each, three tests; every program is probed twice on test 1."""
    header = SuiteHeader(
        format=1, name="hand", version="1", description="", python="3.11", split_rule="", parameters={},
        counts={}, lite=(), files={},
    )  # fmt: skip
    problems, programs, samples, probes = [], [], [], []
    for name in "ab":
        problems.append(
            Problem(
                id=name, title=name, description=name, entry_point="f", topics=(), inputs=("1", "2", "3"),
                split="test", origin="test", licence="test",
            )
        )  # fmt: skip
        for program, chain in PROGRAMS.items():
            programs.append(
                Implementation(
                    id=f"{name}/{program}", problem=name, family="variant" if chain else "reference", code="",
                    parent=f"{name}/reference" if chain else None,
                    chain=tuple(Link(transform, Site("f", 0, 1)) for transform in chain),
                )
            )  # fmt: skip
            name_of = f"{name}/{program}"
            samples += [
                Sample(id=f"{name_of}/t{text}", problem=name, implementation=name_of, input=text, gold="1")
                for text in "123"
            ]
            probes += [
                Probe(
                    id=f"{name_of}/q{number}", problem=name, implementation=name_of, input="1",
                    query=LoopIterations("f", 1, 2, 1), question="?", gold="1", dimensions=("state",),
                    shared=f"{name}/s" if number == 1 else None,
                )
                for number in (1, 2)
            ]  # fmt: skip
    return Suite(header, tuple(problems), tuple(programs), tuple(samples), tuple(probes))


def verdicts(suite, *wrong_by_epoch):
    return [
        Verdict(item=item.id, method="io", epoch=epoch, verdict="wrong" if item.id in wrong else "correct")
        for epoch, wrong in enumerate(wrong_by_epoch)
        for item in suite.items
    ]


def test_superficial_and_faithful_by_hand(suite):
    """Eight runs with output and probes. One right output has a wrong probe, one wrong output has right ones."""
    found = summarise(
        suite, suite.items, verdicts(suite, {"a/reference/q2", "b/reference/t1", "b/variant~1/t2"})
    )
    assert (found.faithful.value, found.faithful.n) == (6 / 8, 8)
    assert (found.superficial.value, found.superficial.n) == (pytest.approx(1 / 7), 7)


def test_state_invariance_needs_every_program(suite):
    found = summarise(suite, suite.items, verdicts(suite, {"a/variant~2/q1", "b/variant~2/q2"}))
    assert (found.state_invariance.value, found.state_invariance.n, found.state_invariance.unit) == (
        0.5,
        2,
        "questions",
    )


def test_what_a_transform_costs(suite):
    """In problem a every program with `rename` is wrong on every test: two variants, three tests."""
    wrong = {f"a/variant~{number}/t{test}" for number in (1, 2) for test in (1, 2, 3)}
    found = summarise(suite, suite.items, verdicts(suite, wrong))
    assert (found.transform_drop["rename"].value, found.transform_drop["rename"].n) == (6 / 12, 12)
    assert found.transform_drop["swap"].value == 3 / 12
    # Against variants without `rename` (variant~3): 0 - 1 in problem a, 1 - 1 in b, for each test.
    assert (found.transform_effect["rename"].value, found.transform_effect["rename"].n) == (-0.5, 6)
    # With `swap` 1/2 right in a, without it (variant~1) 0.
    assert found.transform_effect["swap"].value == pytest.approx(0.25)


def test_exposure_is_the_expectation_over_all_subsets_of_tests(suite):
    """`a/reference` is wrong on one test of three: one test finds that in a third of all cases."""
    found = summarise(suite, suite.items, verdicts(suite, {"a/reference/t1"}))
    assert [point.value for point in found.exposure["I"]] == pytest.approx([5 / 6, 4 / 6, 3 / 6])
    assert [point.value for point in found.exposure["I_s"]] == pytest.approx(
        [1 - 1 / 24, 1 - 2 / 24, 1 - 3 / 24]
    )
    assert found.exposure["I"][-1].value == found.I.value
    assert found.exposure["I_s"][-1].value == found.I_s.value


def test_epochs_are_repeated_measures(suite):
    """Wrong in one of two epochs: half a problem is lost, and n does not grow."""
    found = summarise(suite, suite.items, verdicts(suite, {"a/reference/t1", "a/reference/q1"}, set()))
    assert found.epochs == 2
    assert (found.I.value, found.I.n) == (0.75, 2)
    assert (found.samples.value, found.samples.n) == (pytest.approx(1 - 0.5 / 24), 24)
    # RCS of a: 0 * 7/8 in one epoch, 1 * 1 in the other.
    assert found.RCS.value == pytest.approx((0.5 + 1) / 2)
    assert found.pass_at["pass@1"].value == pytest.approx(1 - 0.5 / 24)
    assert "pass@5" not in found.pass_at
    assert found.verdicts["wrong"] == 2
    assert found.verdict_shares["wrong"].value == pytest.approx(1 / 40)


def test_an_epoch_that_lacks_an_item_is_refused(suite):
    with pytest.raises(CoreBenchError, match="no verdict in epoch 1"):
        summarise(suite, suite.items, verdicts(suite, set(), set())[:-1])


@pytest.mark.parametrize(
    ("n", "right", "k", "value"),
    [(10, 0, 1, 0.0), (10, 3, 1, 0.3), (10, 1, 5, 0.5), (10, 6, 5, 1.0), (3, 3, 5, 1.0)],
)
def test_pass_at_k(n, right, k, value):
    assert pass_at_k(n, right, k) == pytest.approx(value)


def test_lengths_of_replies(suite):
    judged = verdicts(suite, {suite.items[0].id})
    replies = [
        Reply(item=row.item, method="io", text="x" * (10 if row.verdict == "wrong" else 4), finish="stop", completion_tokens=2)
        for row in judged
    ]  # fmt: skip
    found = summarise(suite, suite.items, judged, replies=replies).lengths
    assert found["characters"].total == 10 + 4 * 39
    assert found["characters/wrong"].mean == 10
    assert (found["completion_tokens"].n, found["completion_tokens"].maximum) == (40, 2)
    assert "prompt_tokens" not in found


def test_two_runs_side_by_side(suite):
    base = outcomes(suite.items, verdicts(suite, set()))
    other = outcomes(suite.items, verdicts(suite, {f"{name}/variant~3/t1" for name in "ab"}))
    found = compare_runs(suite, base, other)
    assert found["I"].difference.value == -1
    assert found["samples"].difference.value == pytest.approx(-2 / 24)
    assert found["transform_drop/swap"].difference.value == pytest.approx(2 / 12)
    assert found["W_s"].p_value == 1.0
    assert "superficial" not in found
    with pytest.raises(ValueError, match="same items"):
        compare_runs(suite, base, outcomes(suite.items[:3], verdicts(suite, set())))


def test_the_heatmap_is_family_by_model(suite):
    right = summarise(suite, suite.items, verdicts(suite, set()))
    wrong = summarise(suite, suite.items, verdicts(suite, {"a/reference/t1"}))
    table = style_heatmap({"x": right, "y": wrong})
    assert table["reference"]["y"].value == 0.5
    assert table["variant"]["y"].value == 1.0
    assert list(table["reference"]) == ["x", "y"]
