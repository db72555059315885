import json

import pytest

from compress import CheckpointError, inspect_checkpoint


def write(folder, tensors, cut=0):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + size]}
        data += bytes(size)
    head = json.dumps(header).encode()
    whole = len(head).to_bytes(8, "little") + head + data
    (folder / "model.safetensors").write_bytes(whole[: len(whole) - cut])


def test_stored_bytes_are_counted(tmp_path):
    write(tmp_path, {"w": ("I32", [4, 2], 32), "scale": ("BF16", [4], 8)})
    checkpoint = inspect_checkpoint(tmp_path)
    assert (checkpoint.bytes, checkpoint.tensors, checkpoint.elements) == (40, 2, 12)
    assert checkpoint.file_bytes == (tmp_path / "model.safetensors").stat().st_size


def test_a_cut_file_is_named(tmp_path):
    write(tmp_path, {"w": ("F32", [4], 16)}, cut=1)
    with pytest.raises(CheckpointError, match="cut off"):
        inspect_checkpoint(tmp_path)


def test_a_file_that_is_no_safetensors_file(tmp_path):
    (tmp_path / "model.safetensors").write_text("not one at all")
    with pytest.raises(CheckpointError, match="cut off or no safetensors"):
        inspect_checkpoint(tmp_path)


def test_a_folder_without_weights(tmp_path):
    with pytest.raises(CheckpointError, match="no safetensors files"):
        inspect_checkpoint(tmp_path)


@pytest.mark.model
def test_the_embedded_model_has_its_known_size(smollm2):
    checkpoint = inspect_checkpoint(smollm2)
    assert checkpoint.elements == 134_515_008
    assert checkpoint.bytes == 2 * checkpoint.elements
