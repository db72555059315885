"""Finds the problems and suites that ship with the package."""

from pathlib import Path


def data_folder() -> Path:
    """Return `data/`: inside the installed package, or beside it in a checkout."""
    packaged = Path(__file__).resolve().parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parent.parent / "data"
