"""How long `core-bench --help` takes, beside an empty Python. Run: python benchmarks/startup.py"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "core-bench --help": [sys.executable, "-m", "core_bench.cli", "--help"],
    "core-bench suite info": [sys.executable, "-m", "core_bench.cli", "suite", "info"],
}


def main() -> None:
    """Time the commands by turns, so that noise meets all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds[name].append(time.perf_counter() - start)
    for name, times in seconds.items():
        print(f"{name:24} median {statistics.median(times):.3f} s, worst of {ROUNDS} {max(times):.3f} s")


if __name__ == "__main__":
    main()
