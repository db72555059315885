"""Runs in process, with engines that fail in the middle."""

import errno
import os

import pytest

from core_bench.engines.baseline_engine import BaselineEngine
from core_bench.errors import CoreBenchError
from core_bench.methods import load_method
from core_bench.records import Reply
from core_bench.runs import RunFolder, ask, make_manifest, requests_for, score
from core_bench.runs.baselines import baseline_items, baseline_summaries
from core_bench.suites import load_suite
from tracer import first_argument


@pytest.fixture(scope="module")
def suite():
    return load_suite("core-mini")


class Asked:
    """Answers like a baseline, in groups of four, and remembers what it was asked."""

    def __init__(self, suite, items, dies_after=None):
        self.items = []
        self._inner = BaselineEngine("majority", baseline_items(suite, items))
        self._dies_after = dies_after

    def generate(self, requests):
        for start in range(0, len(requests), 4):
            group = requests[start : start + 4]
            if self._dies_after is not None and start >= self._dies_after:
                raise KeyboardInterrupt
            self.items += [request.item for request in group]
            yield [reply for replies in self._inner.generate(group) for reply in replies]

    def describe(self):
        return self._inner.describe()

    def close(self):
        pass


def run(suite, items, engine, path, method="io"):
    asked = load_method(method)
    folder = RunFolder(path)
    manifest = make_manifest(suite, "lite", None, asked, "completion", engine.describe())
    with folder.open(manifest):
        ask(engine, requests_for(items, asked, "completion"), folder, lambda done, total: None)
        return score(suite, items, asked, "completion", folder)


def test_an_interrupted_run_goes_on_and_asks_nothing_twice(suite, tmp_path):
    items = suite.split("lite")
    whole = run(suite, items, Asked(suite, items), tmp_path / "whole")
    first, second = Asked(suite, items, dies_after=40), Asked(suite, items)
    with pytest.raises(KeyboardInterrupt):
        run(suite, items, first, tmp_path / "broken")
    kept = (tmp_path / "broken" / "replies.jsonl").read_bytes()
    summary = run(suite, items, second, tmp_path / "broken")
    assert summary == whole
    assert len(first.items) == 40
    assert not set(first.items) & set(second.items)
    assert set(first.items) | set(second.items) == {item.id for item in items}
    assert (tmp_path / "broken" / "replies.jsonl").read_bytes().startswith(kept)
    third = Asked(suite, items)
    assert run(suite, items, third, tmp_path / "broken") == whole
    assert third.items == []


def test_a_torn_line_is_dropped_and_asked_again(suite, tmp_path):
    items = suite.split("lite")[:8]
    whole = run(suite, items, Asked(suite, items), tmp_path)
    path = tmp_path / "replies.jsonl"
    path.write_bytes(path.read_bytes()[:-10])
    engine = Asked(suite, items)
    assert run(suite, items, engine, tmp_path) == whole
    assert len(engine.items) == 1


def test_an_engine_error_is_counted_and_asked_again(suite, tmp_path):
    items = suite.split("lite")[:4]

    class Failing(Asked):
        def generate(self, requests):
            yield [Reply(item=r.item, method=r.method, text="", finish="error", error="x") for r in requests]

    assert run(suite, items, Failing(suite, items), tmp_path).verdicts["engine_error"] == 4
    engine = Asked(suite, items)
    assert run(suite, items, engine, tmp_path).verdicts["engine_error"] == 0
    assert len(engine.items) == 4


def test_a_full_disk_is_named_and_what_was_written_stays(suite, tmp_path, monkeypatch):
    items = suite.split("lite")
    real, left = os.write, [3]

    def full(descriptor, data):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data)

    monkeypatch.setattr("core_bench.runs.folder.os.write", full)
    with pytest.raises(CoreBenchError, match="No space left on device") as error:
        run(suite, items, Asked(suite, items), tmp_path)
    assert "Every reply written so far is kept" in str(error.value)
    monkeypatch.undo()
    assert len(RunFolder(tmp_path).replies()) == 12
    engine = Asked(suite, items)
    run(suite, items, engine, tmp_path)
    assert len(engine.items) == len(items) - 12


def test_another_run_does_not_go_into_the_same_folder(suite, tmp_path):
    items = suite.split("lite")[:4]
    run(suite, items, Asked(suite, items), tmp_path)
    with pytest.raises(CoreBenchError, match=r"holds a different run .*method: io -> cot"):
        run(suite, items, Asked(suite, items), tmp_path, method="cot")


def test_two_processes_do_not_write_to_one_run(suite, tmp_path):
    items = suite.split("lite")[:4]
    engine = Asked(suite, items)
    manifest = make_manifest(suite, "lite", None, load_method("io"), "completion", engine.describe())
    with RunFolder(tmp_path).open(manifest), pytest.raises(CoreBenchError, match="another process"):
        run(suite, items, engine, tmp_path)


def test_an_incomplete_run_is_not_scored(suite, tmp_path):
    items = suite.split("lite")[:8]
    run(suite, items[:4], Asked(suite, items), tmp_path)
    with pytest.raises(CoreBenchError, match="4 of 8 replies are missing"):
        score(suite, items, load_method("io"), "completion", RunFolder(tmp_path))


def test_a_broken_reply_is_named_with_its_line(suite, tmp_path):
    items = suite.split("lite")[:4]
    run(suite, items, Asked(suite, items), tmp_path)
    path = tmp_path / "replies.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:2], "{broken\n", *lines[3:]]))
    with pytest.raises(CoreBenchError, match=r"replies\.jsonl, line 3: "):
        run(suite, items, Asked(suite, items), tmp_path)


@pytest.mark.parametrize("shape", ["chat", "completion"])
@pytest.mark.parametrize("method", ["io", "cot"])
def test_baselines_get_what_their_definition_implies(suite, shape, method):
    items = suite.split("full")
    got = baseline_summaries(suite, items, load_method(method), shape)
    oracle, echo = got["baseline:oracle"], got["baseline:echo"]
    for name in ("I", "I_s", "W", "W_s", "RCS", "Cons", "samples", "probes"):
        assert getattr(oracle, name).value == 1.0
    assert oracle.verdicts["correct"] == len(items)
    echoed = [item for item in items if first_argument(item.input) == suite.golds[item.id]]
    assert echo.verdicts["correct"] == len(echoed)
    assert echo.verdicts["correct"] + echo.verdicts["wrong"] == len(items)
    assert 0 < got["baseline:majority"].verdicts["correct"] < len(items) / 2
