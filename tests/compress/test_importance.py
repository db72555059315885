import math

import numpy as np
import pytest
import torch

from compress.errors import CompressError
from compress.importance import MEASURES, measure_importance
from compress.importance.information import mutual_information


def settings_of(name):
    return {"bits": [2, 4], "group_size": 32} if "bits" in MEASURES[name].settings else {}


@pytest.fixture(scope="module")
def tables(base, base_map, calibration):
    return {
        name: measure_importance(name, base, base_map, calibration, **settings_of(name)) for name in MEASURES
    }


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_speaks_of_every_block_in_finite_numbers(tables, name):
    table = tables[name]
    assert {row.block for row in table.rows} == {0, 1, 2, 3}
    assert all(math.isfinite(value) for row in table.rows for value in row.values)


@pytest.mark.parametrize("name", ["taylor", "fisher", "wanda"])
def test_channels_and_groups_each_have_a_value(tables, name):
    assert all(len(values) == 192 for values in tables[name].vectors("ffn_channels").values())
    assert all(len(values) == 2 for values in tables[name].vectors("kv_groups").values())


def test_first_order_taylor_predicts_what_removing_a_channel_costs(base, base_map, calibration, tables):
    """The signed sum is the derivative; its size is checked against the loss itself on scaled-down channels."""
    from compress.likelihood import token_losses
    from compress.loading import load_base

    model = load_base(base, base_map, torch.float32)
    down = model.model.layers[1].mlp.down_proj.weight
    step = 1e-2
    with torch.no_grad():
        before = float(token_losses(model, calibration.tokens).mean())
        down[:, 7] *= 1 - step
        after = float(token_losses(model, calibration.tokens).mean())
    # A channel is a row of gate and up and a column of down; the table adds the three sizes.
    from compress.importance.taylor import _terms

    fresh = load_base(base, base_map, torch.float32)
    terms, _ = _terms(fresh, calibration, lambda *_: None, squares=False)
    assert (before - after) / step == pytest.approx(
        float(terms["1.mlp.down_proj"][:, 7].sum()), rel=0.1, abs=2e-4
    )
    expected = sum(abs(float(t)) for t in (terms["1.mlp.gate_proj"][7].sum(), terms["1.mlp.up_proj"][7].sum(), terms["1.mlp.down_proj"][:, 7].sum()))  # fmt: skip
    assert tables["taylor"].vectors("ffn_channels")[1][7] == pytest.approx(expected, rel=1e-3)


def test_leaving_a_block_out_is_measured_as_the_loss_without_it(base, base_map, calibration, tables):
    from compress.likelihood import token_losses
    from compress.loading import load_base
    from compress.operators.structure import drop_blocks

    def loss(kept):
        model = load_base(base, base_map)
        drop_blocks(model, kept)
        with torch.no_grad():
            return float(token_losses(model, calibration.tokens).mean())

    expected = loss([0, 1, 3]) - loss([0, 1, 2, 3])
    assert tables["leave-one-out"].scalars("block")[2] == pytest.approx(expected, abs=2e-3)


def test_fewer_bits_and_narrower_layers_diverge_more(tables):
    for part in ("attention", "mlp"):
        two, four = (tables["kl-bits"].scalars(part, f"{bits} bits") for bits in (2, 4))
        assert all(two[block] > four[block] > 0 for block in range(4))
    half, most = (tables["kl-width"].scalars("ffn", f"{width} wide") for width in (96, 168))
    assert all(half[block] > most[block] for block in range(4))


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_the_estimator_knows_gaussians(correlation):
    draw = np.random.default_rng(0)
    x = draw.standard_normal((1500, 1))
    y = correlation * x + math.sqrt(1 - correlation**2) * draw.standard_normal((1500, 1))
    expected = -0.5 * math.log(1 - correlation**2)
    assert mutual_information(x, np.exp(y)) == pytest.approx(expected, abs=0.08)  # exp changes no information


def test_a_known_table_comes_from_the_cache(base, base_map, calibration, tmp_path, monkeypatch):
    first = measure_importance("influence", base, base_map, calibration, tmp_path)
    monkeypatch.setattr("compress.importance.measuring.load_base", None)
    assert measure_importance("influence", base, base_map, calibration, tmp_path) == first
    with pytest.raises(TypeError):  # another text is another table
        measure_importance("influence", base, base_map, calibration.first(2), tmp_path)


def test_a_cache_that_cannot_be_written_costs_nothing(base, base_map, calibration, tmp_path):
    (tmp_path / "file").write_text("in the way")
    found = measure_importance("influence", base, base_map, calibration, tmp_path / "file" / "cache")
    assert found.rows == measure_importance("influence", base, base_map, calibration).rows


def test_what_is_not_there_is_named(base, base_map, calibration):
    with pytest.raises(CompressError, match="Choose from taylor"):
        measure_importance("vibes", base, base_map, calibration)
    with pytest.raises(CompressError, match="no setting 'bits'"):
        measure_importance("taylor", base, base_map, calibration, bits=[2])
