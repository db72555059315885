"""vLLM for real: offline in a process of its own, and as a server; the same answers as transformers."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core_bench.engines import Engine, EngineOptions, Request, open_engine
from core_bench.errors import CoreBenchError
from core_bench.methods import load_method
from core_bench.runs import requests_for
from core_bench.suites import load_suite

Ask = Callable[..., Request]
ITEMS = 40


@pytest.mark.model
@pytest.mark.vllm
def test_greedy_replies_are_those_of_transformers(smollm2: Path, smollm2_vllm: Engine) -> None:
    # In fp32: in bf16 the order of additions, which differs between engines, tips a token in every tenth reply.
    items = load_suite("core-mini").split("lite")[:ITEMS]
    requests = requests_for(items, load_method("io"), "completion")
    served = {reply.item: reply for group in smollm2_vllm.generate(requests) for reply in group}
    local = {
        reply.item: reply
        for group in open_engine(str(smollm2), EngineOptions(dtype="fp32")).generate(requests)
        for reply in group
    }
    differ = [
        (item, local[item].text, served[item].text) for item in local if local[item].text != served[item].text
    ]
    assert len(differ) <= 0.05 * ITEMS, differ
    assert all(served[item].prompt_tokens == local[item].prompt_tokens for item in local)


@pytest.mark.model
@pytest.mark.vllm
def test_a_prompt_that_does_not_fit_is_an_error_reply(smollm2_vllm: Engine, ask: Ask) -> None:
    groups = list(smollm2_vllm.generate([ask("fits", "1 2 3"), ask("long", "x " * 3000)]))
    [refused] = groups[0]
    assert refused.item == "long"
    assert refused.error == "the prompt has 3001 tokens, the context window of smollm2-135m holds 2048"
    assert groups[1][0].finish in {"stop", "length"}


@pytest.mark.model
@pytest.mark.vllm
def test_serve_and_run_starts_a_server_and_ends_it(smollm2: Path, vllm_python: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "core_bench.cli", "serve-and-run", "--model", str(smollm2)]
    command += ["--vllm-python", vllm_python, "--limit", "12", "--shape", "completion", "--score", "both"]
    command += ["--out", "run", "--server-log", "server.log", "--", "--max-model-len", "2048"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr + (tmp_path / "server.log").read_text()[-2000:]
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert sum(summary["verdicts"].values()) == 12
    assert summary["verdicts"]["engine_error"] == 0
    likely = [json.loads(line) for line in (tmp_path / "run" / "likelihoods.jsonl").read_text().splitlines()]
    assert len(likely) == 12
    assert all(row["logprob"] < 0 for row in likely)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["engine"]["identity"]["served"] == "vllm"
    alive = subprocess.run(
        ["pgrep", "-f", f"served-model-name.*{smollm2.name}"], capture_output=True, check=False
    )
    assert alive.returncode == 1, "the server is still there"


FAKE = """#!{python}
import json, sys
say = lambda **told: print(json.dumps(told), flush=True)
settings = json.loads(sys.stdin.readline())
{body}
"""


@pytest.fixture
def folder(tmp_path: Path, smollm2: Path) -> Path:
    place = tmp_path / "model"
    place.mkdir()
    for path in smollm2.iterdir():
        (place / path.name).symlink_to(path)
    return place


def fake(tmp_path: Path, body: str) -> str:
    """An interpreter that is no Python and has no vLLM: it says what it is told to."""
    path = tmp_path / "python"
    path.write_text(FAKE.format(python=sys.executable, body=body))
    path.chmod(0o755)
    return str(path)


READY = (
    'say(ready={"vllm": "0", "torch": "0", "transformers": "0", "window": 64, "quantisation": None, '
    '"prefix_caching": True, "load_seconds": 1.0})\n'
)


@pytest.mark.model
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            'say(failed="ValueError: Failed to find a kernel")',
            "does not start: ValueError: Failed to find a kernel",
        ),
        (
            'print("RuntimeError: no such thing", file=sys.stderr)',
            "does not start: RuntimeError: no such thing",
        ),
        (
            READY + 'sys.stdin.readline(); sys.exit("MemoryError: all gone")',
            "vLLM failed: MemoryError: all gone",
        ),
        ('print("no json")', "does not start: "),
    ],
)
def test_a_vllm_that_fails_is_told_in_its_own_words(
    folder: Path, tmp_path: Path, ask: Ask, body: str, message: str
) -> None:
    engine = open_engine(f"vllm:{folder}", EngineOptions(vllm_python=fake(tmp_path, body)))
    with pytest.raises(CoreBenchError, match=message):
        list(engine.generate([ask("a")]))
    engine.close()


@pytest.mark.model
def test_copies_share_the_requests(folder: Path, tmp_path: Path, ask: Ask) -> None:
    body = READY + (
        "for line in sys.stdin:\n"
        "    for one in json.loads(line):\n"
        '        told = {"id": one["id"], "text": "ok", "finish": "stop", "tokens": 1, "seconds": 0.1,\n'
        '                "first_token_seconds": 0.05}\n'
        "        say(finished=[told])\n"
        '    say(done={"busy_seconds": 1.0, "peak_rss_bytes": 7})\n'
    )
    options: Any = {"vllm_python": fake(tmp_path, body), "data_parallel": 3}
    engine = open_engine(f"vllm:{folder}", EngineOptions(**options))
    for count in (1, 2, 10):
        replies = [
            reply for group in engine.generate([ask(f"i{n}") for n in range(count)]) for reply in group
        ]
        assert sorted(reply.item for reply in replies) == sorted(f"i{n}" for n in range(count))
    assert engine.describe().environment["data_parallel"] == 3
    engine.close()


def test_no_vllm_is_told_with_the_way_to_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(CoreBenchError, match="there is no Python at /no/such/python"):
        open_engine(f"vllm:{tmp_path}", EngineOptions(vllm_python="/no/such/python"))
