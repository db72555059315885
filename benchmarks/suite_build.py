"""How long suites take to build, and that they come out alike: `python -m benchmarks.suite_build`.

`v1` builds core-bench-v1 twice, with two workers and with one, under two hash seeds, and compares the bytes.
`humaneval` builds a suite of HumanEval, from the file in the folder named by CORE_BENCH_DATA.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_DATA = Path(os.environ.get("CORE_BENCH_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def build(out: Path, *options: str, hash_seed: str = "0") -> float:
    """Build a suite with the command line; return the seconds that it took."""
    begun = time.monotonic()
    command = [sys.executable, "-m", "core_bench.cli", "suite", "build", "--out", str(out), *options]
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, check=True)
    return time.monotonic() - begun


def main() -> None:
    """Build what is asked for, and print the times."""
    wanted = sys.argv[1:] or ["v1", "humaneval"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "v1" in wanted:
            two = build(folder / "two", "--name", "core-bench-v1", "--workers", "2", hash_seed="1")
            one = build(folder / "one", "--name", "core-bench-v1", "--workers", "1", hash_seed="2")
            files = sorted(path.name for path in (folder / "two").iterdir())
            alike = all(
                (folder / "one" / file).read_bytes() == (folder / "two" / file).read_bytes() for file in files
            )
            print(f"core-bench-v1: {two:.0f} s with two workers, {one:.0f} s with one; same bytes: {alike}")
        if "humaneval" in wanted:
            path = str(_DATA / "humaneval.jsonl")
            took = build(folder / "humaneval", "--source", "humaneval", "--path", path, "--workers", "2")
            print(f"humaneval: {took:.0f} s with two workers")


if __name__ == "__main__":
    main()
