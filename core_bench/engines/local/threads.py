"""How many threads to compute with, and how to share them out."""

import os
from dataclasses import dataclass
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MOST_LANES = 4


@dataclass(frozen=True, slots=True)
class Lanes:
    """Batches that are computed side by side, and the threads of each."""

    count: int
    threads: int


def lanes() -> Lanes:
    """Return how to spread batches over the cores of this machine.

    Threads of one batch wait for each other dozens of times a token: where another process takes a core for
    a moment, all of them lose it (measured on two cores beside one busy process: 8 times the time). Batches
    in lanes of their own wait for nobody. More than four would cost more memory than they gain.
    """
    cores = compute_threads()
    count = min(cores, _MOST_LANES)
    return Lanes(count, cores // count)


def compute_threads() -> int:
    """Return OMP_NUM_THREADS, or the number of physical cores that this process may use.

    Two hyperthreads of one core share the arithmetic units that a matrix product keeps busy, and threads
    beyond a container's quota are only throttled: both make generation slower.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    usable = os.sched_getaffinity(0)
    cores = {_siblings(cpu) for cpu in usable}
    return max(1, min(len(cores), _quota()))


def _siblings(cpu: int) -> str:
    try:
        return (_CPUS / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text(encoding="ascii")
    except OSError:
        return str(cpu)


def _quota() -> int:
    try:
        allowance, period = _QUOTA.read_text(encoding="ascii").split()
        return int(allowance) // int(period)
    except (OSError, ValueError):  # not in a cgroup, or the allowance is "max"
        return os.cpu_count() or 1
