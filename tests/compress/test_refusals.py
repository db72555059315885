"""Bad input: a clear error, nothing half done, the base as it was."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections import namedtuple
from pathlib import Path

import pytest

from compress.carry_out import carry_out
from compress.checkpoint import weights_hash
from compress.errors import CheckpointError, CompressError, ResourceError
from compress.plan import uniform_plan
from compress.write import require_room, whole_folder, write_checkpoint


def test_nan_weights_are_refused(base, base_map, tmp_path):
    from safetensors.torch import load_file, save_file

    from compress.model_map import read_map

    folder = tmp_path / "nan"
    shutil.copytree(base, folder)
    tensors = load_file(folder / "model.safetensors")
    tensors["model.layers.1.mlp.up_proj.weight"][3, 5] = float("nan")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    found = read_map(folder)
    with pytest.raises(CheckpointError, match=r"layers\.1\.mlp\.up_proj\.weight holds NaN"):
        carry_out(uniform_plan(found, mlp_bits=4, quantiser="rtn"), folder, found)


def test_too_little_disk_is_found_before_anything_is_made(base_map, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10, 5, 5))
    with pytest.raises(ResourceError, match=r"needs 1\.\d MB of disk, 0\.0 MB are free"):
        require_room(uniform_plan(base_map), base_map, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_too_little_memory_is_found_before_loading(base, base_map, monkeypatch):
    monkeypatch.setattr("compress.loading.free_memory", lambda: 1000)
    with pytest.raises(ResourceError, match="of memory"):
        carry_out(uniform_plan(base_map), base, base_map)


def test_nothing_is_overwritten(base, base_map, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(CompressError, match="is there already"):
        require_room(uniform_plan(base_map), base_map, tmp_path / "out")
    with pytest.raises(CompressError, match="is there already"):
        require_room(uniform_plan(base_map), base_map, base)


def test_a_place_that_cannot_be_written_is_named(base_map, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CompressError, match="cannot be made"):
        require_room(uniform_plan(base_map), base_map, tmp_path / "file" / "out")


def test_an_error_while_writing_leaves_nothing(base, base_map, tmp_path, monkeypatch):
    compressed = carry_out(uniform_plan(base_map, mlp_bits=4, quantiser="rtn"), base, base_map)

    def full(*_arguments, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("compress.write._write_config", full)
    with pytest.raises(CompressError, match="No space left"):
        write_checkpoint(compressed, base, base_map, tmp_path / "out")
    assert not list(tmp_path.iterdir())
    assert weights_hash(base) == base_map.base


def test_a_killed_write_leaves_no_folder_of_that_name_and_the_next_one_cleans_up(tmp_path):
    script = textwrap.dedent(
        """
        import os, sys, time
        from pathlib import Path
        from compress.write import whole_folder
        with whole_folder(Path(sys.argv[1])) as draft:
            (draft / "model.safetensors").write_bytes(b"half")
            print("writing", flush=True)
            time.sleep(60)
        """
    )
    out = tmp_path / "out"
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(out)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    assert child.stdout.readline() == b"writing\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not out.exists()
    assert len(list(tmp_path.iterdir())) == 1
    with whole_folder(out) as draft:
        (draft / "whole").touch()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_an_empty_calibration_text_is_refused(base):
    from compress.calibration import calibrate_on
    from compress.loading import load_tokenizer
    from compress.text import Document

    with pytest.raises(CompressError, match="one window takes 256"):
        calibrate_on([Document("short", "x = 1")], load_tokenizer(base))
