"""Which model was it? Hashes of what decides a checkpoint's replies."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from core_bench.models import weight_files

_SETTINGS = (
    "adapter_config.json",
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
)


def weights_sha256(folder: Path) -> str:
    """Return the SHA-256 of the weights: of the one file, or of the list of all shards with their hashes.

    For the usual single file this is what `sha256sum model.safetensors` prints.
    """
    files = weight_files(folder)
    if len(files) == 1:
        return _file_sha256(files[0])
    return _combined({path.name: _file_sha256(path) for path in files})


def settings_sha256(folder: Path) -> str:
    """Return the SHA-256 of tokenizer, chat template and configs, which decide replies as weights do.

    The transformers version that a config notes is left out: saving a model again does not change it.
    """
    present = [folder / name for name in _SETTINGS if (folder / name).is_file()]
    return _combined({path.name: hashlib.sha256(_without_version(path)).hexdigest() for path in present})


def weights_bytes(folder: Path) -> int:
    """Return the size of the weight files in bytes: what the model takes on the disk."""
    return sum(path.stat().st_size for path in weight_files(folder))


def quantisation(folder: Path) -> str | None:
    """Return how the weights are quantised, as config.json tells: the method and its bits."""
    try:
        told = json.loads((folder / "config.json").read_bytes()).get("quantization_config")
        if not told:
            return None
        groups = told.get("config_groups", {}).values()
        bits = sorted({str((group.get("weights") or {}).get("num_bits")) for group in groups})
        own = [str(told["bits"])] if "bits" in told else []
        return " ".join([str(told.get("quant_method", "unknown")), *(bits or own)])
    except (OSError, ValueError, AttributeError):
        return None


def _file_sha256(path: Path) -> str:
    status = path.stat()
    return _hash_once(path.resolve(), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _hash_once(path: Path, _size: int, _mtime_ns: int) -> str:
    # Size and time of change are part of the key: a file that was written anew is hashed anew.
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _combined(digests: dict[str, str]) -> str:
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def _without_version(path: Path) -> bytes:
    content = path.read_bytes()
    if not path.name.endswith("config.json"):
        return content
    try:
        settings = json.loads(content)
        settings.pop("transformers_version", None)
    except (ValueError, AttributeError):
        return content
    return json.dumps(settings, sort_keys=True).encode()
