"""Servers and requests that the engines' tests share."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core_bench.engines import Engine, EngineOptions, Message, Request, open_engine

Ask = Callable[..., Request]


@pytest.fixture
def ask() -> Ask:
    """Makes a request; a list of strings becomes a chat whose last turn is the last string."""

    def make(item: str, prompt: str | list[str] = "2 + 2 =", **fields: Any) -> Request:
        shaped = prompt if isinstance(prompt, str) else tuple(Message("user", turn) for turn in prompt)
        given = {"method": "io", "epoch": 0, "stop": (), "max_tokens": 8, **fields}
        return Request(item=item, prompt=shaped, **given)

    return make


@dataclass
class ScriptedServer:
    """An OpenAI-compatible server that misbehaves as told and echoes the prompt otherwise.

    `script` maps a prompt to what happens to its requests, one after the other; `seen` has all bodies.
    """

    address: str = ""
    script: dict[str, list[str]] = field(default_factory=dict)
    always: str | None = None
    seen: list[dict[str, Any]] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    unsupported: tuple[str, ...] = ()
    streams: bool = True
    window: int | None = None
    counts: bool = True

    def next_behaviour(self, prompt: str) -> str:
        if self.always:
            return self.always
        planned = self.script.get(prompt, [])
        return planned.pop(0) if planned else "ok"


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    """A scripted server on a free loopback port."""
    import uvicorn

    state = ScriptedServer()
    listening = socket.create_server(("127.0.0.1", 0))
    state.address = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    server = uvicorn.Server(uvicorn.Config(_scripted_app(state), log_level="critical"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    yield state
    server.should_exit = server.force_exit = True
    thread.join(10)
    listening.close()


def _scripted_app(state: ScriptedServer) -> Any:  # noqa: PLR0915
    from fastapi import FastAPI, Request
    from fastapi.responses import JSONResponse, Response, StreamingResponse

    app = FastAPI()

    def failure(
        status: int, message: str, headers: dict[str, str] | None = None, **more: Any
    ) -> JSONResponse:
        return JSONResponse({"error": {"message": message, **more}}, status, headers)

    def choice(chat: bool, text: Any, finish: str, **message: Any) -> dict[str, Any]:
        inside = {"message": {"role": "assistant", "content": text, **message}} if chat else {"text": text}
        return {"index": 0, "finish_reason": finish, **inside}

    def answer(chat: bool, choices: Any) -> dict[str, Any]:
        return {
            "id": "1",
            "object": "chat.completion" if chat else "text_completion",
            "created": 1,
            "model": "echo",
            "choices": choices,
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
        }

    async def cut() -> Any:
        yield b'{"choices": ['
        raise ConnectionResetError

    @app.get("/v1/models")
    async def models() -> Any:
        return {"object": "list", "data": [{"id": "other"}, {"id": "echo", "max_model_len": state.window}]}

    @app.post("/tokenize")
    async def tokenize(request: Request) -> Any:
        body = await request.json()
        text = body.get("prompt") or "".join(turn["content"] for turn in body["messages"])
        return {"count": len(text.split())} if state.counts else failure(404, "no such thing")

    async def pieces(chat: bool, text: str, breaks_off: bool) -> Any:
        words = text.split(" ")
        for number, word in enumerate(words):
            piece = word if number == 0 else f" {word}"
            said = {"delta": {"content": piece}} if chat else {"text": piece}
            finish = "stop" if number + 1 == len(words) else None
            if breaks_off and finish:
                return
            yield _event(answer(chat, [{"index": 0, "finish_reason": finish, **said}]) | {"usage": None})
            await asyncio.sleep(0.01)
        yield _event(answer(chat, []))
        yield b"data: [DONE]\n\n"

    @app.post("/v1/{path:path}")
    async def reply(path: str, request: Request) -> Any:  # noqa: PLR0912
        state.arrivals.append(time.monotonic())
        state.in_flight += 1
        state.most_in_flight = max(state.most_in_flight, state.in_flight)
        body = await request.json()
        state.seen.append(body)
        await asyncio.sleep(0.005)
        state.in_flight -= 1
        chat = path == "chat/completions"
        prompt = body["messages"][-1]["content"] if chat else body["prompt"]
        for name in state.unsupported:
            if name in body:
                return failure(400, f"Unsupported parameter: '{name}' is not supported with this model.")
        behaviour = state.next_behaviour(prompt)
        if body.get("stream") and state.streams and behaviour in ("ok", "broken"):
            told = pieces(chat, f"echo {prompt}", behaviour == "broken")
            return StreamingResponse(told, media_type="text/event-stream")
        match behaviour.split():
            case ["429", wait]:
                return failure(429, "slow down", {"retry-after": wait})
            case ["429-quota"]:
                return failure(429, "pay first", code="insufficient_quota")
            case [("400" | "401" | "403" | "404" | "500" | "503") as status]:
                return failure(int(status), f"this is a {status}")
            case ["cut"]:
                return StreamingResponse(
                    cut(), headers={"content-length": "500"}, media_type="application/json"
                )
            case ["malformed"]:
                return Response('{"choices": [{"mess', media_type="application/json")
            case ["html"]:
                return Response("<html>gateway</html>", media_type="text/html")
            case ["array"]:
                return JSONResponse([1, 2])
            case ["empty"]:
                return answer(chat, [])
            case ["null"]:
                return answer(chat, [choice(chat, None, "stop")])
            case ["null-length"]:
                return answer(chat, [choice(chat, None, "length")])
            case ["length"]:
                return answer(chat, [choice(chat, "cut off", "length")])
            case ["filtered"]:
                return answer(chat, [choice(chat, "", "content_filter")])
            case ["refusal"]:
                return answer(chat, [choice(chat, None, "stop", refusal="I can not help.")])
            case ["slow", seconds]:
                await asyncio.sleep(float(seconds))
        return answer(chat, [choice(chat, f"echo {prompt}", "stop")])

    return app


def _event(told: Any) -> bytes:
    return f"data: {json.dumps(told)}\n\n".encode()


@pytest.fixture(scope="session")
def smollm2_quantised(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compressed-tensors checkpoint of the embedded model: its first two blocks in 4 bits."""
    pytest.importorskip("compressed_tensors")
    from compress.carry_out import carry_out
    from compress.model_map import read_map
    from compress.plan import BlockPlan, Plan
    from compress.write import write_checkpoint

    model_map = read_map(smollm2)
    four = BlockPlan(attention_bits=4, mlp_bits=4)
    blocks = tuple(four if number < 2 else BlockPlan() for number in range(model_map.blocks))
    plan = Plan(base=model_map.base, model_type="llama", blocks=blocks, quantiser="rtn")
    out = tmp_path_factory.mktemp("quantised") / "four-bits"
    return write_checkpoint(carry_out(plan, smollm2, model_map), smollm2, model_map, out)


