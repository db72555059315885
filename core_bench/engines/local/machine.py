"""What a local model computes with, for the record."""

import os
import platform
from pathlib import Path
from typing import Any

from core_bench.engines.local.checkpoint import Checkpoint


def peak_cuda(checkpoint: Checkpoint) -> int | None:
    """Return the most bytes that were allocated on the GPU; None where there is none."""
    if not checkpoint.device.startswith("cuda"):
        return None
    import torch

    return int(torch.cuda.max_memory_allocated(checkpoint.device))


def kernels(checkpoint: Checkpoint) -> str:
    """Return which arithmetic torch uses here, as far as it tells."""
    import torch

    known: Any = torch.backends
    if checkpoint.device.startswith("cuda"):
        return f"CUDA {torch.version.cuda}, cuDNN {known.cudnn.version()}"
    packed = ", packed weights" if checkpoint.packed_bytes else ""
    return f"{known.cpu.get_cpu_capability()}, oneDNN {known.mkldnn.is_available()}{packed}"


def processor() -> str:
    """Return the name of the CPU, and how many there are."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {os.cpu_count()} CPUs" if names else platform.machine()
