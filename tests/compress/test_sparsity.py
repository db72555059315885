import pytest
import torch

from compress.errors import CompressError
from compress.likelihood import token_losses
from compress.loading import load_base
from compress.operators.sparsity import count_zeros, cubic_schedule, keep_mask, mask_model


def scores():
    return torch.rand(16, 32, generator=torch.Generator().manual_seed(0))


def test_two_of_every_four_stay():
    mask = keep_mask(scores(), 0.0, (2, 4))
    assert bool((mask.view(16, 8, 4).sum(-1) == 2).all())
    kept, dropped = scores().view(16, 8, 4), (~mask).view(16, 8, 4)
    assert bool((kept.masked_fill(dropped, 9).amin(-1) >= kept.masked_fill(~dropped, 0).amax(-1)).all())


def test_every_row_loses_the_same_share():
    assert bool((keep_mask(scores(), 0.25).sum(-1) == 24).all())
    assert bool(keep_mask(scores(), 0.0).all())


@pytest.mark.parametrize(("sparsity", "pattern"), [(1.0, None), (-0.1, None), (0.5, (2, 5)), (0.5, (4, 4))])
def test_impossible_masks_are_refused(sparsity, pattern):
    with pytest.raises(CompressError):
        keep_mask(scores(), sparsity, pattern)


def test_the_schedule_is_fast_first_and_ends_where_it_should():
    shares = cubic_schedule(4, 0.8)
    assert shares[-1] == pytest.approx(0.8)
    gains = [b - a for a, b in zip([0, *shares], shares, strict=False)]
    assert gains == sorted(gains, reverse=True)


def test_masks_report_no_saved_bytes(base, base_map, tokens):
    model = load_base(base, base_map)
    found = mask_model(model, tokens, "wanda", pattern=(2, 4))
    assert found.share == pytest.approx(0.5, abs=0.01)
    assert found.bytes_saved == 0


def loss_after(base, base_map, tokens, **settings):
    model = load_base(base, base_map, torch.float32)
    with torch.no_grad():
        before = model(input_ids=tokens).logits
        mask_model(model, tokens, sparsity=0.6, **settings)
        after = model(input_ids=tokens).logits
    assert bool(torch.isfinite(token_losses(model, tokens)).all())
    return float((before - after).square().mean()), count_zeros(model).share


def test_activations_choose_better_than_sizes_and_compensation_helps(base, base_map, tokens):
    size, _ = loss_after(base, base_map, tokens, score="magnitude")
    wanda, zeros = loss_after(base, base_map, tokens, score="wanda")
    mended, left = loss_after(base, base_map, tokens, score="wanda", compensation_rank=8)
    assert mended < wanda < size
    assert zeros == pytest.approx(0.6, abs=0.02)
    assert left < 0.01  # the zeros are gone, and the report does not claim them


def test_a_gradual_mask_ends_at_the_same_share(base, base_map, tokens):
    _, zeros = loss_after(base, base_map, tokens, score="magnitude", steps=3)
    assert zeros == pytest.approx(0.6, abs=0.02)
