"""A written checkpoint in memory, as a reader of the folder would load it."""

from pathlib import Path
from typing import Any

import torch

from compress.checkpoint import read_config
from compress.errors import CheckpointError
from compress.loading import quiet

ADAPTER_FOLDER = "adapter"


def open_checkpoint(folder: Path, device: str = "cpu") -> Any:
    """Load a folder with stock transformers and unpack its weights; an adapter is left aside.

    Raises:
        CheckpointError: it does not load completely.
    """
    from transformers import AutoModelForCausalLM

    config = read_config(folder)
    try:
        with quiet():
            loaded: Any = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype="auto",
                local_files_only=True,
                output_loading_info=True,
                trust_remote_code=bool(config.get("auto_map")),
            )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise CheckpointError(f"transformers cannot load {folder}: {str(error).splitlines()[0]}") from error
    model, report = loaded
    if report["missing_keys"]:
        raise CheckpointError(f"{folder} does not fit its config.json: {sorted(report['missing_keys'])[0]}")
    model.to(device)
    # Packed weights are unpacked by the first forward pass; before it a linear layer has no weight.
    with torch.no_grad():
        model(input_ids=torch.tensor([[0, 1]], device=device))
    return model.eval()


def open_with_adapter(folder: Path, device: str = "cpu") -> Any:
    """Load a folder with the adapter that it ships, if it ships one.

    Raises:
        CheckpointError: it does not load completely.
    """
    model = open_checkpoint(folder, device)
    adapter = folder / ADAPTER_FOLDER
    if not adapter.is_dir():
        return model
    from peft import PeftModel

    return PeftModel.from_pretrained(model, str(adapter)).eval()
