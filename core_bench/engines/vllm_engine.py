"""vLLM answers, offline: in a process of its own, with the Python that has it."""

import json
import os
import queue
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core_bench.engines.base import AnswerScore, LikelihoodRequest, Measured, Request, Scored, cut_at_stop
from core_bench.engines.local.batches import Encoded, cut_batches
from core_bench.engines.local.checkpoint import DType, adapted_folder
from core_bench.engines.local.fingerprint import settings_sha256, weights_bytes, weights_sha256
from core_bench.engines.local.likelihood import split_answer
from core_bench.engines.local.tokenisation import prompt_text, prompt_tokens, text_tokens
from core_bench.engines.replies import error_reply, sampling_seed
from core_bench.engines.vllm_place import DTYPE_NAMES, has_cards, interpreter
from core_bench.engines.vllm_process import VllmProcess
from core_bench.errors import CoreBenchError
from core_bench.models.extra import require_local
from core_bench.models.quiet import quiet_transformers
from core_bench.models.resolve import weight_files
from core_bench.records import EngineDescription, Reply


class VllmEngine:
    """Answers with a model folder through vLLM's continuous batching and prefix cache.

    Prompts are tokenised here, just as for the transformers engine, and handed over all at once in an order
    that keeps what begins alike together; replies come as vLLM finishes them.
    """

    def __init__(
        self,
        folder: Path,
        *,
        python: str | None = None,
        dtype: DType = "bf16",
        tensor_parallel: int = 1,
        data_parallel: int = 1,
        context_window: int | None = None,
    ) -> None:
        """Prepare the engine; vLLM is started when it is first needed.

        Args:
            folder: A Hugging Face model folder (compressed-tensors too), or that of a LoRA adapter.
            python: The interpreter that has vLLM; None looks here, then in the clone's environment for it.
            dtype: The type to compute in.
            tensor_parallel: GPUs that share one copy.
            data_parallel: Copies, each in a process of its own; requests are dealt out to them.
            context_window: Tokens of prompt and reply together; None for what the config says.

        Raises:
            CoreBenchError: `folder` is no model folder, or there is no vLLM.
        """
        weight_files(folder)
        self._folder = folder
        self._python = interpreter(python)
        self._dtype = dtype
        self._tensor_parallel = tensor_parallel
        self._data_parallel = data_parallel
        self._window = context_window
        self._workers: list[VllmProcess] = []
        self._tokenizer: Any = None
        self._measured = Measured(checkpoint_bytes=weights_bytes(folder))

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield replies as they are finished; prompts that do not fit come first, as error replies.

        Raises:
            CoreBenchError: vLLM does not start, or died.
        """
        if not requests:
            return
        window = self._started()
        fitting: list[Encoded[Request]] = []
        refused: list[Reply] = []
        for request in requests:
            tokens = prompt_tokens(self._tokenizer, request.prompt, self._folder.name)
            if not tokens or len(tokens) >= window:
                reason = self._misfit(len(tokens), window)
                refused.append(error_reply(request, reason, prompt_tokens=len(tokens)))
            else:
                fitting.append(Encoded(request, tokens, min(request.max_tokens, window - len(tokens))))
        if refused:
            yield refused
        ordered = [one for batch in cut_batches(fitting, 1, 1) for one in batch]
        asked = [
            {
                "tokens": one.tokens,
                "stop": list(one.request.stop),
                "max_tokens": one.room,
                "temperature": one.request.temperature,
                "seed": sampling_seed(one.request) % 2**31,
            }
            for one in ordered
        ]
        for finished in self._ask(asked):
            yield [_reply(ordered[number], told) for number, told in finished]

    def likelihoods(self, requests: Sequence[LikelihoodRequest]) -> Iterator[Sequence[Scored]]:
        """Yield the scores of each request once all its answers have one.

        Raises:
            CoreBenchError: As in `generate`.
        """
        if not requests:
            return
        window = self._started()
        asked: list[dict[str, Any]] = []
        owners: list[tuple[int, int]] = []
        refused = []
        for number, request in enumerate(requests):
            before = prompt_text(self._tokenizer, request.prompt, self._folder.name) + request.lead
            context = text_tokens(self._tokenizer, before, request.prompt)
            wholes = [
                text_tokens(self._tokenizer, before + answer, request.prompt) for answer in request.answers
            ]
            if max(map(len, wholes)) >= window:
                refused.append(Scored(request, (), self._misfit(max(map(len, wholes)), window)))
                continue
            for at, whole in enumerate(wholes):
                _, answer = split_answer(context, whole)
                asked.append({"tokens": whole, "scored": len(answer)})
                owners.append((number, at))
        if refused:
            yield refused
        found: dict[int, dict[int, AnswerScore]] = {}
        for finished in self._ask(asked):
            whole_ones = []
            for index, told in finished:
                number, at = owners[index]
                score = AnswerScore(told["logprob"], asked[index]["scored"], told["greedy"])
                scores = found.setdefault(number, {})
                scores[at] = score
                if len(scores) == len(requests[number].answers):
                    whole_ones.append(Scored(requests[number], tuple(scores[at] for at in sorted(scores))))
            if whole_ones:
                yield whole_ones

    def measured(self) -> Measured:
        """Return what vLLM told: times, and the memory of the largest process."""
        return self._measured

    def describe(self) -> EngineDescription:
        """Return hashes of the model, and versions. Starts vLLM."""
        self._started()
        told = self._workers[0].described
        return EngineDescription(
            engine="vllm",
            model=self._folder.resolve().name,
            identity={
                "weights_sha256": weights_sha256(self._folder),
                "settings_sha256": settings_sha256(self._folder),
                "dtype": self._dtype,
                "quantisation": told["quantisation"],
                "vllm": told["vllm"],
                "window": told["window"],
                "tensor_parallel": self._tensor_parallel,
            },
            environment={
                "torch": told["torch"],
                "transformers": told["transformers"],
                "prefix_caching": told["prefix_caching"],
                "data_parallel": self._data_parallel,
                "checkpoint_bytes": weights_bytes(self._folder),
            },
        )

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.end()
        self._workers = []

    def _started(self) -> int:
        """Start vLLM unless it runs; return its context window."""
        if not self._workers:
            require_local("tokenising for vLLM")
            from transformers import AutoTokenizer

            adapted = adapted_folder(self._folder)
            names = (
                self._folder
                if (self._folder / "tokenizer_config.json").is_file()
                else adapted or self._folder
            )
            with quiet_transformers():
                load: Any = AutoTokenizer.from_pretrained
                self._tokenizer = load(names, local_files_only=True)
            settings = self._settings(adapted)
            self._workers = [
                VllmProcess(self._python, settings, self._cards(number))
                for number in range(self._data_parallel)
            ]
            try:
                for worker in self._workers:
                    worker.wait_until_ready()
            except BaseException:
                self.close()
                raise
            load_seconds = max(worker.described["load_seconds"] for worker in self._workers)
            self._measured = replace(self._measured, load_seconds=load_seconds)
        return int(self._workers[0].described["window"])

    def _settings(self, adapted: Path | None) -> dict[str, Any]:
        options: dict[str, Any] = {
            "model": str(adapted or self._folder),
            "dtype": DTYPE_NAMES[self._dtype],
            "tensor_parallel_size": self._tensor_parallel,
            "enable_prefix_caching": True,
            "disable_log_stats": True,
            "seed": 0,
        }
        if not has_cards():
            options["enforce_eager"] = True
        if self._window is not None:
            options["max_model_len"] = self._window
        if adapted is None:
            return {"options": options}
        config = json.loads((self._folder / "adapter_config.json").read_bytes())
        ranks = [int(config.get("r", 16)), *map(int, (config.get("rank_pattern") or {}).values())]
        allowed = (8, 16, 32, 64, 128, 256, 320, 512)
        rank = next((size for size in allowed if size >= max(ranks)), max(ranks))
        return {"options": options, "adapter": {"path": str(self._folder), "rank": rank}}

    def _cards(self, number: int) -> dict[str, str]:
        if self._data_parallel == 1 or not has_cards():
            return {}
        first = number * self._tensor_parallel
        mine = range(first, first + self._tensor_parallel)
        listed = os.environ.get("CUDA_VISIBLE_DEVICES")
        names = listed.split(",") if listed else [str(card) for card in range(first + self._tensor_parallel)]
        return {"CUDA_VISIBLE_DEVICES": ",".join(names[card] for card in mine if card < len(names))}

    def _misfit(self, tokens: int, window: int) -> str:
        if not tokens:
            return "the prompt is empty"
        return f"the prompt has {tokens} tokens, the context window of {self._folder.name} holds {window}"

    def _ask(self, asked: Sequence[dict[str, Any]]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        """Deal the requests out, and yield (number, what came back) as it comes."""
        numbered = [{"id": str(number), **one} for number, one in enumerate(asked)]
        share = -(-len(numbered) // len(self._workers)) if numbered else 1
        parts = [numbered[at : at + share] for at in range(0, len(numbered), share)]
        results: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for worker, part in zip(self._workers, parts, strict=False):
            worker.send(part, results)
        open_parts = len(parts)
        while open_parts:
            told = results.get()
            if "finished" in told:
                yield [(int(one["id"]), one) for one in told["finished"]]
            elif "done" in told:
                open_parts -= 1
                self._count(told["done"])
            else:
                self.close()
                raise CoreBenchError(f"vLLM failed: {told['failed']}", "Run the same command again to go on.")

    def _count(self, used: Mapping[str, Any]) -> None:
        peak = max(used["peak_rss_bytes"], self._measured.peak_rss_bytes or 0)
        self._measured = replace(self._measured, peak_rss_bytes=peak)


def _reply(encoded: Encoded[Request], told: Mapping[str, Any]) -> Reply:
    request = encoded.request
    text = cut_at_stop(told["text"], request.stop)
    stopped = told["finish"] != "length" or text != told["text"]
    return Reply(
        item=request.item,
        method=request.method,
        epoch=request.epoch,
        round=request.round,
        text=text,
        finish="stop" if stopped else "length",
        prompt_tokens=len(encoded.tokens),
        completion_tokens=told["tokens"],
        seconds=told["seconds"],
        first_token_seconds=told["first_token_seconds"],
    )
