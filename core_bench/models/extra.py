"""The optional `local` extra: torch and transformers."""

from importlib.util import find_spec

from core_bench.errors import CoreBenchError


def require_local(purpose: str) -> None:
    """Make sure that the `local` extra is installed, without importing it.

    Args:
        purpose: What it is needed for, as the subject of "needs torch".

    Raises:
        CoreBenchError: A library of the extra is missing.
    """
    missing = [name for name in ("torch", "transformers", "safetensors", "gguf") if find_spec(name) is None]
    if missing:
        raise CoreBenchError(
            f"{purpose} needs {' and '.join(missing)}", 'Install it: pip install "core-bench[local]"'
        )
