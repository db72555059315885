"""JSON Lines on disk: typed rows, and errors that name the file and the line."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from core_bench.errors import CoreBenchError

Row = TypeVar("Row", bound=BaseModel)


def dump_row(row: BaseModel) -> str:
    """Return one row as a line, fields in declared order, without those that are None."""
    return row.model_dump_json(exclude_none=True) + "\n"


def parse_rows(text: str, kind: type[Row], where: Path) -> list[Row]:
    """Parse lines that came from the file `where`.

    Raises:
        CoreBenchError: a line is broken; the file, the line number and the reason are named.
    """
    rows = []
    # Not `splitlines`: JSON keeps U+2028 and its like as they are, and a reply may hold them.
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), 1):
        try:
            rows.append(kind.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise CoreBenchError(
                f"{where}, line {number}: {f'{field}: ' if field else ''}{first['msg']}",
                f"The line should hold one {kind.__name__} as JSON.",
            ) from None
    return rows


def read_text(path: Path) -> str:
    """Read a text file; raises `CoreBenchError` with the reason where that is impossible."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise CoreBenchError(f"{path} cannot be read: {reason}") from None


def make_folder(path: Path) -> None:
    """Make a folder unless it is there; raises `CoreBenchError` with the reason where that is impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CoreBenchError(f"{path} cannot be made: {error.strerror}") from None


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step, so that a reader or a crash never meets half of it.

    Raises:
        CoreBenchError: the disk is full or the place is not writable; the old file is still there.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise CoreBenchError(f"{path} cannot be written: {error.strerror}") from None


def write_rows(path: Path, rows: Iterable[BaseModel]) -> None:
    """Replace a JSON Lines file in one step."""
    write_text(path, "".join(map(dump_row, rows)))
