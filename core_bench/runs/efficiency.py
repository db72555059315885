"""What a run costs: time, memory, energy, money. Measured around the asking, added up over its parts."""

import resource
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from core_bench.engines.base import Engine
from core_bench.records import Efficiency, Reply

_RAPL = Path("/sys/class/powercap")
_SUMS = (
    "prompt_tokens_asked",
    "prompt_tokens_computed",
    "completion_tokens",
    "prefill_seconds",
    "decode_tokens",
    "decode_seconds",
    "replies",
    "wall_seconds",
    "cpu_seconds",
    "energy_joules",
    "cost",
)
_PEAKS = ("peak_rss_bytes", "peak_cuda_bytes")


class Meter:
    """Runs from its making until `read`."""

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = _cpu_seconds()
        self._energy, self.source = _energy()
        self._replies = 0
        self._asked = 0
        self._written = 0
        self._first: list[float] = []

    def count(self, replies: Iterable[Reply]) -> None:
        """Take note of new replies."""
        for reply in replies:
            self._replies += 1
            self._asked += reply.prompt_tokens or 0
            self._written += reply.completion_tokens or 0
            if reply.first_token_seconds is not None:
                self._first.append(reply.first_token_seconds)

    def read(self, engine: Engine) -> Efficiency:
        """Return what has been used so far."""
        told = engine.measured()
        energy, _ = _energy()
        used = None if energy is None or self._energy is None else energy - self._energy
        bits = (
            8 * told.checkpoint_bytes / told.parameters if told.checkpoint_bytes and told.parameters else None
        )
        return Efficiency(
            parameters=told.parameters,
            checkpoint_bytes=told.checkpoint_bytes,
            resident_bytes=told.resident_bytes,
            bits_per_weight=bits,
            peak_rss_bytes=told.peak_rss_bytes or _peak_rss(),
            peak_cuda_bytes=told.peak_cuda_bytes,
            load_seconds=told.load_seconds,
            first_token_seconds=median(self._first) if self._first else None,
            prompt_tokens_asked=self._asked,
            prompt_tokens_computed=told.prompt_tokens_computed,
            completion_tokens=self._written,
            prefill_seconds=told.prefill_seconds,
            decode_tokens=told.decode_tokens,
            decode_seconds=told.decode_seconds,
            prefill_tokens_per_second=_rate(told.prompt_tokens_computed, told.prefill_seconds),
            decode_tokens_per_second=_rate(told.decode_tokens, told.decode_seconds),
            replies=self._replies,
            wall_seconds=time.perf_counter() - self._wall,
            cpu_seconds=_cpu_seconds() - self._cpu,
            energy_joules=used if used is None or used >= 0 else None,  # the counter went round
            energy_source=self.source,
            cost=told.cost,
            currency=told.currency,
        )


def together(before: Efficiency | None, now: Efficiency) -> Efficiency:
    """Return what a run has cost in all, after a part of it was done earlier."""
    if before is None:
        return now
    if not now.replies:
        return before
    update: dict[str, object] = {}
    for name in _SUMS:
        parts = [value for value in (getattr(before, name), getattr(now, name)) if value is not None]
        update[name] = sum(parts) if parts else None
    for name in _PEAKS:
        update[name] = max(
            (value for value in (getattr(before, name), getattr(now, name)) if value), default=None
        )
    whole = now.model_copy(update=update)
    return whole.model_copy(
        update={
            "prefill_tokens_per_second": _rate(whole.prompt_tokens_computed, whole.prefill_seconds),
            "decode_tokens_per_second": _rate(whole.decode_tokens, whole.decode_seconds),
        }
    )


def _rate(count: int | None, seconds: float | None) -> float | None:
    return count / seconds if count and seconds else None


def _cpu_seconds() -> float:
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _peak_rss() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _energy() -> tuple[float | None, str | None]:
    """Return joules on counters, and whose: GPUs (NVML) and CPU packages (RAPL), as the machine tells."""
    packages = [_microjoules(path) for path in sorted(_RAPL.glob("intel-rapl:[0-9]/energy_uj"))]
    told = [value / 1e6 for value in packages if value is not None]
    cards = _cards()
    names = [name for name, values in (("RAPL packages", told), ("NVML", cards)) if values]
    return (sum(told) + sum(cards), " + ".join(names)) if names else (None, None)


def _microjoules(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _cards() -> list[float]:
    try:
        import pynvml  # comes with nvidia-ml-py, where there are such cards
    except ImportError:
        return []
    try:
        pynvml.nvmlInit()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(at) for at in range(pynvml.nvmlDeviceGetCount())]
        return [pynvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1e3 for handle in handles]
    except pynvml.NVMLError:
        return []
