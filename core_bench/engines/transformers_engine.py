"""A local checkpoint answers, through transformers."""

import gc
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from core_bench.engines.base import LikelihoodRequest, Measured, Request, Scored
from core_bench.engines.local.batches import Encoded, cut_batches
from core_bench.engines.local.checkpoint import (
    Checkpoint,
    DType,
    load_checkpoint,
    parameter_count,
    resident_bytes,
)
from core_bench.engines.local.decoding import Batched, Continuation, Prompt, continue_batch
from core_bench.engines.local.fingerprint import quantisation, settings_sha256, weights_bytes, weights_sha256
from core_bench.engines.local.likelihood import Forced, score_batch, split_answer
from core_bench.engines.local.machine import kernels, peak_cuda, processor
from core_bench.engines.local.side_by_side import side_by_side
from core_bench.engines.local.threads import compute_threads
from core_bench.engines.local.tokenisation import prompt_text, prompt_tokens, text_tokens
from core_bench.engines.replies import error_reply, sampling_seed
from core_bench.errors import CoreBenchError
from core_bench.models.resolve import weight_files
from core_bench.records import EngineDescription, Reply

_SMALL, _BATCH_OF_SMALL, _BATCH_OF_LARGE = 1_000_000_000, 64, 16


class TransformersEngine:
    """Answers with a model folder on this machine, in batches.

    Each group that `generate` yields is one batch. What prompts of a batch begin with is computed once: the
    worked examples, then each program with all that is asked about it. Batches are cut from one fixed
    order (`local/batches.py`): bf16 results depend, in the last digit, on who else is in the batch. As whole
    batches are written, an interrupted run has answered a prefix of that order, and what remains is cut
    into the very batches that an unbroken run would have formed: its replies are the same.
    """

    def __init__(
        self,
        folder: Path,
        *,
        batch_size: int | None = None,
        batch_tokens: int = 65_536,
        dtype: DType = "bf16",
        device: str | None = None,
        reuse: bool = True,
        loaded: Checkpoint | None = None,
    ) -> None:
        """Prepare the engine; the model is loaded when it is first needed.

        Args:
            folder: A Hugging Face model folder, or that of a LoRA adapter.
            batch_size: How many requests are computed together, at least 1. None takes 64 for a model of less
                than a billion parameters, else 16.
            batch_tokens: The most tokens of a batch, prompts and longest replies together, at least 1.
            dtype: The type to compute in.
            device: Where to; None takes the GPU if there is one.
            reuse: Whether shared starts are computed once for all requests; False is for comparisons.
            loaded: The model, where it is in memory already; `folder` then only names it.

        Raises:
            CoreBenchError: `folder` is no model folder, or a batch size is not positive.
        """
        least = min(batch_tokens, batch_tokens if batch_size is None else batch_size)
        if least < 1:
            raise CoreBenchError(f"the batch size must be at least 1, not {least}")
        weight_files(folder)
        self._folder = folder
        self._asked_batch_size = batch_size
        self._batch_tokens = batch_tokens
        self._dtype: DType = dtype
        self._device = device
        self._reuse = reuse
        self._checkpoint = loaded
        self._measured = Measured()
        self._counting = threading.Lock()

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield one group per batch; prompts that do not fit the model come first, as error replies.

        Raises:
            CoreBenchError: The model can not be loaded, has no chat template although it is asked in the
                chat shape, or the memory does not suffice.
        """
        if not requests:
            return
        checkpoint = self._loaded()
        fitting: list[Encoded[Request]] = []
        refused: list[Reply] = []
        for request in requests:
            tokens = prompt_tokens(checkpoint.tokenizer, request.prompt, self._folder.name)
            reason = self._misfit(checkpoint, len(tokens))
            if reason is None:
                fitting.append(Encoded(request, tokens, _room(checkpoint, len(tokens), request.max_tokens)))
            else:
                refused.append(error_reply(request, reason, prompt_tokens=len(tokens)))
        if refused:
            yield refused
        batches = cut_batches(fitting, self._batch_size(), self._batch_tokens)
        yield from side_by_side(checkpoint, batches, self._answer)

    def likelihoods(self, requests: Sequence[LikelihoodRequest]) -> Iterator[Sequence[Scored]]:
        """Yield the scores of one batch after the other; what does not fit the model comes first.

        Raises:
            CoreBenchError: As in `generate`.
        """
        if not requests:
            return
        checkpoint = self._loaded()
        fitting: list[Encoded[LikelihoodRequest]] = []
        refused: list[Scored] = []
        for request in requests:
            text = prompt_text(checkpoint.tokenizer, request.prompt, self._folder.name) + request.lead
            tokens = text_tokens(checkpoint.tokenizer, text, request.prompt)
            longest = max(map(len, request.answers))  # no answer has more tokens than bytes, nearly
            reason = self._misfit(checkpoint, len(tokens) + longest)
            if reason is None:
                fitting.append(Encoded(request, tokens, longest * len(request.answers)))
            else:
                refused.append(Scored(request, (), reason))
        if refused:
            yield refused
        batches = cut_batches(fitting, self._batch_size(), self._batch_tokens)
        yield from side_by_side(checkpoint, batches, self._force)

    def measured(self) -> Measured:
        """Return what was computed so far, and what it took."""
        with self._counting:
            return self._measured

    def describe(self) -> EngineDescription:
        """Return hashes of weights and settings, and how they are computed with. Loads the model."""
        checkpoint = self._loaded()
        import torch

        on_gpu = checkpoint.device.startswith("cuda")
        return EngineDescription(
            engine="transformers",
            model=self._folder.resolve().name,
            identity={
                "weights_sha256": weights_sha256(self._folder),
                "settings_sha256": settings_sha256(self._folder),
                "dtype": self._dtype,
                "quantisation": quantisation(self._folder),
                "device": "cuda" if on_gpu else checkpoint.device,
                "batch_size": self._batch_size(),
                "batch_tokens": self._batch_tokens,
                "attention": checkpoint.attention,
            },
            environment={
                "python": platform.python_version(),
                "torch": torch.__version__,
                "transformers": version("transformers"),
                "machine": torch.cuda.get_device_name() if on_gpu else processor(),
                "kernels": kernels(checkpoint),
                "threads": compute_threads(),
                "parameters": parameter_count(checkpoint),
                "checkpoint_bytes": weights_bytes(self._folder),
            },
        )

    def close(self) -> None:
        """Give the model's memory back."""
        if self._checkpoint is None:
            return
        on_gpu = self._checkpoint.device.startswith("cuda")
        self._checkpoint = None
        gc.collect()
        if on_gpu:
            import torch

            torch.cuda.empty_cache()

    def _loaded(self) -> Checkpoint:
        if self._checkpoint is None:
            started = time.perf_counter()
            loaded = load_checkpoint(self._folder, self._dtype, self._device, share=self._reuse)
            self._checkpoint = loaded
            self._measured = Measured(
                parameters=parameter_count(loaded),
                checkpoint_bytes=weights_bytes(self._folder),
                resident_bytes=resident_bytes(loaded),
                load_seconds=time.perf_counter() - started,
            )
        return self._checkpoint

    def _batch_size(self) -> int:
        """Return how many requests are computed together.

        The reading of a small model's weights is shared by all of a batch; a large model's batch is long on
        the way, and what is on the way is lost when a run is killed.
        """
        if self._asked_batch_size is not None:
            return self._asked_batch_size
        return _BATCH_OF_SMALL if (self._measured.parameters or 0) < _SMALL else _BATCH_OF_LARGE

    def _misfit(self, checkpoint: Checkpoint, tokens: int) -> str | None:
        if not tokens:
            return "the prompt is empty"
        if checkpoint.window is not None and tokens >= checkpoint.window:
            return (
                f"the prompt has {tokens} tokens, "
                f"the context window of {self._folder.name} holds {checkpoint.window}"
            )
        return None

    def _answer(
        self, checkpoint: Checkpoint, batch: Sequence[Encoded[Request]], stopped: Callable[[], bool]
    ) -> list[Reply]:
        import torch

        prompts = [_prompt(encoded) for encoded in batch]
        try:
            done = continue_batch(checkpoint, prompts, stopped)
        except torch.OutOfMemoryError as error:
            raise _too_large(checkpoint, len(batch)) from error
        self._count(checkpoint, done.computed, done.prefill_seconds, done)
        return [
            _reply(encoded, continuation, done.prefill_seconds)
            for encoded, continuation in zip(batch, done.continuations, strict=True)
        ]

    def _force(
        self, checkpoint: Checkpoint, batch: Sequence[Encoded[LikelihoodRequest]], stopped: Callable[[], bool]
    ) -> list[Scored]:
        import torch

        tokenizer = checkpoint.tokenizer
        texts = []
        for encoded in batch:
            request = encoded.request
            before = prompt_text(tokenizer, request.prompt, self._folder.name) + request.lead
            for answer in request.answers:
                whole = text_tokens(tokenizer, before + answer, request.prompt)
                context, wanted = split_answer(encoded.tokens, whole)
                texts.append(Forced(context, wanted, request.group))
        try:
            done = score_batch(checkpoint, texts, stopped)
        except torch.OutOfMemoryError as error:
            raise _too_large(checkpoint, len(batch)) from error
        self._count(checkpoint, done.computed, done.seconds, None)
        scores = iter(done.scores)
        return [
            Scored(encoded.request, tuple(next(scores) for _ in encoded.request.answers)) for encoded in batch
        ]

    def _count(self, checkpoint: Checkpoint, computed: int, seconds: float, done: Batched | None) -> None:
        with self._counting:
            now = self._measured
            self._measured = replace(
                now,
                prompt_tokens_computed=(now.prompt_tokens_computed or 0) + computed,
                prefill_seconds=(now.prefill_seconds or 0.0) + seconds,
                decode_tokens=(now.decode_tokens or 0) + (done.decode_tokens if done else 0),
                decode_seconds=(now.decode_seconds or 0.0) + (done.decode_seconds if done else 0.0),
                peak_cuda_bytes=peak_cuda(checkpoint),
            )


def _prompt(encoded: Encoded[Request]) -> Prompt:
    request = encoded.request
    return Prompt(
        encoded.tokens, request.stop, encoded.room, request.temperature, sampling_seed(request), request.group
    )


def _room(checkpoint: Checkpoint, tokens: int, most: int) -> int:
    return most if checkpoint.window is None else min(most, checkpoint.window - tokens)


def _too_large(checkpoint: Checkpoint, rows: int) -> CoreBenchError:
    return CoreBenchError(
        f"{checkpoint.device} ran out of memory with a batch of {rows}",
        "Use a smaller one: --batch-size or --batch-tokens",
    )


def _reply(encoded: Encoded[Request], done: Continuation, first_token: float) -> Reply:
    request, length = encoded.request, len(encoded.tokens)
    if done.finish == "error":
        reason = "the model's scores are not finite numbers"
        return error_reply(request, reason, prompt_tokens=length, seconds=done.seconds)
    return Reply(
        item=request.item,
        method=request.method,
        epoch=request.epoch,
        round=request.round,
        text=done.text,
        finish=done.finish,
        prompt_tokens=length,
        completion_tokens=done.tokens,
        seconds=done.seconds,
        first_token_seconds=first_token,
    )
