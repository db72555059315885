"""Peers that are measured beside core-bench, each in an environment of its own, made the first time."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def peer_python(name: str, *requirements: str, options: tuple[str, ...] = ()) -> Path:
    """Return the interpreter of a peer's environment; install it where it is not there.

    Args:
        name: the environment's folder in the cache, such as `lm-eval-0.4.13`.
        requirements: what pip installs.
        options: of pip, such as constraints.
    """
    folder = Path(os.environ.get("CORE_BENCH_CACHE", ROOT / ".cache")) / "peers" / name
    interpreter = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        print(f"installing {', '.join(requirements)} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *requirements, *options], check=True)
        (folder / ".installed").touch()
    return interpreter
