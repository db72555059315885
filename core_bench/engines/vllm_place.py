"""Where vLLM is, and what its processes find around them."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from core_bench.errors import CoreBenchError

DTYPE_NAMES: dict[str, str] = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}
_QUIET = {"VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
_CPU_CACHE_GIB = "2"


def interpreter(asked: str | None) -> str:
    """Return the Python that has vLLM.

    Raises:
        CoreBenchError: There is none.
    """
    if asked is not None:
        if not Path(asked).exists():
            raise CoreBenchError(
                f"there is no Python at {asked}", "Give --vllm-python an interpreter that has vLLM."
            )
        return asked
    if find_spec("vllm") is not None:
        return sys.executable
    clones = Path(__file__).resolve().parents[2] / ".cache" / "vllm-env" / "bin" / "python"
    if clones.exists():
        return str(clones)
    raise CoreBenchError(
        "there is no vLLM here",
        "Install it (pip install 'core-bench[vllm]'; for CPUs: make vllm-env), "
        "or name a Python that has it: --vllm-python PATH",
    )


def vllm_environment() -> dict[str, str]:
    """Return the environment for a process with vLLM; what the user has set counts."""
    cpu = {} if has_cards() else {"VLLM_CPU_KVCACHE_SPACE": _CPU_CACHE_GIB}
    return {**_QUIET, **cpu, **os.environ}


def has_cards() -> bool:
    """Tell whether there is a GPU here, without loading any library for it."""
    return Path("/dev/nvidia0").exists() or Path("/dev/kfd").exists()
