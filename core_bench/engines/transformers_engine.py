"""A local checkpoint answers, through transformers."""

import gc
import hashlib
import os
import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from core_bench.engines.base import Request
from core_bench.engines.local.checkpoint import Checkpoint, DType, load_checkpoint, parameter_count
from core_bench.engines.local.decoding import Continuation, Prompt, continue_batch
from core_bench.engines.local.fingerprint import settings_sha256, weights_bytes, weights_sha256
from core_bench.engines.local.threads import Lanes, compute_threads, lanes
from core_bench.engines.local.tokenisation import prompt_tokens
from core_bench.engines.replies import error_reply
from core_bench.errors import CoreBenchError
from core_bench.models.resolve import weight_files
from core_bench.records import EngineDescription, Reply


@dataclass(frozen=True, slots=True)
class _Encoded:
    request: Request
    tokens: list[int]

    @property
    def order(self) -> tuple[str, int, str, str, int]:
        request = self.request
        return request.group, -len(self.tokens), request.item, request.method, request.epoch


class TransformersEngine:
    """Answers with a model folder on this machine, in batches.

    Each group that `generate` yields is one batch. Requests of one `group` share batches, so that the
    common start of their prompts is computed once; among them the batches are cut from one fixed order:
    longest prompt first, ties by key. bf16 results depend, in the last digit, on who else is in the
    batch. As whole batches are written, an interrupted run has answered a prefix of that order, and what
    remains is cut into the very batches that an unbroken run would have formed: its replies are the same.
    """

    def __init__(
        self, folder: Path, *, batch_size: int = 16, dtype: DType = "bf16", device: str | None = None
    ) -> None:
        """Prepare the engine; the model is loaded when it is first needed.

        Args:
            folder: A Hugging Face model folder.
            batch_size: How many requests are computed together, at least 1.
            dtype: The type to compute in.
            device: Where to; None takes the GPU if there is one.

        Raises:
            CoreBenchError: `folder` is no model folder, or the batch size is not positive.
        """
        if batch_size < 1:
            raise CoreBenchError(f"the batch size must be at least 1, not {batch_size}")
        weight_files(folder)
        self._folder = folder
        self._batch_size = batch_size
        self._dtype: DType = dtype
        self._device = device
        self._checkpoint: Checkpoint | None = None

    def generate(self, requests: Sequence[Request]) -> Iterator[Sequence[Reply]]:
        """Yield one group per batch; prompts that do not fit the model come first, as error replies.

        Raises:
            CoreBenchError: The model can not be loaded, has no chat template although it is asked in the
                chat shape, or the memory does not suffice.
        """
        if not requests:
            return
        checkpoint = self._loaded()
        fitting: list[_Encoded] = []
        refused: list[Reply] = []
        for request in requests:
            encoded = _Encoded(
                request, prompt_tokens(checkpoint.tokenizer, request.prompt, self._folder.name)
            )
            reason = self._misfit(checkpoint, encoded)
            if reason is None:
                fitting.append(encoded)
            else:
                refused.append(error_reply(request, reason, prompt_tokens=len(encoded.tokens)))
        if refused:
            yield refused
        fitting.sort(key=lambda encoded: encoded.order)
        batches: list[list[_Encoded]] = []
        for _, alike in groupby(fitting, key=lambda encoded: encoded.request.group):
            rest = list(alike)
            batches += [rest[at : at + self._batch_size] for at in range(0, len(rest), self._batch_size)]
        yield from self._answers(checkpoint, batches)

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
                "device": "cuda" if on_gpu else checkpoint.device,
                "batch_size": self._batch_size,
                "attention": checkpoint.attention,
            },
            environment={
                "python": platform.python_version(),
                "torch": torch.__version__,
                "transformers": version("transformers"),
                "machine": torch.cuda.get_device_name() if on_gpu else _processor(),
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
            self._checkpoint = load_checkpoint(self._folder, self._dtype, self._device)
        return self._checkpoint

    def _misfit(self, checkpoint: Checkpoint, encoded: _Encoded) -> str | None:
        if not encoded.tokens:
            return "the prompt is empty"
        if checkpoint.window is not None and len(encoded.tokens) >= checkpoint.window:
            return (
                f"the prompt has {len(encoded.tokens)} tokens, "
                f"the context window of {self._folder.name} holds {checkpoint.window}"
            )
        return None

    def _answers(self, checkpoint: Checkpoint, batches: Sequence[list[_Encoded]]) -> Iterator[list[Reply]]:
        """Yield the replies batch by batch, in order; on a CPU several batches are computed side by side."""
        spread = lanes() if checkpoint.device == "cpu" else Lanes(1, 1)
        if min(spread.count, len(batches)) < 2:
            yield from (self._answer(checkpoint, batch, lambda: False) for batch in batches)
            return
        import torch

        stop = threading.Event()
        pool = ThreadPoolExecutor(spread.count, initializer=torch.set_num_threads, initargs=(spread.threads,))
        try:
            yield from pool.map(lambda batch: self._answer(checkpoint, batch, stop.is_set), batches)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)

    def _answer(
        self, checkpoint: Checkpoint, batch: Sequence[_Encoded], stopped: Callable[[], bool]
    ) -> list[Reply]:
        import torch

        prompts = [_prompt(checkpoint, encoded) for encoded in batch]
        try:
            continuations = continue_batch(checkpoint, prompts, stopped)
        except torch.OutOfMemoryError as error:
            raise CoreBenchError(
                f"{checkpoint.device} ran out of memory with a batch of {len(batch)}",
                "Use a smaller one: --batch-size",
            ) from error
        return [_reply(encoded, done) for encoded, done in zip(batch, continuations, strict=True)]


def _prompt(checkpoint: Checkpoint, encoded: _Encoded) -> Prompt:
    request = encoded.request
    room = request.max_tokens
    if checkpoint.window is not None:
        room = min(room, checkpoint.window - len(encoded.tokens))
    return Prompt(encoded.tokens, request.stop, room, request.temperature, _seed(request))


def _seed(request: Request) -> int:
    """Derive the sampling seed from the key, so that each epoch differs and each run repeats."""
    key = f"{request.item}\0{request.method}\0{request.epoch}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:6])


def _reply(encoded: _Encoded, done: Continuation) -> Reply:
    request, length = encoded.request, len(encoded.tokens)
    if done.finish == "error":
        reason = "the model's scores are not finite numbers"
        return error_reply(request, reason, prompt_tokens=length, seconds=done.seconds)
    return Reply(
        item=request.item,
        method=request.method,
        epoch=request.epoch,
        text=done.text,
        finish=done.finish,
        prompt_tokens=length,
        completion_tokens=done.tokens,
        seconds=done.seconds,
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {os.cpu_count()} CPUs" if names else platform.machine()
