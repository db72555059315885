"""Items of a suite whose golds are withdrawn: a list beside the suite, whose own bytes and hash stay.

A retracted item is not asked by new runs and is no part of any score; a run that asked it stays scorable.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from core_bench.errors import CoreBenchError
from core_bench.jsonl import read_text, write_text
from core_bench.records import Record

FILE = "retractions.json"


class Retraction(Record):
    """An item that is withdrawn, and why."""

    item: str
    reason: str


class Retractions(Record):
    """What `retractions.json` holds; `hash` is over the suite's hash and the list."""

    suite: str
    suite_hash: str
    items: tuple[Retraction, ...]
    hash: str


def retractions_of(suite: str, suite_hash: str, items: Iterable[Retraction]) -> Retractions:
    """Return a list, ordered and sealed."""
    ordered = tuple(sorted(items, key=lambda row: row.item))
    return Retractions(suite=suite, suite_hash=suite_hash, items=ordered, hash=_hash(suite_hash, ordered))


def read_retractions(folder: Path, suite_hash: str) -> Mapping[str, str]:
    """Return item -> reason of the list beside a suite; nothing where there is none.

    Raises:
        CoreBenchError: the list is broken, was changed, or is of another build of the suite.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        found = Retractions.model_validate_json(read_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise CoreBenchError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if found.suite_hash != suite_hash:
        raise CoreBenchError(f"{path} is of another build of the suite: its hash is {found.suite_hash[:12]}")
    if found.hash != _hash(suite_hash, found.items):
        raise CoreBenchError(f"{path} was changed by hand: its hash is not that of what it lists")
    return {row.item: row.reason for row in found.items}


def write_retractions(folder: Path, found: Retractions) -> Path | None:
    """Write a list beside a suite and return its path; an empty one is no file."""
    path = folder / FILE
    if not found.items:
        path.unlink(missing_ok=True)
        return None
    write_text(path, found.model_dump_json(indent=1) + "\n")
    return path


def _hash(suite_hash: str, items: tuple[Retraction, ...]) -> str:
    rows = "".join(row.model_dump_json() + "\n" for row in items)
    return hashlib.sha256(f"{suite_hash}\n{rows}".encode()).hexdigest()
