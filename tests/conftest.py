"""What tests of several packages share."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def bench_data() -> Path:
    """The folder of public data for checks; it is no part of the project."""
    folder = Path(os.environ.get("CORE_BENCH_DATA", _ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data at {folder}: set CORE_BENCH_DATA to run the checks on real benchmarks")
    return folder


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The folder of the embedded model, fetched into the usual cache the first time."""
    from core_bench.models import fetch

    return fetch("smollm2-135m", progress=print)
