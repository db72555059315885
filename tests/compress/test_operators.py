import pytest
import torch

from compress.errors import PlanError
from compress.loading import load_base
from compress.operators import structure
from compress.operators.depth import greedy_removals
from compress.operators.lowrank import eora, svd_of_error


def test_greedy_removal_matches_measuring_each_model_by_hand(base, base_map, tokens):
    from compress.likelihood import token_losses

    model = load_base(base, base_map)

    def loss_without(gone):
        smaller = load_base(base, base_map)
        structure.drop_blocks(smaller, [i for i in range(4) if i not in gone])
        with torch.no_grad():
            return float(token_losses(smaller, tokens).mean())

    removals = greedy_removals(model, tokens, 2)
    first = min(range(4), key=lambda i: loss_without({i}))
    second = min((i for i in range(4) if i != first), key=lambda i: loss_without({first, i}))
    assert [r.block for r in removals] == [first, second]
    assert removals[1].loss == pytest.approx(loss_without({first, second}), abs=2e-3)
    assert len(model.model.layers) == 4


def test_the_last_block_cannot_go(base, base_map, tokens):
    with pytest.raises(PlanError, match="4 of 4 blocks"):
        greedy_removals(load_base(base, base_map), tokens, 4)


def test_dropped_blocks_renumber_the_rest(base, base_map):
    model = load_base(base, base_map)
    structure.drop_blocks(model, [0, 3])
    assert [block.self_attn.layer_idx for block in model.model.layers] == [0, 1]
    assert model.config.num_hidden_layers == 2
    assert len(getattr(model.config, "layer_types", None) or [1, 2]) == 2
    assert model.generate(torch.tensor([[1, 2]]), max_new_tokens=3, do_sample=False).shape == (
        1,
        5,
    )  # with a cache


def correlated(columns, samples=600):
    draw = torch.Generator().manual_seed(3)
    mixing = torch.randn(columns // 2, columns, generator=draw)
    inputs = torch.randn(samples, columns // 2, generator=draw) @ mixing
    inputs += 0.1 * torch.randn(samples, columns, generator=draw)
    return inputs, inputs.T @ inputs / samples


def test_reconstruction_makes_up_for_removed_inputs():
    inputs, moments = correlated(40)
    weight = torch.randn(16, 40, generator=torch.Generator().manual_seed(4))
    kept = torch.arange(0, 40, 2)
    whole = inputs @ weight.T
    cut = inputs[:, kept] @ weight[:, kept].T
    mended = inputs[:, kept] @ structure.reconstruct(weight, kept, moments).T
    assert float((whole - mended).square().mean()) < 0.1 * float((whole - cut).square().mean())


def test_removal_cost_is_the_error_after_reconstruction():
    _, moments = correlated(20)
    moments += 5 * torch.eye(20)
    weight = torch.randn(8, 20, generator=torch.Generator().manual_seed(5))
    costs = structure.removal_costs(weight, moments)
    for channel in (0, 7, 19):
        kept = torch.tensor([i for i in range(20) if i != channel])
        lost = weight.clone()
        lost[:, kept] -= structure.reconstruct(weight, kept, moments)
        assert float(costs[channel]) == pytest.approx(float((lost @ moments * lost).sum()), rel=0.1)


def test_eora_beats_plain_svd_on_outputs_and_loses_on_weights():
    inputs, moments = correlated(32)
    error = torch.randn(24, 32, generator=torch.Generator().manual_seed(6))
    plain, aware = svd_of_error(error, 4), eora(error, moments, 4)
    assert plain.rank == aware.rank == 4

    def on_outputs(addition):
        return float((inputs @ (error - addition.values()).T).square().sum())

    assert on_outputs(aware) < on_outputs(plain)
    assert float((error - plain.values()).square().sum()) < float((error - aware.values()).square().sum())


def test_full_rank_restores_everything():
    _, moments = correlated(32)
    error = torch.randn(24, 32, generator=torch.Generator().manual_seed(7))
    for addition in (svd_of_error(error, 24), eora(error, moments, 24)):
        torch.testing.assert_close(addition.values(), error, atol=2e-3, rtol=0)
