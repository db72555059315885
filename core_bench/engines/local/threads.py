"""How many threads to compute with: one for each physical core that this process may use."""

import os
from pathlib import Path

_CPUS = Path("/sys/devices/system/cpu")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def compute_threads() -> int:
    """Return the number of physical cores in this process's affinity mask, within its cgroup's quota.

    Two hyperthreads of one core share the arithmetic units that a matrix product keeps busy, and threads
    beyond a container's quota are only throttled: both make generation slower.
    """
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
