"""The embedded model: small plans that need no calibration, checked in fresh processes."""

import pytest

from compress.calibration import passages
from compress.carry_out import carry_out
from compress.likelihood import measure
from compress.loading import load_tokenizer
from compress.make import make_checkpoint
from compress.memory import predict
from compress.model_map import read_map
from compress.plan import BlockPlan, Plan
from compress.text import read_documents
from compress.verify import verify_folder

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def model_map(smollm2):
    return read_map(smollm2)


@pytest.fixture(scope="module")
def proof(smollm2):
    return passages(read_documents("stdlib:held-out")[:2], load_tokenizer(smollm2), 96)


KINDS = {
    "W4A16": [BlockPlan(attention_bits=4, mlp_bits=4)] * 30,
    "W8A8 and W4A16": [BlockPlan(attention_bits=b, mlp_bits=b) for b in [8] * 10 + [4] * 20],
    "three blocks fewer": [BlockPlan(dropped=index in (24, 25, 26)) for index in range(30)],
}


@pytest.fixture(scope="module", params=KINDS)
def made(request, smollm2, model_map, proof, tmp_path_factory):
    """Checkpoints of the kinds that vLLM runs everywhere, each with its plan."""
    blocks = tuple(KINDS[request.param])
    plan = Plan(base=model_map.base, model_type="llama", blocks=blocks, quantiser="rtn", target="vllm")
    out = tmp_path_factory.mktemp("smollm2") / "made"
    return plan, make_checkpoint(plan, smollm2, model_map, out, proof)


def test_smollm2_reloads_to_the_same_loss_and_has_the_predicted_size(made, model_map):
    plan, checkpoint = made
    assert checkpoint.verified.gap < 1e-3
    assert (checkpoint.folder / "model.safetensors").stat().st_size == predict(plan, model_map).disk


def test_searching_the_scales_beats_plain_rounding_at_three_bits(smollm2, model_map, proof):
    losses = {}
    for quantiser in ("rtn", "clip"):
        blocks = tuple(BlockPlan(mlp_bits=3) if i < 6 else BlockPlan() for i in range(30))
        plan = Plan(base=model_map.base, model_type="llama", blocks=blocks, quantiser=quantiser)
        losses[quantiser] = measure(carry_out(plan, smollm2, model_map).model, proof).nll
    assert losses["clip"] < losses["rtn"]


@pytest.mark.vllm
def test_vllm_computes_the_same(made, vllm_python):
    found = verify_folder(made[1].folder, "vllm", vllm_python)
    assert found.equal, found
