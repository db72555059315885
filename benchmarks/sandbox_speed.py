"""How many isolated runs a second: zygotes against a process per program, side by side.

    python benchmarks/sandbox_speed.py [--seconds 2]

The first three lines are measured turn by turn: the floor of this machine at the moment, a bare fork of a
small interpreter by one process, and isolated runs, of one input at a time and of many. Other work slows all
of them down together, so compare lines, and runs with runs on an idle machine.
"""

import argparse
import marshal
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tracer import record_calls, run_calls, sandbox
from tracer.isolation.pool import Pool

CODE = "def f(n):\n    total = 0\n    for i in range(n):\n        total += i * i\n    return total\n"
LAYERS = (
    "landlock",
    "seccomp",
    "user",
    "private_root",
    "pid_namespace",
    "network_namespace",
    "ipc_namespace",
)
SLICES = 8
ROOT = str(Path(__file__).resolve().parents[1])

PROCESS_PER_PROGRAM = f"""
import sys
sys.path.insert(0, {ROOT!r})
import marshal, resource, tracer
from tracer import child
job = marshal.load(sys.stdin.buffer)
resource.setrlimit(resource.RLIMIT_AS, (job["limits"]["memory_bytes"],) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (job["limits"]["cpu_s"],) * 2)
channel = sys.stdout.buffer
for parts in child.outcomes(job):
    channel.write(b"".join(parts))
"""


def rates(works: list[Callable[[], int]], seconds: float) -> list[tuple[float, float]]:
    """Repeat works, which return how many they did, in turns; return median and best rate of each."""
    found: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(SLICES):
        for work, rates_ in zip(works, found, strict=True):
            done, start = 0, time.perf_counter()
            while (taken := time.perf_counter() - start) < seconds / SLICES:
                done += work()
            rates_.append(done / taken)
    return [(statistics.median(each), max(each)) for each in found]


def bare_fork() -> int:
    """Fork this interpreter, do nothing, wait."""
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return 1


def isolated_run() -> int:
    """One program, one call."""
    run_calls(CODE, "f", ["10"])
    return 1


def many_calls() -> int:
    """One program, a thousand calls in one process: what screening may do."""
    return len(run_calls(CODE, "f", ["10"] * 1000, isolation="program"))


def many_calls_apart() -> int:
    """One program, a process for each input, as it is by default."""
    return len(run_calls(CODE, "f", ["10"] * 40))


def many_records(observers: int) -> int:
    """The same recorded: a plain run, a recorded one, and with two observers the witness's."""
    return len(record_calls(CODE, "f", ["10"] * 20, observers=observers))


def process_per_program(inputs: int) -> int:
    """What zygotes replace: an interpreter per program, with limits only."""
    limits = {
        "output_chars": 1000,
        "events": 10,
        "result_bytes": 10_000,
        "memory_bytes": 1 << 30,
        "cpu_s": 10,
    }
    job = {"mode": "run", "code": CODE, "entry_point": "f", "inputs": ["10"] * inputs, "limits": limits}
    job |= {"trusted": True, "sources": 0}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-P", "-s", "-S", "-B", "-c", PROCESS_PER_PROGRAM],
            input=marshal.dumps(job),
            stdout=subprocess.DEVNULL,
            env={"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
            cwd=folder,
            check=True,
        )
    return inputs


def in_threads(count: int) -> Callable[[], int]:
    """Return work that `count` threads do at once, each with a zygote of its own."""

    def work() -> int:
        threads = [threading.Thread(target=lambda: [isolated_run() for _ in range(50)]) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return 50 * count

    return work


def latency() -> str:
    """Return the median and the fastest time of single runs."""
    times = []
    for _ in range(200):
        start = time.perf_counter()
        isolated_run()
        times.append((time.perf_counter() - start) * 1e3)
        time.sleep(0.002)
    return f"{statistics.median(times):.2f} ms, best {min(times):.2f} ms"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="time for each line")
    seconds = parser.parse_args().seconds
    warnings.simplefilter("ignore")
    print(f"layers: {', '.join(sandbox.layers())}")
    print(f"cores: {os.cpu_count()}, load: {os.getloadavg()[0]:.1f}\n")
    print(f"{'':<58}{'median/s':>10}{'best/s':>10}")

    def show(name: str, median: float, best: float) -> None:
        print(f"{name:<58}{median:>10,.0f}{best:>10,.0f}", flush=True)

    def line(name: str, work: Callable[[], int]) -> float:
        [(median, best)] = rates([work], seconds)
        show(name, median, best)
        return best

    floor, own, apart = rates([bare_fork, isolated_run, many_calls_apart], 3 * seconds)
    show("floor: bare fork, exit, wait", *floor)
    show("one program, one input, all layers: runs", *own)
    show("one program, 40 inputs, a process each, all layers: runs", *apart)
    before = line("process per program, limits only: runs", lambda: process_per_program(1))
    after = own[1]
    line("two programs, two threads, all layers: runs", in_threads(2))
    line("recorded: plain and recorded run: calls", lambda: many_records(1))
    line("recorded: plain, recorded and witness's run: calls", lambda: many_records(2))
    before_calls = line("process per program, 1,000 inputs: calls", lambda: process_per_program(1000))
    after_calls = line("one zygote, all layers, 1,000 inputs a fork: calls", many_calls)
    runs, calls = after / before, after_calls / before_calls
    print(f"\nruns: {runs:.1f} times a process per program; calls: {calls:.1f} times")
    print(f"one run alone takes {latency()}\n")

    everything, usual = frozenset(LAYERS), sandbox._POOL
    for layer in (None, *LAYERS):
        sandbox._POOL = Pool(everything - {layer})
        line(f"one zygote, limits{f' and {layer}' if layer else ' only'}: runs", isolated_run)
        sandbox._POOL.close()
    sandbox._POOL = usual


if __name__ == "__main__":
    main()
