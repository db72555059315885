"""What a checkpoint weighs, read from the headers of its files: no tensor is loaded."""

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path


class CheckpointError(ValueError):
    """A folder that holds no readable checkpoint, with the reason."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The weights of a Hugging Face folder.

    Attributes:
        bytes: size of all tensors as stored (quantised weights with their scales and zero points).
        file_bytes: size of the weight files, headers included.
        tensors: number of stored tensors.
        elements: number of stored values; the parameter count where nothing is packed.
    """

    bytes: int
    file_bytes: int
    tensors: int
    elements: int


def inspect_checkpoint(folder: Path) -> Checkpoint:
    """Weigh the safetensors files of a model folder.

    Raises:
        CheckpointError: there are none, or a file is cut or no safetensors file.
    """
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise CheckpointError(f"{folder} holds no safetensors files")
    tensors = [entry for file in files for entry in _header(file).values()]
    return Checkpoint(
        bytes=sum(entry["data_offsets"][1] - entry["data_offsets"][0] for entry in tensors),
        file_bytes=sum(file.stat().st_size for file in files),
        tensors=len(tensors),
        elements=sum(prod(entry["shape"]) for entry in tensors),
    )


def _header(file: Path) -> dict[str, dict[str, list[int]]]:
    """Read the JSON header of a safetensors file and check that the data it announces is there."""
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= file.stat().st_size - 8:
                raise CheckpointError(f"{file} is cut off or no safetensors file")
            header = json.loads(stream.read(length))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{file} cannot be read: {error}") from None
    entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
    end = max((entry["data_offsets"][1] for entry in entries.values()), default=0)
    if file.stat().st_size != 8 + length + end:
        raise CheckpointError(f"{file} is cut off: {file.stat().st_size} bytes instead of {8 + length + end}")
    return entries
