"""What single strategies promise: operators, trust regions, predictors, and honest clocks."""

import numpy as np
import pytest

from benchmarks.compress_search_toy import Toy, budget_of
from compress.plan import uniform_plan
from compress.search.evaluations import EvaluationFile
from compress.search.making import make_space
from compress.search.rank_pattern import rank_pattern
from compress.search.search import Search, SpentError, run_strategy
from compress.search.sensitivity import Information, Sensitivity, information_of, without_prior
from compress.search.space import SpaceOptions
from compress.search.strategies import strategy_named
from compress.search.strategies.autoqra import crossed, mutated
from compress.search.strategies.performance import PerformanceModel
from compress.search.strategies.qpruner import allocated, pruned_structure
from compress.search.strategies.trust_region import candidates

TOY = Toy(2, blocks=4)


def search_of(tmp_path, toy=TOY, evaluations=12, seed=0, space=None, budget=None, objective=None, **more):
    space = space or toy.space
    return Search(
        space, budget or budget_of(toy, 4.0), objective or toy, lambda: toy.sensitivity(space),
        EvaluationFile(tmp_path / "evaluations.jsonl"), evaluations, seed, **more,
    )  # fmt: skip


def test_a_child_has_every_knob_from_a_parent():
    draw = np.random.default_rng(0)
    first, second = (0,) * 8, (3,) * 8
    children = [crossed(draw, first, second) for _ in range(50)]
    assert all(set(child) <= {0, 3} for child in children)
    assert 0.3 < np.mean([np.mean(np.array(child) == 3) for child in children]) < 0.7


def test_mutation_is_guided_by_importance(tmp_path):
    search = search_of(tmp_path)
    code = (1,) * len(TOY.space.knobs)
    moved = np.mean([np.array(mutated(search, code, 2.0, 1.0)) - np.array(code) for _ in range(2000)], axis=0)
    order = np.argsort(search.sensitivity.importance())
    assert moved[order[-1]] > 0.1 > -0.1 > moved[order[0]]
    assert np.abs(moved).sum() < 2.0
    blind = np.mean([np.array(mutated(search, code, 2.0, 0.0)) - np.array(code) for _ in range(2000)], axis=0)
    assert np.abs(blind).max() < 0.1  # gamma 0: importance has no say


def test_a_trust_region_is_a_box_around_its_centre(tmp_path):
    search = search_of(tmp_path)
    centre = (2,) * len(TOY.space.knobs)
    small = np.array(candidates(search, centre, 0.4))
    assert np.abs(small - 2).max() == 1
    assert (small != 2).any(1).all()
    assert np.abs(np.array(candidates(search, centre, 1.6)) - 2).max() == 2


def test_information_allocates_the_bits(tmp_path):
    worth = tuple(float(n) for n in range(len(TOY.space.knobs)))
    search = search_of(tmp_path, information=lambda: Information(worth, 3.0))
    code = allocated(search, {})
    assert search.fits(code)
    ups = [up for up in TOY.space.neighbours(code) if sum(up) > sum(code) and up[0] == 0]
    assert not any(search.fits(up) for up in ups)
    attention = [code[n] for n, knob in enumerate(TOY.space.knobs) if knob.field == "attention_bits"]
    assert attention == sorted(attention)  # parts of one size: more information, more bits
    assert code[0] == 0  # no information, no bits


def test_information_of_a_block_is_what_exceeds_chance():
    from compress.importance.table import ImportanceTable, Row

    rows = [Row(block=b, part="block", values=(0.2 * b,)) for b in range(4)]
    rows += [Row(block=b, part="shuffled", values=(0.3,)) for b in range(4)]
    table = ImportanceTable(
        measure="information", model="m", calibration="c", settings={}, unit="nats", rows=rows, seconds=7.0
    )
    found = information_of(TOY.space, table)
    assert found.seconds == 7.0
    values = found.values
    by_block = dict(zip([knob.blocks[0] for knob in TOY.space.knobs], values, strict=True))
    assert by_block == pytest.approx({0: 0.0, 1: 0.0, 2: 0.1, 3: 0.3})


def test_pruning_comes_first_and_stays(tmp_path):
    space = make_space(TOY.model, TOY.space.base, SpaceOptions(bits=(2, 4, 8), droppable=(1, 2, 3)))

    def sensitivity():
        costs = [(9.0 - k.blocks[0], 0.0) if k.field == "dropped" else (0.5, 0.1, 0.0) for k in space.knobs]
        return Sensitivity(tuple(costs))

    def objective(plan, fidelity):
        return float(sum(block.dropped for block in plan.blocks))

    search = Search(
        space, space.total_bytes(space.largest()) // 2, objective, sensitivity,
        EvaluationFile(tmp_path / "e.jsonl"), 8, 0,
    )  # fmt: skip
    structure = pruned_structure(search, 0.2)
    gone = [space.knobs[n].blocks[0] for n, index in structure.items() if index == 0]
    assert gone == [3]  # the cheapest block
    run_strategy(strategy_named("qpruner"), search)
    assert len(search.rows) == 8
    assert all(space.plan(row.code).blocks[3].dropped for row in search.rows)


