"""Run by the interpreter of a vLLM environment: what vLLM computes from folders on the disk.

The same request and answer as `reload_script.py`, from which only the engine differs.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")


def main() -> None:
    """Load every folder and measure it."""
    request = json.load(sys.stdin)
    results = [measure(folder, request) for folder in request["folders"]]
    Path(request["result"]).write_text(json.dumps(results), encoding="utf-8")
    # All is told. When the interpreter is taken down, a thread of vLLM 0.32 may still run, and every fourth
    # time or so that aborts the process.
    sys.stderr.flush()
    os._exit(0)


def measure(folder: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return the losses of one folder, from the log-probabilities of the prompts' own tokens."""
    from vllm import LLM, SamplingParams
    from vllm.lora.request import LoRARequest

    adapter = Path(folder) / "adapter"
    ranks = json.loads((adapter / "adapter_config.json").read_text()) if adapter.is_dir() else None
    longest = max(len(tokens) for tokens in request["tokens"])
    named: dict[str, Any] = {}
    if ranks is not None:
        most = max([ranks["r"], *ranks["rank_pattern"].values()])
        named = {
            "enable_lora": True,
            "max_lora_rank": next(size for size in (8, 16, 32, 64, 128, 256) if size >= most),
        }
    engine = LLM(
        model=folder,
        dtype=request["dtype"],
        enforce_eager=True,
        max_model_len=longest + 8,
        trust_remote_code=request["trust"],
        **named,
    )
    replies = engine.generate(
        [{"prompt_token_ids": tokens} for tokens in request["tokens"]],
        SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=0),
        lora_request=LoRARequest("adapter", 1, str(adapter)) if ranks is not None else None,
        use_tqdm=False,
    )
    engine.llm_engine.engine_core.shutdown()
    nats = [
        -sum(
            known[token].logprob
            for token, known in zip(reply.prompt_token_ids[1:], reply.prompt_logprobs[1:], strict=True)
        )
        for reply in replies
    ]
    return {"nats": nats, "tokens": [len(t) - 1 for t in request["tokens"]], "gaps": [], "unexpected": []}


if __name__ == "__main__":
    main()
