"""Replicas on a Ray cluster of this machine, with the transformers engine in each."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core_bench.engines import Engine, EngineOptions, LikelihoodRequest, Request, open_engine
from core_bench.engines.ray_engine import cut_chunks
from core_bench.errors import CoreBenchError
from core_bench.records import Reply

Ask = Callable[..., Request]


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Ray on this machine, two CPUs."""
    ray = pytest.importorskip("ray", reason="needs the extra ray")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.fixture
def engine(cluster: None, smollm2: Path) -> Iterator[Engine]:
    opened = open_engine(f"ray-transformers:{smollm2}", EngineOptions(data_parallel=2, dtype="fp32"))
    yield opened
    opened.close()


@pytest.fixture
def requests(ask: Ask) -> list[Request]:
    return [ask(f"i{number}", f"{number} + 1 =", max_tokens=4) for number in range(24)]


@pytest.mark.model
def test_replicas_answer_as_one_engine_and_survive_a_death(
    engine: Engine, smollm2: Path, requests: list[Request], ask: Ask
) -> None:
    long = ask("long", "x " * 9000)
    replies: list[Reply] = []
    killed = None
    for group in engine.generate([*requests, long]):
        replies += group
        if killed is None:
            killed = _a_replica()
            os.kill(killed, signal.SIGKILL)
    assert killed is not None
    assert sorted(reply.item for reply in replies) == sorted(["long", *(one.item for one in requests)])
    local = open_engine(str(smollm2), EngineOptions(dtype="fp32"))
    expected = {reply.item: reply.text for group in local.generate(requests) for reply in group}
    local.close()
    assert {reply.item: reply.text for reply in replies if reply.item != "long"} == expected
    [refused] = [reply for reply in replies if reply.item == "long"]
    assert refused.error is not None
    assert "the context window of smollm2-135m holds" in refused.error
    assert (engine.measured().decode_tokens or 0) > 0
    described = engine.describe()
    assert (described.engine, described.identity["dtype"]) == ("ray-transformers", "fp32")


@pytest.mark.model
def test_replicas_tell_likelihoods(engine: Engine) -> None:
    asked = [LikelihoodRequest(f"i{n}", "io", 0, "1 + 1 =", "", (" 2\n", " 7\n")) for n in range(2)]
    scored = [one for group in engine.likelihoods(asked) for one in group]
    assert sorted(one.request.item for one in scored) == ["i0", "i1"]
    assert all(one.scores[0].logprob > one.scores[1].logprob for one in scored)


@pytest.mark.model
def test_what_a_replica_cannot_do_is_told_in_its_words(cluster: None, smollm2: Path, ask: Ask) -> None:
    broken = open_engine(f"ray-transformers:{smollm2}", EngineOptions(device="cuda"))
    with pytest.raises(CoreBenchError, match="there is no cuda on this machine"):
        list(broken.generate([ask("a")]))
    broken.close()


def _a_replica() -> int:
    """Return the process id of a Ray worker that holds a replica."""
    for place in Path("/proc").iterdir():
        try:
            name = (place / "cmdline").read_bytes()
        except OSError:
            continue
        if name.startswith(b"ray::") and b"Replica" in name:
            return int(place.name)
    raise AssertionError("no replica is running")


def test_chunks_keep_what_begins_alike_together(ask: Ask) -> None:
    requests = [ask(f"i{n}", group=("sample", str(n // 3))) for n in range(24)]
    chunks = cut_chunks(requests, 2)
    assert sorted(one.item for chunk in chunks for one in chunk) == sorted(one.item for one in requests)
    assert len(chunks) == 8
    assert all(len({one.group for one in chunk}) == 1 for chunk in chunks)
    assert [len(chunk) for chunk in cut_chunks(requests[:2], 4)] == [1, 1]


def test_without_ray_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    for name in ("ray", "ray.data"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        CoreBenchError, match=r"needs Ray, which is not installed\nInstall it: .*core-bench\[ray\]"
    ):
        open_engine(f"ray-vllm:{tmp_path}", EngineOptions())
