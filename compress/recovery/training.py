"""The training run: resumable, seeded, with its curve on the disk."""

import json
import math
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from compress.checkpoint import read_config, weights_hash
from compress.errors import CompressError
from compress.loading import load_tokenizer
from compress.opening import ADAPTER_FOLDER, open_checkpoint
from compress.recovery.adapter import add_adapter
from compress.recovery.batches import Batch, batches, corpus_hash, examples
from compress.recovery.settings import RecoverySettings
from compress.text import Document
from compress.write import whole_folder

CURVE_FILE = "recovery_loss.jsonl"
SETTINGS_FILE = "recovery.json"
_STATE = "state.pt"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came of a run.

    Attributes:
        folder: the new checkpoint.
        steps: optimiser steps in all.
        tokens: tokens read, padding not counted.
        first_loss: mean loss over the first tenth of the steps, nats per learned token.
        last_loss: the same over the last tenth.
        tokens_per_s: tokens read per second by this process; 0 where an earlier one had read them all.
    """

    folder: Path
    steps: int
    tokens: int
    first_loss: float
    last_loss: float
    tokens_per_s: float


def recover(
    folder: Path,
    documents: Sequence[Document],
    out: Path,
    settings: RecoverySettings,
    base: Path | None = None,
    merge: bool = False,
    save_every: int = 25,
    device: str = "cpu",
    on_progress: Callable[[int, int], None] | None = None,
) -> Recovered:
    """Train an adapter on a checkpoint and write a folder with both.

    Running it again after an interruption goes on from the last saved step (at most `save_every` steps are
    lost); a run with other settings or another text does not go on by accident.

    Args:
        folder: a written checkpoint, or a base.
        documents: what to learn.
        out: the new folder.
        settings: decide the outcome.
        base: the base, for a start from the quantisation error.
        merge: add the adapter to the weights; only where nothing is quantised.
        save_every: steps between saves.
        device: `cpu` or `cuda`; on a GPU the same code computes in the stored type (bf16).
        on_progress: called with (tokens read, tokens in all).

    Raises:
        CompressError: `out` is taken, the texts are too long, or a half-done run with other settings is
        there. CheckpointError: the checkpoint does not load.
    """
    if out.exists():
        raise CompressError(
            f"{out} is there already", "Name a folder that is not there; nothing is overwritten."
        )
    if merge and read_config(folder).get("quantization_config"):
        raise CompressError(f"{folder} is quantised: an adapter cannot be merged into packed weights")
    tokenizer = load_tokenizer(folder)
    known = examples(documents, tokenizer, settings)
    model = add_adapter(open_checkpoint(folder, device), folder, settings, base)
    run = _Run(
        model, settings, _workplace(out), settings.key(weights_hash(folder), corpus_hash(known)), device
    )
    done = run.steps
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    started, before = time.monotonic(), run.tokens
    stream = batches(known, settings, pad)
    for _ in range(
        done
    ):  # the same seed gives the same batches; those of the earlier process are passed over
        next(stream)
    while run.tokens < settings.tokens:
        run.step(next(stream), time.monotonic() - started)
        if run.steps % save_every == 0:
            run.save()
        if on_progress is not None:
            on_progress(min(run.tokens, settings.tokens), settings.tokens)
    run.save()
    seconds = time.monotonic() - started
    _write(run, folder, out, merge)
    shutil.rmtree(run.place)
    losses = run.losses
    tenth = max(1, len(losses) // 10)
    return Recovered(
        folder=out,
        steps=run.steps,
        tokens=run.tokens,
        first_loss=sum(losses[:tenth]) / tenth,
        last_loss=sum(losses[-tenth:]) / tenth,
        tokens_per_s=(run.tokens - before) / seconds if run.tokens > before else 0.0,
    )


class _Run:
    """The state of a training run, and one step of it."""

    def __init__(self, model: Any, settings: RecoverySettings, place: Path, key: str, device: str) -> None:
        self.model, self.settings, self.place, self._key, self._device = model, settings, place, key, device
        self._trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
        self._optimiser = torch.optim.AdamW(self._trained.values(), lr=settings.rate, weight_decay=0.0)
        self.steps = self.tokens = 0
        self.losses: list[float] = []
        self.rows: list[dict[str, float]] = []
        model.train()
        self._resume()

    def step(self, batch: Batch, seconds: float) -> None:
        """Learn one batch."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.settings.rate * self._share()
        loss = self._loss(batch)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise CompressError(
                f"the loss is {value} at step {self.steps}",
                "Lower the rate; the last saved step is kept.",
            )
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained.values(), 1.0)
        self._optimiser.step()
        self.steps += 1
        self.tokens += batch.size
        self.losses.append(value)
        self.rows.append(
            {
                "step": self.steps,
                "tokens": self.tokens,
                "loss": round(value, 5),
                "rate": self._optimiser.param_groups[0]["lr"],
                "seconds": round(seconds, 2),
            }
        )

    def save(self) -> None:
        """Keep the state in one step: a crash leaves the old one."""
        draft = self.place / f".{_STATE}.{os.getpid()}"
        state = {
            "key": self._key,
            "adapter": {name: p.detach() for name, p in self._trained.items()},
            "optimiser": self._optimiser.state_dict(),
            "rows": self.rows,
        }
        torch.save(state, draft)
        draft.replace(self.place / _STATE)

    def _share(self) -> float:
        """Return the learning rate as a share of the highest: linear up, cosine down to a tenth."""
        done = self.tokens / self.settings.tokens
        if done < self.settings.warmup:
            return max(done / self.settings.warmup, 0.02)
        rest = (done - self.settings.warmup) / (1 - self.settings.warmup)
        return 0.1 + 0.45 * (1 + math.cos(math.pi * min(rest, 1.0)))

    def _loss(self, batch: Batch) -> torch.Tensor:
        tokens, mask = batch.tokens.to(self._device), batch.mask.to(self._device)
        whole = self.model.get_base_model()
        hidden = whole.model(input_ids=tokens, attention_mask=mask, use_cache=False).last_hidden_state
        wanted = batch.learned[:, 1:].to(self._device)
        # The output layer over the vocabulary is a fifth of the work: only where something is learned.
        logits = whole.lm_head(hidden[:, :-1][wanted]).float()
        cap = getattr(whole.config, "final_logit_softcapping", None)
        logits = cap * torch.tanh(logits / cap) if cap else logits
        return functional.cross_entropy(logits, tokens[:, 1:][wanted])

    def _resume(self) -> None:
        path = self.place / _STATE
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        if state["key"] != self._key:
            raise CompressError(
                f"{self.place} holds a half-done run with other settings, text or checkpoint",
                "Remove it, or run with what it was begun with.",
            )
        for name, parameter in self._trained.items():
            parameter.data.copy_(state["adapter"][name])
        self._optimiser.load_state_dict(state["optimiser"])
        self.rows = state["rows"]
        self.losses = [row["loss"] for row in self.rows]
        self.steps, self.tokens = len(self.rows), int(self.rows[-1]["tokens"]) if self.rows else 0