def test_the_performance_model_learns_cheap_losses_first():
    draw = np.random.default_rng(0)
    cheap, few, asked = draw.random((128, 6)), draw.random((8, 6)), draw.random((200, 6))
    weights = np.array([5.0, 1, 0.5, 0, 2, 0])

    def order(model):
        return np.corrcoef(model.predict(asked), asked @ weights)[0, 1]

    blank = PerformanceModel(np.zeros((0, 6)), np.zeros(0), seed=0).fitted(few, few @ weights)
    taught = PerformanceModel(cheap, cheap @ weights, seed=0)
    assert order(taught) > 0.95
    assert order(taught.fitted(few, few @ weights)) > order(blank)


def test_sensitivities_from_a_cache_are_booked_once(tmp_path):
    known = Sensitivity(TOY.sensitivity().losses, 100.0)

    def search():
        file = EvaluationFile(tmp_path / "e.jsonl")
        return Search(TOY.space, budget_of(TOY, 4.0), TOY, lambda: known, file, 6, 0)

    first, chance = search(), search_of(tmp_path / "..", evaluations=6)
    run_strategy(strategy_named("local"), first)
    assert 100 < first.seconds < 110
    again = search()
    run_strategy(strategy_named("local"), again)
    assert again.seconds == first.seconds
    run_strategy(strategy_named("random"), chance)
    assert chance.seconds < 10  # who does not ask does not pay


def test_a_batch_is_cut_where_the_evaluations_end(tmp_path):
    search = search_of(tmp_path, evaluations=3)
    codes = list(TOY.space.neighbours(TOY.space.smallest()))[:5]
    with pytest.raises(SpentError):
        search.evaluate_all([*codes, codes[0]])
    assert [row.code for row in search.rows] == codes[:3]
    assert [row.code for row in search.evaluate_all(codes[:2])] == codes[:2]  # known ones are free
    assert search.evaluate(codes[4], fidelity=0).loss == pytest.approx(search.sensitivity.proxy(codes[4]))


def test_lower_fidelities_screen_and_are_not_counted(tmp_path):
    asked = []

    def objective(plan, fidelity):
        asked.append(fidelity)
        return TOY(plan, fidelity) + 0.01 * fidelity

    for name in ("autoqra", "rankadaptor"):
        (tmp_path / name).mkdir()
        search = search_of(tmp_path / name, evaluations=10, objective=objective, fidelity=2, below=1)
        run_strategy(strategy_named(name), search)
        assert sum(row.fidelity == 2 for row in search.rows) == 10
        assert any(row.fidelity == 1 for row in search.rows)
        assert all(row.fidelity == 2 for row in search.known())


def test_without_prior_every_knob_is_alike():
    found = without_prior(TOY.space)
    assert len(set(found.losses)) == 1
    assert found.importance() == (1.0,) * len(TOY.space.knobs)


def test_bits_per_weight_let_a_plan_of_exactly_so_many_fit():
    from compress.search.budget import budget_bytes

    space = make_space(TOY.model, TOY.space.base, SpaceOptions(bits=(2, 3, 4)))
    middle = (1,) * len(space.knobs)
    budget = budget_bytes("3.25bpw", space)  # 3 bits and 16 of the scale for 64 weights
    assert space.fits(middle, budget)
    assert not space.fits((2, *middle[1:]), budget)


@pytest.mark.parametrize("ranks", [(0, 8, 16), (0,)])
def test_quick_and_full_counting_agree(ranks):
    toy = Toy(0, blocks=4, ranks=ranks)
    draw = np.random.default_rng(0)
    for _ in range(200):
        code = toy.space.random(draw)
        exact = toy.space.total_bytes(code)
        assert toy.space.fits(code, exact)
        assert not toy.space.fits(code, exact - 1)


def test_rank_patterns_are_pefts():
    plan = uniform_plan(TOY.model, attention_bits=4, mlp_bits=4, rank=8, compensation="svd")
    blocks = list(plan.blocks)
    blocks[1] = blocks[1].model_copy(update={"rank": 4})
    blocks[2] = blocks[2].model_copy(update={"dropped": True})
    found = rank_pattern(plan.model_copy(update={"blocks": tuple(blocks)}))
    assert (found["r"], found["lora_alpha"]) == (8, 16.0)
    assert found["rank_pattern"] == {r"^model\.layers\.1\..*": 4}
    assert found["alpha_pattern"] == {r"^model\.layers\.1\..*": 8.0}
    assert found["ranks"] == "0:8,1:4,2:8"
    assert rank_pattern(TOY.space.plan(TOY.space.smallest())) is None
