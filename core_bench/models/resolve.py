"""From what the user typed to a model folder on disk."""

import json
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.models import registry
from core_bench.models.cache import model_folder
from core_bench.models.provenance import is_complete

_ADAPTER_WEIGHTS = "adapter_model.safetensors"
_SINGLE_WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")


def resolve(spec: str) -> Path:
    """Return the model folder that `spec` means: an embedded name, or a path to a Hugging Face folder.

    Nothing is downloaded and nothing is loaded.

    Raises:
        CoreBenchError: The embedded model is not fetched yet (the message has the command), there is no
            such folder, or the folder lacks `config.json` or weights.
    """
    if spec in registry.EMBEDDED:
        folder = model_folder(spec)
        if not is_complete(folder, registry.EMBEDDED[spec].sha256):
            raise CoreBenchError(
                f"{spec} is not fetched yet (looked in {folder})", f"Run: core-bench model fetch {spec}"
            )
        return folder
    folder = Path(spec).expanduser()
    if not folder.exists():
        raise CoreBenchError(f"no such model folder: {spec}", _absent_remedy(spec))
    weight_files(folder)
    return folder


def weight_files(folder: Path) -> list[Path]:
    """Return the weight files of a Hugging Face model folder, or of a LoRA adapter, in a fixed order.

    Raises:
        CoreBenchError: It is no model folder, and why.
    """
    if not folder.is_dir():
        raise CoreBenchError(f"{folder} is no model folder: it is a file")
    if (folder / "adapter_config.json").is_file() and (folder / _ADAPTER_WEIGHTS).is_file():
        return [folder / _ADAPTER_WEIGHTS]
    if not (folder / "config.json").is_file():
        raise CoreBenchError(f"{folder} is no model folder: config.json is missing")
    for index in _INDEXES:
        if (folder / index).is_file():
            return _shards(folder, index)
    for single in _SINGLE_WEIGHTS:
        if (folder / single).is_file():
            return [folder / single]
    raise CoreBenchError(f"{folder} is no model folder: it has no weights (no model.safetensors)")


def _shards(folder: Path, index: str) -> list[Path]:
    try:
        names = sorted(set(json.loads((folder / index).read_bytes())["weight_map"].values()))
    except (ValueError, KeyError, AttributeError, TypeError):
        raise CoreBenchError(f"{folder / index} is not readable as an index of weight files") from None
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise CoreBenchError(f"{folder} is incomplete: {missing[0]} is missing, which {index} names")
    return [folder / name for name in names]


def _absent_remedy(spec: str) -> str:
    known = f"Embedded models: {', '.join(sorted(registry.EMBEDDED))}."
    # "owner/name" that is no folder is a name on a model hub.
    if spec.count("/") == 1 and not spec.startswith((".", "/", "~")):
        return f"{known} Local folders only: download it first, `hf download {spec} --local-dir FOLDER`."
    return f"{known} Otherwise name a folder that has config.json and model.safetensors."
