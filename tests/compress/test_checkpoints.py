"""Checkpoints of many kinds, written once, all loaded in one fresh process by stock transformers."""

import json

import pytest

from compress.calibration import Passage
from compress.carry_out import carry_out
from compress.checkpoint import weights_hash
from compress.errors import CheckpointError, CompressError, PlanError
from compress.likelihood import measure
from compress.memory import predict
from compress.plan import BlockPlan, Plan, check_plan, read_plan, uniform_plan
from compress.verify import TOLERANCE, reload_likelihoods
from compress.write import require_room, write_checkpoint

B = BlockPlan


def plans(m):
    """A plan of every kind for the tiny model of 4 blocks."""

    def of(*blocks, **settings):
        return Plan(base=m.base, model_type=m.model_type, blocks=blocks, **settings)

    ladder = (
        B(attention_bits=2, mlp_bits=3),
        B(attention_bits=4, mlp_bits=8),
        B(mlp_bits=2, group_size=32),
        B(attention_bits=3),
    )
    narrow = B(ffn_width=128, kv_groups=(1,), attention_bits=4, mlp_bits=3, group_size=32)
    return {
        "unchanged": uniform_plan(m),
        **{f"{b} bits": uniform_plan(m, attention_bits=b, mlp_bits=b, quantiser="rtn") for b in (2, 3, 4, 8)},
        "gptq, mixed": of(*ladder),
        "clip, mixed": of(*ladder, quantiser="clip"),
        "vllm": of(B(attention_bits=4, mlp_bits=8), B(attention_bits=8, mlp_bits=4), B(), B(attention_bits=8, mlp_bits=8), target="vllm"),
        "depth": of(B(), B(dropped=True), B(dropped=True), B()),
        "channels named": uniform_plan(m, ffn_channels=tuple(range(0, 192, 2))),
        "groups": uniform_plan(m, kv_groups=(0,)),
        "everything": of(B(dropped=True), narrow, narrow, narrow),
        "eora": uniform_plan(m, attention_bits=2, mlp_bits=3, rank=4, compensation="eora"),
        "svd, ranks": of(B(attention_bits=2, mlp_bits=2, rank=8), B(attention_bits=2, rank=2), B(), B(mlp_bits=3, rank=4), compensation="svd"),
        "widths": of(*(B(ffn_width=w) for w in (64, 128, 192, 100)), custom_code=True),
    }  # fmt: skip


NAMES = list(plans(type("Map", (), {"base": "x", "model_type": "llama", "blocks": 4})))


@pytest.fixture(scope="module")
def written(base, base_map, calibration, held_out, tmp_path_factory):
    """Name -> (folder, plan asked for, likelihood in memory, likelihood of the reload)."""
    place = tmp_path_factory.mktemp("written")
    made, memory = {}, {}
    for number, (name, plan) in enumerate(plans(base_map).items()):
        compressed = carry_out(plan, base, base_map, calibration)
        memory[name] = measure(compressed.model, held_out)
        made[name] = write_checkpoint(compressed, base, base_map, place / str(number))
    reloaded = reload_likelihoods(list(made.values()), held_out, trust=True)
    asked = plans(base_map)
    return {
        name: (made[name], asked[name], memory[name], found)
        for name, found in zip(made, reloaded, strict=True)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_fresh_process_computes_what_memory_computed(written, name):
    _, _, memory, reloaded = written[name]
    assert abs(memory.nll - reloaded.nll) < TOLERANCE


@pytest.mark.parametrize("name", NAMES)
def test_bytes_are_predicted_to_the_byte(written, base_map, name):
    folder, plan, _, _ = written[name]
    memory = predict(plan, base_map)
    assert memory.disk == (folder / "model.safetensors").stat().st_size
    adapter = folder / "adapter" / "adapter_model.safetensors"
    assert memory.adapter == (adapter.stat().st_size if adapter.exists() else 0)


def test_fewer_bits_lose_more(written):
    base = written["unchanged"][2].nll
    lost = [abs(written[f"{bits} bits"][2].nll - base) for bits in (8, 2)]
    assert lost[0] < 0.02 < lost[1]


def test_the_written_plan_says_what_was_decided(written, base_map):
    folder, asked, _, _ = written["everything"]
    plan = read_plan(folder / "compress_plan.json")
    check_plan(plan, base_map)
    assert plan.calibration is not None
    assert all(len(block.ffn_channels) == 128 for _, block in plan.kept())
    manifest = json.loads((folder / "compress_manifest.json").read_text())
    assert manifest["plan"] == plan.hash()
    assert manifest["versions"]["compressed-tensors"] >= "0.19"
    assert asked.blocks[1].ffn_channels is None


def test_carrying_out_the_written_plan_again_gives_the_same_weights(
    written, base, base_map, calibration, tmp_path
):
    folder = written["everything"][0]
    again = carry_out(read_plan(folder / "compress_plan.json"), base, base_map, calibration)
    second = write_checkpoint(again, base, base_map, tmp_path / "again")
    assert weights_hash(second) == weights_hash(folder)


def test_a_stock_config_describes_the_rest(written):
    config = json.loads((written["everything"][0] / "config.json").read_text())
    assert (config["num_hidden_layers"], config["intermediate_size"]) == (3, 128)
    assert (config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]) == (2, 1, 32)
    assert config["model_type"] == "llama"
    assert "auto_map" not in config


