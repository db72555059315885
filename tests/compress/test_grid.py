import pytest
import torch

from compress.operators.gptq import quantise_gptq
from compress.operators.grid import Grid, fit_scales, round_to_nearest


def weight(rows=48, columns=128, seed=0):
    return torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))


def moments(columns=128, samples=512, seed=1):
    """Second moments of correlated inputs of very different size."""
    draw = torch.Generator().manual_seed(seed)
    inputs = torch.randn(samples, columns, generator=draw) @ torch.randn(columns, columns, generator=draw)
    inputs *= torch.logspace(-1, 1, columns)
    return inputs.T @ inputs / samples


def output_error(original, quantised, h):
    lost = original - quantised.values().float()
    return float((lost @ h * lost).sum())


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
@pytest.mark.parametrize("symmetric", [True, False])
def test_codes_stay_on_the_grid(bits, symmetric):
    grid = Grid(bits, 32, symmetric)
    found = round_to_nearest(weight(), grid, search=True)
    assert found.codes.dtype == torch.int8
    assert grid.low <= int(found.codes.min())
    assert int(found.codes.max()) <= grid.high
    assert found.scales.shape == (48, 4)
    if symmetric:
        assert not found.zeros.any()


def test_the_range_scale_is_the_one_of_compressed_tensors():
    from compressed_tensors.quantization import QuantizationArgs
    from compressed_tensors.quantization.utils import calculate_qparams

    grid = Grid(4, 32, True, torch.float32)
    scale, _ = fit_scales(weight(), grid, search=False)
    groups = grid.groups(weight())
    arguments = QuantizationArgs(num_bits=4, symmetric=True, strategy="group", group_size=32)
    expected, _ = calculate_qparams(groups.amin(-1), groups.amax(-1), arguments)
    torch.testing.assert_close(scale, expected)


@pytest.mark.parametrize("symmetric", [True, False])
def test_searching_the_scale_never_makes_it_worse_group_by_group(symmetric):
    grid = Grid(3, 32, symmetric)
    errors = []
    for search in (False, True):
        lost = weight() - round_to_nearest(weight(), grid, search).values().float()
        errors.append(grid.groups(lost).square().sum(-1))
    assert bool(
        (errors[1] <= errors[0] * 1.02).all()
    )  # values are stored in bf16, errors were compared before
    assert float(errors[1].sum()) < 0.9 * float(errors[0].sum())


def test_eight_bits_are_nearly_exact():
    found = round_to_nearest(weight(), Grid(8, 32), search=False).values().float()
    assert float((found - weight()).abs().max()) < 0.03


def test_gptq_beats_rounding_on_the_outputs():
    h = moments()
    grid = Grid(3, 32)
    plain = output_error(weight(), round_to_nearest(weight(), grid, search=False), h)
    clipped = output_error(weight(), round_to_nearest(weight(), grid, True, h.diagonal()), h)
    fed_back = output_error(weight(), quantise_gptq(weight(), h, grid), h)
    assert fed_back < 0.5 * clipped < clipped < plain


def test_gptq_without_correlations_is_rounding():
    h = torch.diag(torch.linspace(1, 2, 128))
    grid = Grid(4, 32)
    rounded = round_to_nearest(weight(), grid, True, h.diagonal())
    assert torch.equal(quantise_gptq(weight(), h, grid, damping=0.0).codes, rounded.codes)


def test_inputs_that_never_fire_do_no_harm():
    h = moments()
    h[5], h[:, 5] = 0, 0
    found = quantise_gptq(weight(), h, Grid(4, 32)).values()
    assert bool(torch.isfinite(found).all())
