"""From `--model` to an engine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core_bench.engines import EngineOptions, default_shape, named_by, open_engine
from core_bench.errors import CoreBenchError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("smollm-135m", "Did you mean smollm2-135m?"),
        ("baseline:orcale", "Did you mean baseline:oracle?"),
        ("gpt-4o", "openai:NAME"),
    ],
)
def test_an_unknown_model_gets_one_helpful_line(model: str, hint: str) -> None:
    with pytest.raises(CoreBenchError) as caught:
        open_engine(model, EngineOptions(), {})
    assert hint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_prefix_alone_is_no_model() -> None:
    with pytest.raises(CoreBenchError, match="something must follow the colon"):
        open_engine("openai:", EngineOptions())


def test_openai_without_key_and_address_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(CoreBenchError, match="OPENAI_API_KEY is not set"):
        open_engine("openai:gpt-x", EngineOptions())
    open_engine("openai:gpt-x", EngineOptions(base_url="http://localhost:1/v1"))


def test_an_address_must_be_a_url() -> None:
    with pytest.raises(CoreBenchError, match="no server address: localhost:8000"):
        open_engine("openai:x", EngineOptions(base_url="localhost:8000"))


def test_names_and_passwords_stay_out_of_the_manifest() -> None:
    engine = open_engine("openai:x", EngineOptions(base_url="https://me:secret@host:81/v1?key=secret"))
    assert engine.describe().identity == {"base_url": "https://host:81/v1"}


def test_an_unfetched_model_tells_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CORE_BENCH_CACHE", str(tmp_path))
    with pytest.raises(CoreBenchError, match="core-bench model fetch smollm2-135m"):
        open_engine("smollm2-135m", EngineOptions())


@pytest.mark.parametrize("prefix", ["", "transformers:"])
def test_a_folder_is_a_local_model(folder: Path, prefix: str) -> None:
    engine = open_engine(f"{prefix}{folder}", EngineOptions())
    assert type(engine).__name__ == "TransformersEngine"
    with pytest.raises(CoreBenchError, match="the batch size must be at least 1"):
        open_engine(f"{prefix}{folder}", EngineOptions(batch_size=0))


def test_the_default_shape(folder: Path) -> None:
    assert default_shape("smollm2-135m") == "completion"
    assert default_shape("openai:gpt-x") == "chat"
    assert default_shape("baseline:echo") == "chat"
    assert default_shape(str(folder)) == "completion"
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ messages }}"}))
    assert default_shape(str(folder)) == "chat"


@pytest.mark.model
def test_what_is_made_of_the_embedded_model_is_asked_as_it_is(smollm2: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in smollm2.iterdir():
        if path.name != "core-bench-model.json":
            (copy / path.name).symlink_to(path)
    assert default_shape(str(copy)) == default_shape("smollm2-135m") == "completion"
    assert default_shape(f"vllm:{copy}") == default_shape(f"ray-vllm:{copy}") == "completion"
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(copy)}))
    (adapter / "adapter_model.safetensors").write_bytes(b"")
    assert default_shape(str(adapter)) == "completion"
    config = json.loads((copy / "config.json").read_text()) | {"hidden_size": 2048}
    (copy / "config.json").unlink()
    (copy / "config.json").write_text(json.dumps(config))
    assert default_shape(str(copy)) == "chat", "another model of the same makers"


@pytest.mark.parametrize("name", ["vllm", "ray-vllm", "transformers"])
def test_an_engine_may_be_named_apart(name: str, folder: Path) -> None:
    assert named_by(name, str(folder)) == f"{name}:{folder}"
    assert named_by(name, f"{name}:{folder}") == f"{name}:{folder}"
    assert named_by(None, str(folder)) == str(folder)
    with pytest.raises(CoreBenchError, match="openai:x names another engine than"):
        named_by(name, "openai:x")
    with pytest.raises(CoreBenchError, match="there is no engine vlm"):
        named_by("vlm", str(folder))


def test_nothing_heavy_is_imported_until_it_is_used() -> None:
    program = (
        "import sys; import core_bench.engines\n"
        "print([n for n in ('torch', 'transformers', 'openai', 'typer', 'rich') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
