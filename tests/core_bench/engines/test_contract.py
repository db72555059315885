"""What every engine promises, asked of every engine."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from core_bench.engines import Engine, EngineOptions, LikelihoodRequest, Measured, Request, open_engine
from core_bench.engines.baseline_engine import BaselineItem
from core_bench.errors import CoreBenchError
from core_bench.records import EngineDescription, Reply

ITEMS = {f"p{number}/s0": BaselineItem(str(number * 11), f"[{number}, 1]", "g") for number in range(5)}
Ask = Callable[..., Request]


@pytest.fixture
def requests(ask: Ask) -> list[Request]:
    """Ten requests: five items, two epochs, prompts of different lengths."""
    return [
        ask(item, f"# {'x' * number}\nassert f({number}) ==", epoch=epoch, stop=("1", "\n"))
        for number, item in enumerate(ITEMS)
        for epoch in (0, 1)
    ]


@pytest.fixture(
    params=[
        pytest.param("transformers", marks=pytest.mark.model),
        pytest.param("quantised", marks=pytest.mark.model),
        pytest.param("adapter", marks=pytest.mark.model),
        pytest.param("vllm", marks=[pytest.mark.model, pytest.mark.vllm]),
        "openai",
        "replay",
        "baseline:oracle",
        "baseline:echo",
        "baseline:majority",
    ]
)
def engine(request: pytest.FixtureRequest, requests: list[Request], tmp_path: Path) -> Iterator[Engine]:
    if request.param == "vllm":  # it takes long to start: one for all tests
        yield request.getfixturevalue("smollm2_vllm")
        return
    opened = _open(request, requests, tmp_path)
    yield opened
    opened.close()


def _open(request: pytest.FixtureRequest, requests: list[Request], folder: Path) -> Engine:
    local = {"transformers": "smollm2", "quantised": "smollm2_quantised", "adapter": "smollm2_adapter"}
    if request.param in local:
        return open_engine(str(request.getfixturevalue(local[request.param])), EngineOptions(batch_size=4))
    if request.param == "openai":
        address = request.getfixturevalue("scripted").address
        return open_engine("openai:echo", EngineOptions(base_url=address))
    if request.param == "replay":
        lines = [_saved(asked) for asked in requests]
        (folder / "replies.jsonl").write_text("".join(f"{line}\n" for line in lines))
        return open_engine(f"replay:{folder}", EngineOptions())
    return open_engine(request.param, EngineOptions(), ITEMS)


def _saved(asked: Request) -> str:
    reply = Reply(item=asked.item, method=asked.method, epoch=asked.epoch, text=" 3217\n", finish="length")
    return reply.model_dump_json()


def _key(thing: Request | Reply) -> tuple[str, str, int]:
    return thing.item, thing.method, thing.epoch


def _all(groups: Iterator[Sequence[Reply]]) -> list[Reply]:
    return [reply for group in groups for reply in group]


def test_each_request_is_answered_once_under_its_key(engine: Engine, requests: list[Request]) -> None:
    replies = _all(engine.generate(requests))
    assert sorted(map(_key, replies)) == sorted(map(_key, requests))
    assert {reply.finish for reply in replies} <= {"stop", "length"}


def test_no_reply_has_a_stop_string(engine: Engine, requests: list[Request]) -> None:
    for reply in _all(engine.generate(requests)):
        assert "\n" not in reply.text
        assert "1" not in reply.text


def test_no_requests_no_replies(engine: Engine) -> None:
    assert list(engine.generate([])) == []


def test_groups_are_never_empty(engine: Engine, requests: list[Request]) -> None:
    assert all(len(group) > 0 for group in engine.generate(requests))


def test_stopping_early_and_closing_twice_is_harmless(engine: Engine, requests: list[Request]) -> None:
    groups: Any = engine.generate(requests)
    next(groups)
    groups.close()
    engine.close()
    engine.close()


def test_the_description_survives_json(engine: Engine) -> None:
    description = engine.describe()
    assert EngineDescription.model_validate(json.loads(description.model_dump_json())) == description
    assert description == engine.describe()
    assert description.engine in {"transformers", "vllm", "openai", "replay", "baseline"}


def test_replies_keep_their_round(engine: Engine, requests: list[Request]) -> None:
    if engine.describe().engine == "replay":
        pytest.skip("only the first round was saved")
    [reply] = _all(engine.generate([replace(requests[0], round=2)]))
    assert reply.round == 2


def test_what_was_measured_are_numbers_or_nothing(engine: Engine, requests: list[Request]) -> None:
    list(engine.generate(requests[:2]))
    measured = engine.measured()
    assert isinstance(measured, Measured)
    counts = [value for value in asdict(measured).values() if isinstance(value, int | float)]
    assert all(value >= 0 for value in counts)


def test_likelihoods_are_told_or_refused_by_name(engine: Engine) -> None:
    asked = [
        LikelihoodRequest(f"i{number}", "io", 0, f"# {number}\n1 + 1 =", "", answers)
        for number, answers in enumerate([(" 2\n",), (" 2\n", " 7\n"), (" 3\n", " 2\n", " 9\n")])
    ]
    if engine.describe().engine not in {"transformers", "vllm"}:
        with pytest.raises(CoreBenchError, match="cannot tell the log-probability"):
            list(engine.likelihoods(asked))
        return
    scored = {one.request.item: one for group in engine.likelihoods(asked) for one in group}
    assert sorted(scored) == ["i0", "i1", "i2"]
    for request in asked:
        scores = scored[request.item].scores
        assert len(scores) == len(request.answers)
        assert all(score.logprob < 0 and score.tokens >= 2 for score in scores)
    assert scored["i1"].scores[0].logprob > scored["i1"].scores[1].logprob
    assert list(engine.likelihoods([])) == []
