"""An honest submission over a part of core-mini, as files that a test can tamper with."""

import io
import zipfile

import pytest

from core_bench.leaderboard import RefusedError, check_file, make_submission
from core_bench.leaderboard.bundle import pack
from core_bench.suites import Suite, load_suite
from core_bench.suites.suite import file_texts, sha256

from ..reports.conftest import make_run

CARD = {
    "name": "Honest 1B",
    "organisation": "A lab",
    "access": "open",
    "licence": "Apache-2.0",
    "parameters": 100_000_000,
}


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """A suite of five test problems of core-mini, on disk."""
    whole = load_suite("core-mini")
    kept = [problem.id for problem in whole.problems if problem.split == "test"][:5]

    def part(rows):
        return tuple(row for row in rows if getattr(row, "problem", row.id) in kept)

    parts = tuple(map(part, (whole.problems, whole.implementations, whole.samples, whole.probes)))
    hashes = {name: sha256(text) for name, text in file_texts(*parts).items()}
    header = whole.header.model_copy(update={"name": "small", "lite": (), "files": hashes})
    suite = Suite(header, *parts)
    place = tmp_path_factory.mktemp("suites") / "small"
    place.mkdir()
    suite.save(place)
    return place


@pytest.fixture(scope="session")
def small_suite(small):
    return load_suite(str(small))


@pytest.fixture(scope="session")
def run(small_suite, tmp_path_factory):
    """A complete run: two of three answers right, written with a space before them."""

    def answer(item, row):
        return f" {small_suite.golds[item.id]}" if row % 3 else " 'no idea'"

    place = tmp_path_factory.mktemp("runs") / "honest"
    return make_run(place, small_suite, "honest", answer, split="test", bytes=200_000_000)


@pytest.fixture(scope="session")
def files(run, small):
    """Name -> text of an honest bundle."""
    _, data = make_submission([run], CARD, contact="us@lab.example", created="2026-11-25", suite=str(small))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture
def check(tmp_path, small_suite):
    """Check a bundle given as files or as bytes; the only suite there is is `small`."""

    def find(name, digest):
        if digest != small_suite.hash:
            raise RefusedError("suite", "another suite")
        return small_suite

    def checked(bundle, known=None):
        path = tmp_path / "bundle.zip"
        path.write_bytes(bundle if isinstance(bundle, bytes) else pack(bundle))
        return check_file(path, find, known)

    return checked
