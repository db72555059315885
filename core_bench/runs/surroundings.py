"""Where a run took place: machine, versions, and the state of the code."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    "torch",
    "transformers",
    "tokenizers",
    "vllm",
    "compressed-tensors",
    "peft",
    "openai",
    "jinja2",
    "numpy",
)


def versions() -> dict[str, str]:
    """Return the versions of the installed packages that can decide a reply."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def hardware() -> dict[str, str | int]:
    """Return the processor, how many CPUs this process may use, and the memory in bytes."""
    told: dict[str, str | int] = {
        "processor": _processor(),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
    }
    cards = [path.read_text(encoding="utf-8", errors="replace") for path in _card_files()]
    models = [
        line.split(":", 1)[1].strip() for text in cards for line in text.splitlines() if "Model" in line
    ]
    return {**told, **({"gpus": ", ".join(models)} if models else {})}


def git_state() -> str | None:
    """Return the commit of core-bench's own repository, `-dirty` if files differ; None if it is installed."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def _card_files() -> list[Path]:
    return sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
