"""Saved replies come back as they were saved."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core_bench.engines import Request
from core_bench.engines.replay_engine import ReplayEngine
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

Ask = Callable[..., Request]


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "replies.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_a_saved_reply_is_given_back_unchanged(ask: Ask, tmp_path: Path) -> None:
    saved = Reply(
        item="a",
        method="io",
        epoch=2,
        text="5",
        finish="length",
        completion_tokens=9,
        seconds=1.5,
        attempts=3,
    )
    engine = ReplayEngine(_file(tmp_path, saved.model_dump_json()))
    assert list(engine.generate([ask("a", epoch=2)])) == [[saved]]


def test_three_fields_suffice_and_the_last_line_counts(ask: Ask, tmp_path: Path) -> None:
    lines = ['{"item": "a", "method": "io", "text": "4"}', "", '{"item": "a", "method": "io", "text": "5"}']
    [[reply]] = ReplayEngine(_file(tmp_path, *lines)).generate([ask("a")])
    assert (reply.text, reply.finish) == ("5", "stop")


@pytest.mark.parametrize("fields", [{"item": "b"}, {"method": "cot"}, {"epoch": 1}])
def test_what_was_not_saved_is_an_error_reply(ask: Ask, tmp_path: Path, fields: dict[str, object]) -> None:
    engine = ReplayEngine(_file(tmp_path, '{"item": "a", "method": "io", "text": "4"}'))
    [[reply]] = engine.generate([ask(**{"item": "a", **fields})])
    assert (reply.finish, reply.error) == ("error", "no saved reply")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"item": "a", "meth', "is no valid JSON"),
        ("[1]", "an object is expected"),
        ('{"item": "a", "text": "4"}', "method: Field required"),
        ('{"item": "a", "method": "io", "text": "4", "reply": 1}', "reply: Extra inputs are not permitted"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = _file(tmp_path, '{"item": "a", "method": "io", "text": "4"}', line)
    with pytest.raises(CoreBenchError) as caught:
        ReplayEngine(path)
    assert f"{path}, line 2" in str(caught.value)
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoreBenchError, match=r"replies\.jsonl: No such file"):
        ReplayEngine(tmp_path)


def test_other_replies_are_another_identity(tmp_path: Path) -> None:
    one = ReplayEngine(_file(tmp_path, '{"item": "a", "method": "io", "text": "4"}')).describe()
    two = ReplayEngine(_file(tmp_path, '{"item": "a", "method": "io", "text": "5"}')).describe()
    assert one.identity != two.identity
