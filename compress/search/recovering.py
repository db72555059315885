"""The short recovery of fidelity 2: train an adapter on a plan in memory, score, and take it away again.

Where a plan has ranks, training starts from its adapters, that is from the best low-rank answer to the
quantisation error (QPruner's and QR-Adaptor's recovery start so, by LoftQ); a plan without any gets adapters
of one rank for the time of the training, starting at zero: what is scored then is not what is stored, and
only says how well the plan can be recovered.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional

from compress.operators.lowrank import LowRank
from compress.recovery.adapter import lora_config
from compress.recovery.batches import batches, examples
from compress.recovery.settings import RecoverySettings
from compress.text import Document


class ShortRecovery:
    """A training of a stated number of tokens, always the same text in the same order.

    Args:
        documents: what to learn.
        tokenizer: of the base.
        settings: tokens, rate, seed; `rank` holds for plans without ranks.
    """

    def __init__(self, documents: Sequence[Document], tokenizer: Any, settings: RecoverySettings) -> None:
        self._settings = settings
        self._examples = examples(documents, tokenizer, settings)
        self._pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0

    @contextmanager
    def trained(self, model: Any, ranks: Mapping[int, int], adapters: Mapping[str, LowRank]) -> Iterator[Any]:
        """Yield the model with trained adapters; afterwards it is as it was.

        Args:
            model: the base with a plan put on.
            ranks: by number of the block in this model.
            adapters: where training starts, by `number.linear`.
        """
        from peft import get_peft_model

        chosen = dict(ranks) if any(ranks.values()) else {}
        settings = self._settings.model_copy(update={"ranks": chosen} if chosen else {})
        grown = {name: value.requires_grad for name, value in model.named_parameters()}
        kept = copy.copy(model.config.__dict__)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            adapted = get_peft_model(model, lora_config(model, settings))
        try:
            _start(adapted, adapters)
            self._train(adapted, settings)
            adapted.eval()
            yield adapted.get_base_model()
        finally:
            adapted.unload()
            model.eval()
            model.config.__dict__.update(kept)
            for name, value in model.named_parameters():
                value.requires_grad_(grown.get(name, False))

    def _train(self, adapted: Any, settings: RecoverySettings) -> None:
        trained = [p for p in adapted.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(trained, lr=settings.rate, weight_decay=0.0)
        adapted.train()
        read = 0
        for batch in batches(self._examples, settings, self._pad):
            share = min(read / (settings.warmup * settings.tokens), 1.0) if settings.warmup else 1.0
            for group in optimiser.param_groups:
                group["lr"] = settings.rate * max(share, 0.02) * (1 - 0.9 * read / settings.tokens)
            whole = adapted.get_base_model()
            hidden = whole.model(
                input_ids=batch.tokens, attention_mask=batch.mask, use_cache=False
            ).last_hidden_state
            wanted = batch.learned[:, 1:]
            logits = whole.lm_head(hidden[:, :-1][wanted]).float()
            loss = functional.cross_entropy(logits, batch.tokens[:, 1:][wanted])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            read += batch.size
            if read >= settings.tokens:
                return


def _start(adapted: Any, adapters: Mapping[str, LowRank]) -> None:
    """Set every adapter to the low-rank answer to what its weight lost."""
    for name, addition in adapters.items():
        layer = adapted.get_base_model().model.layers.get_submodule(name)
        layer.lora_A["default"].weight.data.copy_(addition.down)
        layer.lora_B["default"].weight.data.copy_(addition.up / layer.scaling["default"])