def test_only_different_widths_bring_code(written):
    files = {name: sorted(f.name for f in folder.glob("*.py")) for name, (folder, *_) in written.items()}
    assert {name for name, found in files.items() if found} == {"widths"}


def test_the_target_vllm_writes_its_two_forms(written):
    config = json.loads((written["vllm"][0] / "config.json").read_text())["quantization_config"]
    assert config["format"] == "mixed-precision"
    kinds = {(g["weights"]["num_bits"], g["weights"]["strategy"], g["input_activations"] is not None) for g in config["config_groups"].values()}  # fmt: skip
    assert kinds == {(4, "group", False), (8, "channel", True)}


def test_the_card_says_how_to_load(written):
    card = (written["svd, ranks"][0] / "README.md").read_text()
    assert "adapter ranks: 0 in 1 blocks, 2 in 1 blocks" in card
    assert "PeftModel" in card
    assert "trust_remote_code=True" in (written["widths"][0] / "README.md").read_text()


def test_whoever_may_read_the_config_may_read_the_weights(written):
    folder = written["svd, ranks"][0]
    rights = (folder / "config.json").stat().st_mode
    weights = list(folder.rglob("*.safetensors"))
    assert len(weights) == 2
    assert all(file.stat().st_mode == rights for file in weights)


def test_the_base_is_untouched(written, base, base_map):
    assert weights_hash(base) == base_map.base
    assert not [f for f in base.iterdir() if f.name.startswith("compress")]


def test_a_checkpoint_with_a_cut_weight_file_does_not_verify(written, held_out, tmp_path):
    import shutil

    folder = tmp_path / "cut"
    shutil.copytree(written["depth"][0], folder)
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:-100])
    with pytest.raises(CheckpointError, match="cannot load"):
        reload_likelihoods([folder], held_out[:1])


def test_gptq_without_text_is_refused(base, base_map):
    with pytest.raises(PlanError, match="needs calibration text"):
        carry_out(uniform_plan(base_map, mlp_bits=4), base, base_map)


def test_zero_points_are_refused_where_they_would_not_load(base, base_map, calibration, tmp_path):
    from compress.stored_form import require_reloadable

    plan = uniform_plan(base_map, mlp_bits=4, symmetric=False)
    try:
        require_reloadable(plan)
    except CompressError:
        with pytest.raises(CompressError, match="cannot load zero points"):
            require_room(plan, base_map, tmp_path / "zeros")
        return
    # A mended library: then it has to be true.
    compressed = carry_out(plan, base, base_map, calibration)
    folder = write_checkpoint(compressed, base, base_map, tmp_path / "zeros")
    passage = Passage("all", calibration.tokens[:1])
    assert (
        abs(reload_likelihoods([folder], [passage])[0].nll - measure(compressed.model, [passage]).nll)
        < TOLERANCE
    )
