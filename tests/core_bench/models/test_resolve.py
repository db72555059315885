"""What the user typed, and the folder that it means."""

import json
from pathlib import Path

import pytest

from core_bench.errors import CoreBenchError
from core_bench.models import cache_folder, model_folder, resolve, weight_files


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    return tmp_path


def test_a_model_folder_is_taken_as_it_is(checkpoint: Path) -> None:
    assert resolve(str(checkpoint)) == checkpoint
    assert weight_files(checkpoint) == [checkpoint / "model.safetensors"]


@pytest.mark.parametrize(
    ("missing", "message"),
    [("config.json", "config.json is missing"), ("model.safetensors", "it has no weights")],
)
def test_what_a_folder_lacks_is_named(checkpoint: Path, missing: str, message: str) -> None:
    (checkpoint / missing).unlink()
    with pytest.raises(CoreBenchError, match=f"is no model folder: {message}"):
        resolve(str(checkpoint))


def test_all_shards_must_be_there(checkpoint: Path) -> None:
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    index = {"weight_map": {"a": names[1], "b": names[0], "c": names[0]}}
    (checkpoint / "model.safetensors.index.json").write_text(json.dumps(index))
    (checkpoint / names[0]).write_bytes(b"")
    with pytest.raises(CoreBenchError, match=f"is incomplete: {names[1]} is missing"):
        resolve(str(checkpoint))
    (checkpoint / names[1]).write_bytes(b"")
    assert weight_files(checkpoint) == [checkpoint / name for name in names]


def test_a_broken_index_is_named(checkpoint: Path) -> None:
    (checkpoint / "model.safetensors.index.json").write_text("[]")
    with pytest.raises(CoreBenchError, match="not readable as an index"):
        resolve(str(checkpoint))


def test_a_file_is_no_folder(checkpoint: Path) -> None:
    with pytest.raises(CoreBenchError, match="it is a file"):
        resolve(str(checkpoint / "config.json"))


@pytest.mark.parametrize(
    ("spec", "remedy"),
    [
        ("./nowhere", "name a folder that has config.json"),
        ("Qwen/Qwen2.5-Coder-0.5B", "hf download Qwen/Qwen2.5-Coder-0.5B --local-dir FOLDER"),
    ],
)
def test_an_absent_folder_gets_advice(spec: str, remedy: str) -> None:
    with pytest.raises(CoreBenchError) as caught:
        resolve(spec)
    assert f"no such model folder: {spec}" in str(caught.value)
    assert remedy in str(caught.value)
    assert "smollm2-135m" in str(caught.value)


def test_the_cache_folder_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CORE_BENCH_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    assert model_folder("smollm2-135m") == tmp_path / "models" / "smollm2-135m"
    monkeypatch.delenv("CORE_BENCH_CACHE")
    assert cache_folder().name == "core-bench"
