"""What a checkpoint holds and weighs, read from the headers of its files: no tensor is loaded."""

import hashlib
import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from compress.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor of a safetensors file: its type as safetensors names it (`BF16`, `I32`) and its shape."""

    dtype: str
    shape: tuple[int, ...]
    bytes: int


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
    files = _weight_files(folder)
    tensors = [tensor for file in files for tensor in _tensors(file).values()]
    return Checkpoint(
        bytes=sum(tensor.bytes for tensor in tensors),
        file_bytes=sum(file.stat().st_size for file in files),
        tensors=len(tensors),
        elements=sum(prod(tensor.shape) for tensor in tensors),
    )


def stored_tensors(folder: Path) -> dict[str, StoredTensor]:
    """Return name -> type and shape of every tensor in the safetensors files of a folder.

    Raises:
        CheckpointError: there are none, or a file is cut or no safetensors file.
    """
    return {name: tensor for file in _weight_files(folder) for name, tensor in _tensors(file).items()}


def read_config(folder: Path) -> dict[str, Any]:
    """Return the parsed `config.json` of a model folder.

    Raises:
        CheckpointError: the folder or the file is missing, or it is no JSON object.
    """
    if not folder.is_dir():
        raise CheckpointError(f"{folder} is no model folder: there is no such folder")
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{folder} is no model folder: config.json is missing") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from None
    if not isinstance(config, dict):
        raise CheckpointError(f"{path} is no JSON object")
    return config


def weights_hash(folder: Path) -> str:
    """Return the SHA-256 that ties a plan to its base: of the one weight file, or of all shards in order.

    For a single file this is what `sha256sum model.safetensors` prints.

    Raises:
        CheckpointError: there are no weight files.
    """
    digests = []
    for file in _weight_files(folder):
        with file.open("rb") as stream:
            digests.append((file.name, hashlib.file_digest(stream, "sha256").hexdigest()))
    if len(digests) == 1:
        return digests[0][1]
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in digests).encode()).hexdigest()


def _weight_files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise CheckpointError(f"{folder} holds no safetensors files")
    return files


def _tensors(file: Path) -> dict[str, StoredTensor]:
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
    return {
        name: StoredTensor(
            entry["dtype"], tuple(entry["shape"]), entry["data_offsets"][1] - entry["data_offsets"][0]
        )
        for name, entry in entries.items()
    }
