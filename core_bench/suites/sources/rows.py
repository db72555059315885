"""Where the rows of a public benchmark come from: a local file or folder, or the Hub through `datasets`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core_bench.errors import CoreBenchError
from core_bench.jsonl import read_text

Row = Mapping[str, Any]


def local_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a JSON Lines, JSON or Parquet file, or of all such files in a folder.

    Raises:
        CoreBenchError: nothing is there, or a file is broken; the file and the line are named.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.suffix in _READERS)
        if not files:
            raise CoreBenchError(
                f"{path} holds no {', '.join(_READERS)} file", "Give the file itself (--path)."
            )
        for file in files:
            yield from local_rows(file)
    elif not path.is_file():
        raise CoreBenchError(f"there is no file or folder {path}")
    elif path.suffix not in _READERS:
        raise CoreBenchError(f"{path} is none of {', '.join(_READERS)}")
    else:
        yield from _READERS[path.suffix](path)


def hub_rows(dataset: str, config: str | None, split: str) -> Iterator[Row]:
    """Yield the rows of a dataset of the Hugging Face Hub.

    Raises:
        CoreBenchError: the Hub cannot be reached, or has no such dataset.
    """
    import datasets

    try:
        rows = datasets.load_dataset(dataset, config, split=split)
    except Exception as error:  # the library raises its own, httpx's and OS errors alike
        reason = str(error).partition("\n")[0]
        raise CoreBenchError(
            f"{dataset} cannot be loaded from the Hub: {type(error).__name__}: {reason}",
            "Without a network, download it elsewhere and give the file or folder (--path).",
        ) from None
    yield from rows


def _json_lines(path: Path) -> Iterator[Row]:
    # Not `splitlines`: JSON keeps U+2028 and its like as they are, and a program may hold them.
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            yield _row(_parsed(line, f"{path}, line {number}"), f"{path}, line {number}")


def _json(path: Path) -> Iterator[Row]:
    rows = _parsed(read_text(path), str(path))
    if not isinstance(rows, list):
        raise CoreBenchError(f"{path} holds no list of rows", "A .json file should be one list of objects.")
    for number, row in enumerate(rows, 1):
        yield _row(row, f"{path}, entry {number}")


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    try:
        yield from pyarrow.parquet.read_table(path).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise CoreBenchError(f"{path} cannot be read: {error}") from None


def _parsed(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CoreBenchError(f"{where}: this is no JSON: {error}") from None


def _row(row: object, where: str) -> Row:
    if not isinstance(row, dict):
        raise CoreBenchError(f"{where}: this is no JSON object")
    return row


_READERS = {".jsonl": _json_lines, ".json": _json, ".parquet": _parquet}
