"""A base checkpoint in memory, checked before anything is built on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from compress.errors import CheckpointError, ResourceError
from compress.model_map import ModelMap

TORCH_TYPES = {"BF16": torch.bfloat16, "F16": torch.float16, "F32": torch.float32}


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the progress bars and advice of transformers; the process-wide settings are put back."""
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def load_base(folder: Path, model_map: ModelMap, dtype: torch.dtype | None = None) -> Any:
    """Load the base with stock transformers, in evaluation mode on the CPU.

    Args:
        folder: the model folder; it is only read.
        model_map: its map.
        dtype: type to compute in; None keeps the stored one.

    Raises:
        CheckpointError: transformers cannot load it completely, or a weight is NaN or infinite.
        ResourceError: there is not enough free memory for the weights.
    """
    from transformers import AutoModelForCausalLM

    wanted = dtype or TORCH_TYPES[model_map.dtype]
    elements = (
        sum(tensor.bytes for tensor in model_map.tensors.values()) // TORCH_TYPES[model_map.dtype].itemsize
    )
    require_memory(elements * wanted.itemsize, f"loading {folder}")
    try:
        with quiet():
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                folder, dtype=wanted, local_files_only=True, output_loading_info=True
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise CheckpointError(f"transformers cannot load {folder}: {str(error).splitlines()[0]}") from error
    model, report = loaded
    for kind in ("missing_keys", "mismatched_keys"):
        if report.get(kind):
            raise CheckpointError(
                f"{folder} does not fit its config.json: {sorted(map(str, report[kind]))[0]}"
            )
    for name, weight in model.named_parameters():
        if not bool(torch.isfinite(weight).all()):
            raise CheckpointError(f"{folder}: {name} holds NaN or infinite numbers")
        weight.requires_grad_(False)
    return model.eval()


def load_tokenizer(folder: Path) -> Any:
    """Load the tokenizer of a model folder.

    Raises:
        CheckpointError: there is none.
    """
    from transformers import AutoTokenizer

    try:
        with quiet():
            return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{folder} has no tokenizer: {str(error).splitlines()[0]}") from error


def free_memory() -> int | None:
    """Return the bytes of memory that can still be used; None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def require_memory(needed: int, what: str) -> None:
    """Refuse work that would not fit, before it starts.

    Raises:
        ResourceError: fewer bytes are free than needed.
    """
    free = free_memory()
    if free is not None and free < needed:
        raise ResourceError(f"{what} needs {needed / 1e6:,.0f} MB of memory, {free / 1e6:,.0f} MB are free")
