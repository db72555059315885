"""Runs the tests that depend on the Python minor under every minor that is here: `make test-minors`.

Each interpreter (on the PATH, or of pyenv) gets an environment of its own under `.cache/minors`, with the
base install and what the tests need. The tests are those of the tracer, of the variants and of the audit.
Minors that are not here are named; the exit code is 1 if a test fails under any, and if no minor is found.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.tracer_minors import MINORS, interpreters

ROOT = Path(__file__).resolve().parent.parent
TESTS = ("tests/tracer", "tests/variants", "tests/core_bench/suites/audit")
NEEDED = ("hypothesis", "pytest", "pytest-timeout")


def environment(minor: str, python: str) -> Path:
    """Return the interpreter of an environment for a minor, which is made the first time."""
    home = ROOT / ".cache" / "minors" / minor
    inside = home / "bin" / "python"
    ready = home / ".ready"
    if not ready.exists() or ready.stat().st_mtime < (ROOT / "pyproject.toml").stat().st_mtime:
        print(f"Python {minor}: making {home}", flush=True)
        subprocess.run([python, "-m", "venv", "--clear", str(home)], check=True)
        install = [str(inside), "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt"]
        subprocess.run([*install, "--editable", ".", *NEEDED], check=True, cwd=ROOT)
        ready.touch()
    return inside


def main() -> None:
    """Run the tests under each minor."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", metavar="MINOR", help="such as 3.12; may be given again")
    parser.add_argument("--prepare", action="store_true", help="make the environments, and run nothing")
    given, rest = parser.parse_known_args()
    found = {
        minor: python for minor, python in interpreters().items() if not given.only or minor in given.only
    }
    missing = [minor for minor in given.only or MINORS if minor not in found]
    if not found:
        sys.exit(f"no Python {', '.join(missing)} is here: not on the PATH, and not in pyenv")
    failed = []
    for minor, python in found.items():
        inside = environment(minor, python)
        if given.prepare:
            continue
        print(f"Python {minor}", flush=True)
        chosen = [part for part in rest if not part.startswith("-")] or TESTS
        options = [part for part in rest if part.startswith("-")]
        command = [str(inside), "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, *chosen]
        if subprocess.run(command, check=False, cwd=ROOT).returncode:
            failed.append(minor)
    if missing:
        print(f"not here: Python {', '.join(missing)}")
    sys.exit(f"tests fail under Python {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