@pytest.fixture(scope="session")
def smollm2_adapter(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter of the embedded model that changes its last block."""
    peft = pytest.importorskip("peft")
    import torch
    from transformers import AutoModelForCausalLM

    load: Any = AutoModelForCausalLM.from_pretrained
    settings = {"target_modules": ["down_proj"], "layers_to_transform": [29], "init_lora_weights": False}
    torch.manual_seed(0)
    model: Any = peft.get_peft_model(load(smollm2, dtype=torch.float32), peft.LoraConfig(r=4, **settings))
    out = tmp_path_factory.mktemp("adapter") / "lora"
    model.save_pretrained(out)
    return out


@pytest.fixture(scope="session")
def smollm2_vllm(smollm2: Path, vllm_python: str) -> Iterator[Engine]:
    """The embedded model in vLLM: it takes long to start, so there is one for all tests."""
    options = EngineOptions(vllm_python=vllm_python, context_window=2048, dtype="fp32")
    engine = open_engine(f"vllm:{smollm2}", options)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def smollm2_server(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`transformers serve` with the embedded model; the address of its OpenAI interface."""
    home = tmp_path_factory.mktemp("hf")
    (home / "hub").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = (home / "serve.log").open("w+")
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(smollm2)]
    command += ["--host=127.0.0.1", f"--port={port}", "--device=cpu", "--dtype=bfloat16"]
    offline = {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    server = subprocess.Popen(command, env={**os.environ, **offline}, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 600
        while not _is_healthy(port):
            assert server.poll() is None, (home / "serve.log").read_text()
            assert time.monotonic() < deadline, (home / "serve.log").read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()
        log.close()


def _is_healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