def _workplace(out: Path) -> Path:
    place = out.absolute().with_name(f".{out.name}.recovering")
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CompressError(f"{out} cannot be made: {error.strerror}") from None
    return place


def _write(run: _Run, folder: Path, out: Path, merge: bool) -> None:
    """Write the checkpoint with its adapter, or merged, and the curve beside it."""
    run.model.eval()
    with whole_folder(out) as draft:
        for file in sorted(folder.iterdir()):
            if file.is_file() and not (merge and file.suffix == ".safetensors"):
                _place(file, draft / file.name)
        if merge:
            _write_merged(run.model, draft)
        else:
            run.model.save_pretrained(draft / ADAPTER_FOLDER, safe_serialization=True)
            (draft / ADAPTER_FOLDER / "README.md").unlink(missing_ok=True)
        curve = "".join(json.dumps(row) + "\n" for row in run.rows)
        (draft / CURVE_FILE).write_text(curve, encoding="utf-8")
        about = {"settings": run.settings.model_dump(mode="json"), "steps": run.steps, "tokens": run.tokens}
        (draft / SETTINGS_FILE).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def _write_merged(model: Any, draft: Path) -> None:
    from safetensors.torch import save_file

    merged = model.merge_and_unload()
    tensors = dict(merged.state_dict())
    if merged.config.tie_word_embeddings:
        tensors.pop("lm_head.weight", None)
    contiguous = {name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}
    save_file(contiguous, draft / "model.safetensors", metadata={"format": "pt"})


def _place(source: Path, target: Path) -> None:
    """Link a file where the disk allows it, since weights are large and never changed; copy elsewhere."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
