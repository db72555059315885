"""Nothing lost, nothing bought twice: `python benchmarks/run_faults.py`.

A server that fails on purpose (500s, 429 with Retry-After, stalls, cut connections, malformed JSON, empty
choices, slow drips; one request in three meets a fault) gets 2,000 requests from the openai engine. Then
`core-bench run` is killed with SIGKILL at 20 random moments against such a server. Printed: what became
of every request, how often one was asked again after an answer in full, and whether a written reply was
lost or changed. Ends with code 1 if anything was.
"""

import argparse
import asyncio
import collections
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from core_bench.engines.base import Message, Request
from core_bench.engines.openai_engine import OpenAIEngine

FAULTS = ("500", "429", "stall", "cut", "malformed", "empty", "drip")


class FaultyServer:
    """An OpenAI-compatible server on loopback; `share` of the requests meet a fault, by a seeded draw."""

    def __init__(self, share: float, seed: int) -> None:
        self.served: collections.Counter[str] = collections.Counter()
        self.faults: collections.Counter[str] = collections.Counter()
        self._random = random.Random(seed)
        self._share = share
        listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"

        import uvicorn

        self._server = uvicorn.Server(uvicorn.Config(self._app(), log_level="critical"))
        thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve(sockets=[listening])), daemon=True
        )
        thread.start()

    def _app(self) -> Any:
        from fastapi import FastAPI
        from fastapi import Request as Incoming
        from fastapi.responses import JSONResponse, Response, StreamingResponse

        app = FastAPI()

        async def cut() -> Any:
            yield b'{"choices": [{"mess'
            raise ConnectionResetError

        async def drip(body: bytes, prompt: str) -> Any:
            for at in range(0, len(body), 16):
                yield body[at : at + 16]
                await asyncio.sleep(0.02)
            self.served[prompt] += 1

        @app.post("/v1/chat/completions")
        async def answer(incoming: Incoming) -> Any:
            prompt = (await incoming.json())["messages"][-1]["content"]
            fault = self._random.choice(FAULTS) if self._random.random() < self._share else ""
            self.faults[fault or "none"] += 1
            match fault:
                case "500":
                    return JSONResponse({"error": {"message": "broken"}}, 500)
                case "429":
                    return JSONResponse({"error": {"message": "slow down"}}, 429, {"retry-after": "0.05"})
                case "stall":
                    await asyncio.sleep(12)
                    return JSONResponse({"error": {"message": "too late"}}, 503)
                case "cut":
                    return StreamingResponse(
                        cut(), headers={"content-length": "500"}, media_type="application/json"
                    )
                case "malformed":
                    return Response('{"choices": [{"mess', media_type="application/json")
                case "empty":
                    return JSONResponse({"choices": []})
            told = {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": "[ANSWER]\n1"},
                    }
                ],
                "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
            }
            if fault == "drip":
                return StreamingResponse(
                    drip(json.dumps(told).encode(), prompt), media_type="application/json"
                )
            await asyncio.sleep(0.005)
            self.served[prompt] += 1
            return told

        return app

    def close(self) -> None:
        """Stop serving."""
        self._server.should_exit = self._server.force_exit = True


def survive_faults(count: int) -> bool:
    """Ask `count` questions; print and return whether each was answered once or listed as an error."""
    server = FaultyServer(1 / 3, seed=1)
    requests = [
        Request(f"i{number}", "io", 0, (Message("user", f"q{number}"),), (), 8) for number in range(count)
    ]
    engine = OpenAIEngine("m", base_url=server.address, concurrency=64, timeout_s=8.0, backoff_s=0.05)
    started = time.perf_counter()
    replies = [reply for group in engine.generate(requests) for reply in group]
    seconds = time.perf_counter() - started
    server.close()
    keys = collections.Counter(reply.item for reply in replies)
    good = sum(reply.finish == "stop" for reply in replies)
    failed = sum(reply.finish == "error" for reply in replies)
    twice = sum(times > 1 for times in server.served.values())
    print(f"{count} requests in {seconds:.1f} s; the server did: {dict(sorted(server.faults.items()))}")
    lost, doubled = count - len(keys), len(replies) - len(keys)
    print(f"answered {good}, engine_error {failed}, lost {lost}, two replies {doubled}")
    print(f"asked again after an answer in full: {twice}")
    return good + failed == count == len(keys) == len(replies) and twice == 0


def survive_kills(kills: int) -> bool:
    """Kill a run again and again; print and return whether every written reply was kept as it was."""
    server = FaultyServer(0.1, seed=2)
    chance = random.Random(3)
    lost = changed = 0
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "run")
        command = [
            sys.executable,
            "-m",
            "core_bench.cli",
            "run",
            "--model",
            "openai:m",
            "--base-url",
            server.address,
        ]
        command += ["--split", "full", "--concurrency", "4", "--rpm", "2400", "--out", str(out)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        for _ in range(kills):
            before = lines(out)
            process = subprocess.Popen(command, env={**os.environ, "OPENAI_API_KEY": "x"}, **quiet)
            while process.poll() is None and len(lines(out)) == len(before):
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            process.wait()
            after = lines(out)
            lost += len(before) - len(set(before) & set(after))
            changed += after[: len(before)] != before
        written = lines(out)
        done = subprocess.run(command, env={**os.environ, "OPENAI_API_KEY": "x"}, check=False, **quiet)
        final = lines(out)
        items = collections.Counter(json.loads(line)["item"] for line in final if '"finish":"stop"' in line)
        kept = final[: len(written)] == written
        summary = json.loads((out / "summary.json").read_text()) if done.returncode == 0 else {}
        total = sum(summary.get("verdicts", {}).values())
    server.close()
    doubled = sum(times > 1 for times in items.values())
    print(f"{kills} kills: replies lost {lost}, files changed {changed}; kept to the end: {kept}")
    print(f"items with two good replies {doubled}; {len(items)} of {total} answered")
    return lost == changed == 0 and kept and done.returncode == 0 and max(items.values()) == 1


def lines(out: Path) -> list[str]:
    """Return the complete lines of the replies so far."""
    path = out / "replies.jsonl"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return text[: text.rfind("\n") + 1].split("\n")[:-1]


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    fine = [survive_faults(options.requests), survive_kills(options.kills)]
    sys.exit(0 if all(fine) else 1)


if __name__ == "__main__":
    main()
