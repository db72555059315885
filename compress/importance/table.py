"""The result of every measure, in one form, and its place in the cache."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class Row(BaseModel):
    """The importance of one part of one block.

    Attributes:
        block: number in the base.
        part: `block`, `attention`, `mlp`, a linear layer, `ffn_channels` or `kv_groups`.
        option: what was done to it, such as `3 bits` or `1344 wide`; empty where nothing was.
        values: one number, or one per channel or group.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    block: int
    part: str
    option: str = ""
    values: tuple[float, ...]


class ImportanceTable(BaseModel):
    """All rows of one measure on one model and one text.

    Attributes:
        measure: name of the measure.
        model: SHA-256 of the weights.
        calibration: hash of the tokens.
        settings: what else had a say.
        unit: what the values are.
        rows: the values; larger matters more.
        seconds: what measuring took; a search that takes the table from the cache books it all the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: str
    model: str
    calibration: str
    settings: dict[str, Any]
    unit: str
    rows: tuple[Row, ...]
    seconds: float

    def scalars(self, part: str, option: str = "") -> dict[int, float]:
        """Return block -> value of a part that has one value a block."""
        return {row.block: row.values[0] for row in self.rows if (row.part, row.option) == (part, option)}

    def vectors(self, part: str) -> dict[int, tuple[float, ...]]:
        """Return block -> values of a part that has one value a channel or group."""
        return {row.block: row.values for row in self.rows if row.part == part}


def cache_file(folder: Path, measure: str, model: str, calibration: str, settings: Mapping[str, Any]) -> Path:
    """Return where a table with these inputs is kept."""
    key = json.dumps([measure, model, calibration, dict(settings)], sort_keys=True)
    return folder / f"{measure}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def read_table(path: Path) -> ImportanceTable | None:
    """Return a table from the cache; None where it is not there or not whole."""
    try:
        return ImportanceTable.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_table(path: Path, table: ImportanceTable) -> None:
    """Put a table into the cache in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(table.model_dump_json(), encoding="utf-8")
    draft.replace(path)
