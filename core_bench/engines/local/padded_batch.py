"""Several sequences in one forward pass: left padding, attention mask, positions, and the cache."""

import inspect
from collections.abc import Sequence
from typing import Any

from core_bench.engines.local.checkpoint import Checkpoint


class PaddedBatch:
    """The state of a batch between two tokens.

    Prompts are padded on the left so that the next token of every sequence is in the last column.
    Positions count real tokens only: a sequence is computed as if it were alone, up to rounding.
    """

    def __init__(self, checkpoint: Checkpoint, prompts: Sequence[Sequence[int]]) -> None:
        import torch

        longest = max(len(prompt) for prompt in prompts)
        gaps = [longest - len(prompt) for prompt in prompts]
        rows = [
            [checkpoint.pad_token] * gap + list(prompt) for gap, prompt in zip(gaps, prompts, strict=True)
        ]
        masks = [[0] * gap + [1] * len(prompt) for gap, prompt in zip(gaps, prompts, strict=True)]
        self._model = checkpoint.model
        self._accepts = frozenset(inspect.signature(checkpoint.model.forward).parameters)
        self._tokens = torch.tensor(rows, device=checkpoint.device)
        self._mask = torch.tensor(masks, device=checkpoint.device)
        self._positions = (self._mask.cumsum(-1) - 1).clamp(min=0)
        self._cache: Any = None

    def logits(self) -> Any:
        """Compute the newest tokens; return the scores of each sequence's next token (rows x vocabulary)."""
        wanted = {"position_ids": self._positions, "logits_to_keep": 1}
        optional = {name: value for name, value in wanted.items() if name in self._accepts}
        out = self._model(
            input_ids=self._tokens,
            attention_mask=self._mask,
            past_key_values=self._cache,
            use_cache=True,
            **optional,
        )
        self._cache = out.past_key_values
        return out.logits[:, -1].float()

    def append(self, tokens: Sequence[int]) -> None:
        """Add one token to each sequence."""
        import torch

        self._tokens = torch.tensor(tokens, device=self._mask.device)[:, None]
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], dim=1)
        self._positions = self._positions[:, -1:] + 1

    @property
    def can_drop(self) -> bool:
        """Whether this model's cache can lose sequences; that of recurrent layers can not."""
        layers = getattr(self._cache, "layers", [])
        return bool(layers) and all(hasattr(layer, "batch_select_indices") for layer in layers)

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all sequences but `rows`: what is finished need not be computed any more."""
        import torch

        index = torch.tensor(rows, device=self._mask.device)
        self._cache.batch_select_indices(index)
        self._mask = self._mask[index]
        self._positions = self._positions[index]
