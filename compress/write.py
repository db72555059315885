"""Writing a compressed checkpoint: a normal Hugging Face folder, whole or not at all."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from compress.card import model_card
from compress.carry_out import Compressed
from compress.checkpoint import read_config
from compress.custom_code import MODULE, custom_settings, modelling_file
from compress.errors import CompressError, ResourceError
from compress.loading import TORCH_TYPES
from compress.memory import predict
from compress.model_map import ModelMap
from compress.opening import ADAPTER_FOLDER
from compress.plan import Plan
from compress.stored_form import (
    adapter_config,
    adapter_tensors,
    changed_settings,
    quantisation_config,
    require_reloadable,
    stored_weights,
    writer_version,
)

PLAN_FILE = "compress_plan.json"
MANIFEST_FILE = "compress_manifest.json"
# Tokenizers and the card's own files come along; weights and what describes them do not.
_TAKEN_ALONG = (".json", ".jinja", ".txt", ".model")
_LEFT_BEHIND = ("config.json", "core-bench-model.json", PLAN_FILE, MANIFEST_FILE)
_SPARE = 1 << 20


def require_room(plan: Plan, model_map: ModelMap, out: Path) -> None:
    """Refuse a plan whose files would not fit, or whose place is taken, before anything is made.

    Raises:
        CompressError: `out` is there already, or stock transformers would not load the plan's weights.
        ResourceError: the disk has less room than the predicted bytes.
    """
    if out.exists():
        raise CompressError(
            f"{out} is there already", "Name a folder that is not there; nothing is overwritten."
        )
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(out.absolute().parent).free
    except OSError as error:
        raise CompressError(f"{out} cannot be made: {error.strerror}") from None
    require_reloadable(plan)
    needed = predict(plan, model_map).total + _SPARE
    if free < needed:
        raise ResourceError(f"{out} needs {needed / 1e6:,.1f} MB of disk, {free / 1e6:,.1f} MB are free")


def write_checkpoint(
    compressed: Compressed,
    base: Path,
    model_map: ModelMap,
    out: Path,
    facts: Mapping[str, Any] | None = None,
    check: Callable[[Path], None] | None = None,
) -> Path:
    """Write a compressed model as a folder that stock engines load.

    Everything is written beside `out` and moved there in one step: an interrupted write leaves nothing
    under that name, and the next one removes what was left beside it.

    Args:
        compressed: the model in memory.
        base: folder of the base, for its tokenizer and config; only read.
        model_map: its map.
        out: the new folder.
        facts: what was measured, for the manifest and the card.
        check: called with the folder before it is put in place; what it raises stops the write.

    Raises:
        CompressError: `out` is there already, or cannot be written.
        ResourceError: the disk is too small.
    """
    require_room(compressed.plan, model_map, out)
    with whole_folder(out) as draft:
        _write_weights(compressed, draft)
        _write_config(compressed, base, model_map, draft)
        for file in sorted(base.iterdir()):
            if (
                file.suffix in _TAKEN_ALONG
                and file.name not in _LEFT_BEHIND
                and not file.name.endswith("index.json")
            ):
                shutil.copyfile(file, draft / file.name)
        (draft / PLAN_FILE).write_text(compressed.plan.to_json(), encoding="utf-8")
        manifest = _manifest(compressed, model_map, draft, facts or {})
        (draft / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        card = model_card(compressed.plan, model_map, manifest)
        (draft / "README.md").write_text(card, encoding="utf-8")
        if check is not None:
            check(draft)
    return out


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Give a folder to fill, and put it in place when the body ends well; otherwise remove it."""
    place = out.absolute()
    for stale in place.parent.glob(f".{place.name}.writing-*"):
        if not _runs(stale.name.rsplit("-", 1)[1]):
            shutil.rmtree(stale, ignore_errors=True)
    draft = place.with_name(f".{place.name}.writing-{os.getpid()}")
    draft.mkdir(parents=True)
    try:
        yield draft
        _open_to_readers(draft)
        draft.rename(place)
    except OSError as error:
        raise CompressError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_to_readers(draft: Path) -> None:
    """Give weights the rights of the folder: safetensors writes files that nobody else can read."""
    for file in draft.rglob("*.safetensors"):
        if file.stat().st_nlink == 1:  # a link is somebody else's file
            file.chmod(draft.stat().st_mode & 0o666)


def _runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return int(process) != os.getpid()


def _write_weights(compressed: Compressed, draft: Path) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    try:
        save_file(stored_weights(compressed), draft / "model.safetensors", metadata={"format": "pt"})
        if compressed.adapters:
            folder = draft / ADAPTER_FOLDER
            folder.mkdir()
            save_file(
                adapter_tensors(compressed), folder / "adapter_model.safetensors", metadata={"format": "pt"}
            )
            ranks = {name: addition.rank for name, addition in compressed.adapters.items()}
            text = json.dumps(adapter_config(ranks), indent=1)
            (folder / "adapter_config.json").write_text(text + "\n", encoding="utf-8")
    except SafetensorError as error:
        raise CompressError(f"the weights cannot be written to {draft.parent}: {error}") from error


def _write_config(compressed: Compressed, base: Path, model_map: ModelMap, draft: Path) -> None:
    plan = compressed.plan
    config = read_config(base) | changed_settings(compressed, plan.blocks)
    quantisation = quantisation_config(plan, TORCH_TYPES[model_map.dtype])
    if quantisation is not None:
        config["quantization_config"] = quantisation
    if "ffn_widths" in config:
        config |= custom_settings(model_map.model_type)
        (draft / f"{MODULE}.py").write_text(modelling_file(model_map.model_type), encoding="utf-8")
    (draft / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _manifest(
    compressed: Compressed, model_map: ModelMap, draft: Path, facts: Mapping[str, Any]
) -> dict[str, Any]:
    import torch
    import transformers

    memory = predict(compressed.plan, model_map)
    adapter = draft / ADAPTER_FOLDER / "adapter_model.safetensors"
    return {
        "plan": compressed.plan.hash(),
        "base": model_map.base,
        "bytes": {
            "predicted": memory.total,
            "written": (draft / "model.safetensors").stat().st_size
            + (adapter.stat().st_size if adapter.exists() else 0),
            "resident_packed": memory.resident_packed,
            "resident_dense": memory.resident_dense,
        },
        "bits_per_weight": round(memory.bits_per_weight, 4),
        "versions": {
            "compressed-tensors": writer_version(),
            "torch": str(torch.__version__),
            "transformers": transformers.__version__,
        },
        **facts,
    }
