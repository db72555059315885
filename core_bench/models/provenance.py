"""The file beside a fetched model that says where it comes from, and that it is complete."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

PROVENANCE_FILE = "core-bench-model.json"


class Provenance(BaseModel):
    """Where a model folder comes from.

    It is written last, so its presence means that the fetch was finished. `files` maps each file name to
    its size in bytes: checking sizes is instant, and it finds what happens in practice (a cleaned or
    half-copied cache folder). `weights_sha256` is there for whoever wants to be certain.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    source: str
    wheel_sha256: str
    licence: str
    note: str
    versions: dict[str, str]
    fetched: str
    weights_sha256: str
    files: dict[str, int]


def now() -> str:
    """Return the time for `Provenance.fetched` (UTC, to the second)."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def file_sizes(folder: Path) -> dict[str, int]:
    """Return the size in bytes of each file in `folder`, by name."""
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.is_file()}


def write_provenance(folder: Path, provenance: Provenance) -> None:
    """Write the provenance file into `folder`."""
    (folder / PROVENANCE_FILE).write_text(provenance.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_provenance(folder: Path) -> Provenance | None:
    """Return what `folder` says of itself, or None where it says nothing readable."""
    try:
        return Provenance.model_validate_json((folder / PROVENANCE_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def is_complete(folder: Path, wheel_sha256: str) -> bool:
    """Tell whether `folder` holds the model made from that wheel, with every file at its recorded size."""
    provenance = read_provenance(folder)
    if provenance is None or provenance.wheel_sha256 != wheel_sha256:
        return False
    try:
        return all((folder / name).stat().st_size == size for name, size in provenance.files.items())
    except OSError:
        return False
