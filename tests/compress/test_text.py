import json

import pytest

from compress.errors import CompressError
from compress.text import CALIBRATION_MODULES, HELD_OUT_MODULES, read_documents


def write_corpus(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


ROW = {"form": "output", "text": "f(1) == 2", "answer_start": 8, "program": "p1"}


def test_a_corpus_is_read_by_form(tmp_path):
    path = write_corpus(
        tmp_path / "c.jsonl", ROW, ROW | {"form": "trace"}, ROW | {"form": "source", "answer_start": None}
    )
    assert [d.form for d in read_documents(path)] == ["output", "trace", "source"]
    assert [d.answer_start for d in read_documents(path, ["trace", "source"])] == [8, None]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"form": "output"}, "line 2: no row of a corpus"),
        (ROW | {"answer_start": 9}, "answer_start 9 lies outside"),
        (ROW | {"answer_start": -1}, "answer_start -1 lies outside"),
    ],
)
def test_a_broken_row_is_named(tmp_path, row, words):
    with pytest.raises(CompressError, match=words):
        read_documents(write_corpus(tmp_path / "c.jsonl", ROW, row))


def test_files_and_folders_are_documents(tmp_path):
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "b.bin").write_bytes(b"\xff")
    assert [d.name for d in read_documents(tmp_path)] == ["a.py"]
    with pytest.raises(CompressError, match="not UTF-8"):
        read_documents(tmp_path / "b.bin")
    with pytest.raises(CompressError, match="cannot be read"):
        read_documents(tmp_path / "none.txt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CompressError, match="holds no text"):
        read_documents(tmp_path / "empty")


def test_what_is_measured_on_is_never_calibrated_on():
    assert not set(HELD_OUT_MODULES) & set(CALIBRATION_MODULES)
    measured, calibrated = read_documents("stdlib:held-out"), read_documents("stdlib")
    assert len(measured) >= 28
    assert not {d.text for d in measured} & {d.text for d in calibrated}
