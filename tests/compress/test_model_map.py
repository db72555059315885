import json
import shutil

import pytest

from compress.errors import CheckpointError, UnsupportedModelError
from compress.model_map import ARCHITECTURES, read_map
from tests.compress.conftest import write_model


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_parts_of_every_known_architecture_are_found(tmp_path, kind):
    found = read_map(write_model(tmp_path / kind, kind))
    assert (found.blocks, found.hidden, found.ffn, found.heads, found.kv_heads) == (4, 64, 192, 4, 2)
    assert found.model_type == kind
    assert found.tied
    assert set(found.outer_tensors()) == {"model.embed_tokens.weight", "model.norm.weight"}


def changed(base, tmp_path, **settings):
    folder = tmp_path / "changed"
    shutil.copytree(base, folder)
    config = json.loads((folder / "config.json").read_text()) | settings
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"model_type": "mamba"}, "is a mamba model"),
        ({"quantization_config": {"quant_method": "x"}}, "already quantised"),
        ({"auto_map": {"AutoConfig": "x.Y"}}, "code of its own"),
        ({"num_hidden_layers": 5}, "speaks of 5 blocks"),
        ({"intermediate_size": 128}, "mlp.gate_proj.weight of shape"),
    ],
)
def test_what_is_not_known_is_refused(base, tmp_path, settings, words):
    with pytest.raises(UnsupportedModelError, match=words):
        read_map(changed(base, tmp_path, **settings))


def test_a_folder_that_is_no_model(tmp_path):
    with pytest.raises(CheckpointError, match=r"config\.json is missing"):
        read_map(tmp_path)
    with pytest.raises(CheckpointError, match="no such folder"):
        read_map(tmp_path / "nowhere")
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(CheckpointError, match="holds no safetensors"):
        read_map(tmp_path)


def test_a_block_with_an_unknown_part_is_refused(base, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = changed(base, tmp_path)
    tensors = load_file(folder / "model.safetensors")
    tensors["model.layers.2.mlp.router.weight"] = tensors["model.norm.weight"].clone()
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(UnsupportedModelError, match=r"block 2 has a part that is not known: mlp\.router"):
        read_map(folder)
