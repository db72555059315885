"""The report of searches on toys: what it says, and that it says no more than it knows."""

from dataclasses import replace

import pytest

from benchmarks.compress_search_toy import Toy, budget_of
from compress.search.space import SpaceOptions
from compress.search.study import Study, run_study
from core_bench.errors import CoreBenchError
from core_bench.reports.search_page import make_search_report
from core_bench.reports.search_plots import allocation
from core_bench.reports.search_sentence import which_strategy
from core_bench.reports.search_tables import against, strategies_table
from core_bench.reports.searches import by_kind, read_searches, reference_point, volume_curve

pytest.importorskip("optuna")
pytest.importorskip("matplotlib")
TOY = Toy(0, blocks=3, ranks=(0, 8))
BUDGET = budget_of(TOY, 5.0)


def search(folder, strategy, seed=0, budget=BUDGET, **changes):
    options = SpaceOptions(ranks=changes.pop("ranks", (0, 8)))
    study = Study(
        base=TOY.model.base, strategy=strategy, seed=seed, budget=budget, evaluations=12, options=options,
        plan=TOY.space.base, objective={"name": "nll"}, **changes,
    )  # fmt: skip
    run_study(folder, study, TOY.model, TOY, TOY.sensitivity)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("searches")
    found = [search(place / f"random-{seed}", "random", seed) for seed in range(6)]
    found += [search(place / f"autoqra-{seed}", "autoqra", seed) for seed in range(6)]
    found.append(search(place / "flat", "autoqra", prior=False))
    found.append(search(place / "fixed", "autoqra", ranks=(8,)))
    return found


def test_kinds_say_what_differs_and_random_stays_random(folders):
    kinds = by_kind(read_searches(folders))
    assert set(kinds) == {"random", "autoqra", "autoqra, no importance", "autoqra, ranks 8"}
    assert [len(kinds[kind]) for kind in ("random", "autoqra")] == [6, 6]


def test_tables_agree_with_the_rows(folders):
    views = read_searches(folders)
    table = strategies_table(views)
    row = {row[0]: row for row in table.rows}["autoqra"]
    members = by_kind(views)["autoqra"]
    mean = sum(min(r.loss for r in view.rows) for view in members) / 6
    assert row[3].value == pytest.approx(mean)
    curve = volume_curve(members[0], reference_point(views))
    assert curve == sorted(curve)
    assert len(curve) == len(members[0].rows)
    assert members[0].seconds == sorted(members[0].seconds)
    gaps = against(views, "random", lambda view: view.best.point[0])
    chance = {view.study.seed: view.best.point[0] for view in by_kind(views)["random"]}
    assert gaps["autoqra"].difference.value == pytest.approx(mean - sum(chance.values()) / 6)
    assert gaps["autoqra, ranks 8"].p_value is None  # one seed shows nothing


def test_the_page_needs_no_network_and_names_the_leader(folders):
    made = make_search_report(read_searches(folders))
    assert {table.key for table in made.tables} == {"strategies", "predictors", "ablations", "front"}
    assert "http://" not in made.page.replace("http://www.w3.org", "")
    assert "For one plan at the budget: " in made.lead
    assert "12 evaluations" in made.lead
    assert "impression, no finding" in made.lead  # the ablations have one seed
    assert made.page.count("its best plan") >= 4


def test_the_allocation_is_that_of_the_plan(folders):
    for view in read_searches(folders):
        names, values = allocation(view)
        plan = TOY.space.plan(view.best.code) if view.kind != "autoqra, ranks 8" else None
        if plan is not None:
            wanted = {
                "attention bits": [block.attention_bits for block in plan.blocks],
                "MLP bits": [block.mlp_bits for block in plan.blocks],
                "rank": [block.rank for block in plan.blocks],
            }
            assert {name: list(row) for name, row in zip(names, values, strict=True)} == {
                name: wanted[name] for name in names
            }


def test_searches_of_other_budgets_are_not_compared(folders, tmp_path):
    other = search(tmp_path / "other", "random", budget=BUDGET - 1000)
    with pytest.raises(CoreBenchError, match="their budget differs"):
        read_searches([folders[0], other])


def test_few_seeds_say_how_little_they_can_show(folders):
    few = [v for v in read_searches(folders) if v.study.seed < 3 and v.kind in ("random", "autoqra")]
    better = [
        replace(v, rows=tuple(r.model_copy(update={"loss": r.loss / 2}) for r in v.rows))
        if v.kind == "autoqra"
        else v
        for v in few
    ]
    lead = which_strategy(better)
    assert "autoqra for 3, 6 and 12 evaluations (better than random at each of 3 seeds, p = 0.250)" in lead
    assert lead.endswith("With 3 seeds of some searches this is an impression, no finding.")
