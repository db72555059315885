"""The board in the docs: its bundles pass today's checks, and its pages are what they make."""

import re
from pathlib import Path

import pytest

from core_bench.leaderboard import build_board, write_site

DOCS = Path(__file__).resolve().parents[3] / "docs" / "leaderboard"
PICTURE = re.compile(r"<svg.*?</svg>", re.DOTALL)  # its bytes depend on the version of matplotlib


@pytest.fixture(scope="module")
def board():
    return build_board(DOCS / "submissions")


def test_all_bundles_of_the_docs_are_accepted(board):
    assert not board.refused
    assert {"SmolLM2-135M-Instruct", "baseline oracle"} <= {entry.name for entry in board.entries}


def test_the_pages_of_the_docs_are_made_of_these_bundles(board, tmp_path):
    made = {path.relative_to(tmp_path): path for path in write_site(board, tmp_path)}
    kept = {path.relative_to(DOCS / "site") for path in (DOCS / "site").rglob("*.*")}
    assert kept == set(made)
    for name, path in made.items():
        text, old = (PICTURE.sub("", one.read_text()) for one in (path, DOCS / "site" / name))
        assert text == old, f"{name} is not up to date: make board"
