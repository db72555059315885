"""The process that holds vLLM: reads JSON lines, writes JSON lines. It imports nothing of core-bench.

`VllmEngine` starts it with the Python of the environment that has vLLM. Its standard output is for
answers alone; what vLLM prints goes to standard error.
"""

import json
import os
import signal
import sys
import time


def guard() -> None:
    """Leave a process behind that ends all of this session once this process is gone, however it ended.

    vLLM's own processes outlive a parent that is killed (as Ray kills what a replica has started), with the
    model in their memory.
    """
    watched = os.getpid()
    if os.fork():
        return
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    for stream in (0, 1):  # who reads the answers shall notice the end at once
        os.close(stream)
    while os.getppid() == watched:
        time.sleep(0.5)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Load the model that the first line names, then answer line after line until the input ends."""
    guard()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(**told: object) -> None:
        answers.write(json.dumps(told) + "\n")
        answers.flush()

    settings = json.loads(sys.stdin.readline())
    try:
        worker = Worker(settings)
    except Exception as error:
        say(failed=f"{type(error).__name__}: {error}")
        return
    say(ready=worker.described())
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            for finished in worker.answer(asked):
                say(finished=finished)
            say(done=worker.used())
        except Exception as error:
            say(failed=f"{type(error).__name__}: {error}")
            return


class Worker:
    """One copy of a model in vLLM."""

    def __init__(self, settings: dict) -> None:  # type: ignore[type-arg]
        started = time.perf_counter()
        import vllm

        self._vllm = vllm
        self._lora = None
        options = dict(settings["options"])
        adapter = settings.get("adapter")
        if adapter:
            from vllm.lora.request import LoRARequest

            options.update(enable_lora=True, max_lora_rank=adapter["rank"])
            self._lora = LoRARequest("adapter", 1, adapter["path"])
        self._llm = vllm.LLM(**options)
        self._load_seconds = time.perf_counter() - started
        self._busy = 0.0

    def described(self) -> dict:  # type: ignore[type-arg]
        """Return versions and what vLLM chose."""
        import torch
        import transformers

        config = self._llm.llm_engine.vllm_config
        return {
            "vllm": self._vllm.__version__,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "window": int(config.model_config.max_model_len),
            "quantisation": config.model_config.quantization,
            "prefix_caching": bool(config.cache_config.enable_prefix_caching),
            "load_seconds": self._load_seconds,
        }

    def used(self) -> dict:  # type: ignore[type-arg]
        """Return seconds of computing, and the peak of this process's memory in bytes."""
        import resource

        both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        peak = max(resource.getrusage(who).ru_maxrss for who in both) * 1024
        return {"busy_seconds": self._busy, "peak_rss_bytes": peak}

    def answer(self, asked: list):  # type: ignore[type-arg,no-untyped-def]
        """Yield lists of what has finished, as it finishes."""
        engine = self._llm.llm_engine
        started = time.perf_counter()
        for one in asked:
            more = {"lora_request": self._lora} if self._lora else {}
            engine.add_request(one["id"], {"prompt_token_ids": one["tokens"]}, self._parameters(one), **more)
        scored = {one["id"]: one["scored"] for one in asked if "scored" in one}
        while engine.has_unfinished_requests():
            finished = [out for out in engine.step() if out.finished]
            if finished:
                now = time.perf_counter() - started
                yield [
                    _scores(out, scored[out.request_id]) if out.request_id in scored else _text(out, now)
                    for out in finished
                ]
        self._busy += time.perf_counter() - started

    def _parameters(self, one: dict):  # type: ignore[type-arg,no-untyped-def]
        if "scored" in one:
            return self._vllm.SamplingParams(temperature=0, max_tokens=1, prompt_logprobs=1, detokenize=False)
        sampled = one["temperature"] > 0
        return self._vllm.SamplingParams(
            temperature=one["temperature"],
            max_tokens=one["max_tokens"],
            stop=one["stop"] or None,
            seed=one["seed"] if sampled else None,
            output_kind=self._vllm.sampling_params.RequestOutputKind.FINAL_ONLY,
        )


def _text(out, now: float) -> dict:  # type: ignore[type-arg,no-untyped-def]
    done = out.outputs[0]
    first = getattr(out.metrics, "first_token_latency", None)
    return {
        "id": out.request_id,
        "text": done.text,
        "finish": done.finish_reason,
        "tokens": len(done.token_ids),
        "seconds": now,
        "first_token_seconds": first,
    }


def _scores(out, count: int) -> dict:  # type: ignore[type-arg,no-untyped-def]
    """Return the log-probability of the last `count` tokens of the prompt."""
    told = list(zip(out.prompt_token_ids, out.prompt_logprobs, strict=True))[-count:]
    each = [chances[token] for token, chances in told]
    return {
        "id": out.request_id,
        "logprob": sum(one.logprob for one in each),
        "greedy": all(one.rank == 1 for one in each),
    }


if __name__ == "__main__":  # vLLM starts processes of its own, which import this file again
    main()
