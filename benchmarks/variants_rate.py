"""How many candidates a second are made, filtered and verified, side by side with an earlier commit.

    python -m benchmarks.variants_rate [--against COMMIT] [--every 12] [--rounds 3]

Both versions generate 8 distant variants of the same HumanEval solutions, turn by turn, each turn in a new
process. Counted are candidates through the whole way: made, compared with all that is known, measured, and
run where they pass. A second is a second of one core, sandboxes included (`cpu`), which other work on the
machine disturbs little, and one on the clock (`wall`).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.programs import ROOT
from benchmarks.variants_diversity import programs

_TURN = """
import json, sys
from variants import Demands, generate
made = verified = emitted = 0
for code, calls in json.load(sys.stdin):
    found = generate(code, calls, 8, 1, demands=Demands(max_jaccard=0.7, min_complexity=3))
    made += found.tally.made
    verified += found.tally.verified
    emitted += len(found.variants)
print(json.dumps([made, verified, emitted]))
"""


def turn(folder: Path, tasks: str) -> tuple[list[int], float, float]:
    """Run one version once; return its counts, its seconds of computing and its seconds on the clock."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as out:
        given.write(tasks)
        given.seek(0)
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        process = subprocess.Popen(
            [sys.executable, "-c", _TURN], cwd=folder, env=environment, stdin=given, stdout=out
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"the version in {folder} fails")
        out.seek(0)
        counts = json.loads(out.read())
    return counts, used.ru_utime + used.ru_stime, time.perf_counter() - start


def unpacked(commit: str, folder: str) -> Path:
    """Write the files of a commit into a folder."""
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    return Path(folder)


def main() -> int:
    """Take turns and print the best of each version."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--against", help="an earlier commit to measure beside this working tree")
    parser.add_argument("--every", type=int, default=12, help="only each so many-th program")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    tasks = json.dumps(
        [
            (row["prompt"] + row["canonical_solution"], calls)
            for row, calls, _ in programs(None, options.every, (1, 1))
        ]
    )
    with tempfile.TemporaryDirectory() as folder:
        versions = {"working tree": ROOT}
        if options.against:
            versions = {options.against: unpacked(options.against, folder), **versions}
        results: dict[str, list[tuple[list[int], float, float]]] = {name: [] for name in versions}
        for _ in range(options.rounds):
            for name, where in versions.items():
                results[name].append(turn(where, tasks))
    print("| version | candidates | verified | emitted | candidates/s (cpu) | candidates/s (wall) | s cpu |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, turns in results.items():
        (made, verified, emitted), cpu, _ = min(turns, key=lambda one: one[1])
        wall = min(one[2] for one in turns)
        every = ", ".join(f"{one[1]:.1f}" for one in turns)
        print(
            f"| {name} | {made} | {verified} | {emitted} | {made / cpu:.0f} | {made / wall:.0f} | {every} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
