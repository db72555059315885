"""Spaces, repair, studies and strategies on a toy whose loss is a formula."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.compress_search_toy import Toy, budget_of
from compress.errors import CompressError, PlanError
from compress.search.budget import budget_bytes
from compress.search.evaluations import EvaluationFile, read_evaluations
from compress.search.front import front_of, hypervolume, inverted_distance
from compress.search.making import make_space
from compress.search.repair import fits, repair
from compress.search.search import Search, run_strategy
from compress.search.space import SpaceOptions
from compress.search.strategies import STRATEGIES, strategy_named
from compress.search.study import Study, run_study

TOY = Toy(0, blocks=3, ranks=(0, 8, 16))
SMALL = Toy(1, blocks=2)


def study_of(toy, strategy, evaluations=16, **changes):
    known = {
        "base": toy.model.base, "strategy": strategy, "seed": 3, "budget": budget_of(toy, 3.5),
        "evaluations": evaluations, "options": SpaceOptions(ranks=(0,)), "plan": toy.space.base,
    }  # fmt: skip
    return Study(**(known | changes))


def run(folder, toy, study, objective=None):
    return run_study(folder, study, toy.model, objective or toy, toy.sensitivity)


def plans(search):
    return [(row.plan, row.loss) for row in search.rows]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_repair_always_fits_and_never_steps_up(data):
    code = tuple(data.draw(st.integers(0, size - 1)) for size in TOY.space.sizes)
    least = TOY.space.total_bytes(TOY.space.smallest())
    budget = data.draw(st.integers(least, TOY.space.total_bytes(TOY.space.largest()) + 5000))
    found = repair(TOY.space, code, budget, TOY.sensitivity())
    assert TOY.space.total_bytes(found) <= budget
    assert all(after <= before for after, before in zip(found, code, strict=True))
    assert found == code or not fits(TOY.space, code, budget)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_code_and_plan_turn_into_each_other(data):
    space = make_space(TOY.model, TOY.space.base, SpaceOptions(ranks=(0, 8), droppable=(0, 2), bits=(2, 4)))
    code = space.canonical(tuple(data.draw(st.integers(0, size - 1)) for size in space.sizes))
    assert space.code(space.plan(code)) == code
    assert all(sum(abs(a - b) for a, b in zip(code, n, strict=True)) == 1 for n in space.neighbours(code))


def test_data_bytes_follow_the_files():
    small, large = TOY.space.smallest(), TOY.space.largest()
    exact = TOY.space.total_bytes(large) - TOY.space.total_bytes(small)
    assert (
        abs(TOY.space.data_bytes(large) - TOY.space.data_bytes(small) - exact) < 8000
    )  # the adapter's header


def test_target_vllm_leaves_its_bits_only():
    plan = TOY.space.base.model_copy(update={"target": "vllm"})
    space = make_space(TOY.model, plan, SpaceOptions(bits=(2, 3, 4, 8)))
    assert {knob.choices for knob in space.knobs} == {(4, 8)}
    with pytest.raises(PlanError, match="none of the bits"):
        make_space(TOY.model, plan, SpaceOptions(bits=(2, 3)))


def test_budgets_are_read_or_refused():
    assert budget_bytes("80kB", TOY.space) == 80_000
    assert budget_bytes("3bpw", TOY.space) < budget_bytes("4bpw", TOY.space) < budget_bytes("60%", TOY.space)
    with pytest.raises(PlanError, match="no budget"):
        budget_bytes("small", TOY.space)


def test_a_budget_below_the_smallest_plan_leaves_no_folder(tmp_path):
    with pytest.raises(PlanError, match="below the smallest plan"):
        run(tmp_path / "s", SMALL, study_of(SMALL, "random", budget=1000))
    assert not (tmp_path / "s").exists()


def test_exhaustive_is_brute_force(tmp_path):
    study = study_of(SMALL, "exhaustive", 256)
    found = run(tmp_path, SMALL, study)
    fitting = [
        c for c in product(*map(range, SMALL.space.sizes)) if SMALL.space.total_bytes(c) <= study.budget
    ]
    points = [(SMALL(SMALL.space.plan(c), 1), float(SMALL.space.total_bytes(c))) for c in fitting]
    assert sorted(row.point for row in found.rows) == sorted(points)
    truth = [points[i] for i in front_of(points)]
    assert inverted_distance([row.point for row in found.front()], truth) == 0


@pytest.mark.parametrize("strategy", [s for s in STRATEGIES if s not in ("exhaustive",)])
def test_same_seed_same_plans_and_resume_after_a_kill(tmp_path, strategy):
    toy, study = Toy(2, blocks=3), study_of(Toy(2, blocks=3), strategy)
    whole = run(tmp_path / "whole", toy, study)
    assert 1 <= len(whole.rows) <= 16
    assert all(row.bytes <= study.budget for row in whole.rows)
    asked = []

    def killed(plan, fidelity):
        if len(asked) == 7:
            raise KeyboardInterrupt
        asked.append(plan)
        return toy(plan, fidelity)

    if len(whole.rows) > 7:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path / "cut", toy, study, killed)
        with (tmp_path / "cut" / "evaluations.jsonl").open("a") as file:
            file.write('{"number": 7, "pl')  # cut while it was being written
        again = []
        resumed = run(tmp_path / "cut", toy, study, lambda plan, f: again.append(plan) or toy(plan, f))
        assert plans(resumed) == plans(whole)
        assert len(again) == len(whole.rows) - 7
        assert [r.number for r in read_evaluations(tmp_path / "cut" / "evaluations.jsonl")] == list(
            range(len(whole.rows))
        )


def test_failures_are_infeasible_and_the_search_goes_on(tmp_path):
    toy, calls = Toy(2, blocks=3), []

    def shaky(plan, fidelity):
        calls.append(plan)
        if len(calls) % 3 == 0:
            return float("nan")
        if len(calls) % 3 == 1:
            raise RuntimeError("the device is on fire")
        return toy(plan, fidelity)

    for strategy in ("automixq", "qradaptor", "local", "random"):
        found = run(tmp_path / strategy, toy, study_of(toy, strategy), shaky)
        assert len(found.rows) == 16
        assert {row.failure for row in found.rows} == {
            None, "the objective is nan", "RuntimeError: the device is on fire"
        }  # fmt: skip
        assert all(row.loss is not None for row in found.front())
    with pytest.raises(CompressError, match="every plan failed"):
        run(tmp_path / "all", toy, study_of(toy, "random"), lambda plan, fidelity: float("nan"))


def test_a_changed_base_and_another_search_are_refused(tmp_path):
    toy = Toy(2, blocks=3)
    study = study_of(toy, "random", 4)
    run(tmp_path, toy, study)
    with pytest.raises(PlanError, match="another base"):
        run(tmp_path, toy, study.model_copy(update={"base": "other"}))
    with pytest.raises(CompressError, match="its seed differs"):
        run(tmp_path, toy, study.model_copy(update={"seed": 4}))
    with pytest.raises(CompressError, match="longer, not shorter"):
        run(tmp_path, toy, study.model_copy(update={"evaluations": 3}))
    assert len(run(tmp_path, toy, study.model_copy(update={"evaluations": 6})).rows) == 6


def test_the_journal_is_an_optuna_study_of_all_trials(tmp_path):
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    toy = Toy(2, blocks=3)
    found = run(tmp_path, toy, study_of(toy, "random", 5))
    storage = JournalStorage(JournalFileBackend(str(tmp_path / "journal.log")))
    trials = optuna.load_study(study_name="search", storage=storage).trials
    assert [trial.values for trial in trials] == [[row.loss, row.bytes] for row in found.rows]


def test_a_vanished_folder_comes_back_whole(tmp_path):
    toy, folder = Toy(2, blocks=3), tmp_path / "s"
    folder.mkdir()
    file = EvaluationFile(folder / "evaluations.jsonl")
    search = Search(toy.space, budget_of(toy, 3.5), toy, toy.sensitivity, file, 5, 0)

    def vanishing(inner):
        import shutil

        search.evaluate(search.repair(toy.space.largest()))
        shutil.rmtree(folder)
        strategy_named("random")(inner)

    run_strategy(vanishing, search)
    assert len(read_evaluations(folder / "evaluations.jsonl")) == 5


def test_hypervolume_of_two_steps():
    assert hypervolume([(1, 2), (2, 1), (2, 2), (9, 0)], (3, 3)) == 3
    assert hypervolume([], (3, 3)) == 0
