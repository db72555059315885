"""Every known architecture: pruned in depth, width and heads, quantised, written, loaded in a fresh process."""

import pytest

from compress.carry_out import carry_out
from compress.likelihood import measure
from compress.loading import load_base
from compress.memory import predict
from compress.model_map import ARCHITECTURES, read_map
from compress.operators.depth import greedy_removals
from compress.plan import BlockPlan, Plan
from compress.verify import TOLERANCE, reload_likelihoods
from compress.write import write_checkpoint
from tests.compress.conftest import write_model

SMALL = BlockPlan(ffn_width=128, kv_groups=(1,), attention_bits=4, mlp_bits=3, group_size=32)
SETTINGS = {
    "gemma2": {"query_pre_attn_scalar": 32, "sliding_window": 16},
    "gemma3_text": {"query_pre_attn_scalar": 32, "sliding_window": 16},
    "qwen3": {"tie_word_embeddings": False},
    "mistral": {"sliding_window": 16},
}


@pytest.fixture(scope="module")
def written(calibration, held_out, tmp_path_factory):
    place = tmp_path_factory.mktemp("architectures")
    made = {}
    for kind in ARCHITECTURES:
        base = write_model(place / kind, kind, **SETTINGS.get(kind, {}))
        found = read_map(base)
        plan = Plan(base=found.base, model_type=kind, blocks=(SMALL, BlockPlan(dropped=True), SMALL, SMALL))
        compressed = carry_out(plan, base, found, calibration)
        memory = measure(compressed.model, held_out).nll
        folder = write_checkpoint(compressed, base, found, place / f"{kind}-small")
        made[kind] = (folder, memory, predict(plan, found).disk)
    reloaded = reload_likelihoods([folder for folder, *_ in made.values()], held_out)
    return {kind: (*row, found.nll) for (kind, row), found in zip(made.items(), reloaded, strict=True)}


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_what_was_written_is_what_was_meant(written, kind):
    folder, memory, predicted, reloaded = written[kind]
    assert abs(memory - reloaded) < TOLERANCE
    assert predicted == (folder / "model.safetensors").stat().st_size


@pytest.mark.parametrize("kind", ["gemma2", "gemma3_text"])
def test_walking_through_blocks_of_different_types_is_the_forward_pass(kind, tokens, tmp_path):
    """Blocks with sliding and with full attention get the masks and positions of their own type."""
    import torch

    from compress.blocks import BlockWalk
    from compress.likelihood import token_losses

    base = write_model(
        tmp_path / kind, kind, **SETTINGS[kind], layer_types=["sliding_attention", "full_attention"] * 2
    )
    model = load_base(base, read_map(base))
    with torch.no_grad():
        expected = float(token_losses(model, tokens).mean())
    walk = BlockWalk(model, tokens)
    assert walk.loss(walk.hidden, 0) == pytest.approx(expected, abs=1e-3)
    assert len(greedy_removals(model, tokens, 1)) == 1
