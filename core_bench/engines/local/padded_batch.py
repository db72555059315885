"""Several sequences in one forward pass: left padding, attention mask, positions, and the cache."""

import inspect
from collections.abc import Sequence
from typing import Any

from core_bench.engines.local.checkpoint import Checkpoint
from core_bench.engines.local.prefix_tree import common_start

_WORTH_SHARING = 32
"""Tokens: below this, computing a common start apart costs more than it saves."""


class PaddedBatch:
    """The state of a batch between two tokens.

    Prompts are padded on the left so that the next token of every sequence is in the last column.
    What all prompts begin with (worked examples, say) is computed once; the padding comes after it.
    Positions count real tokens only: a sequence is computed as if it were alone, up to rounding.
    """

    def __init__(
        self, checkpoint: Checkpoint, prompts: Sequence[Sequence[int]], own: Sequence[int] | None = None
    ) -> None:
        """Prepare a batch; nothing but the common start is computed yet.

        Args:
            checkpoint: What computes.
            prompts: Token ids, each at least one.
            own: How many tokens of each prompt must not be taken into the common start, at least 1.
        """
        import torch

        self._model = checkpoint.model
        self._accepts = frozenset(inspect.signature(checkpoint.model.forward).parameters)
        self._device = checkpoint.device
        shared, self._cache = self._shared_start(prompts, own or [1] * len(prompts))
        rests = [prompt[shared:] for prompt in prompts]
        longest = max(len(rest) for rest in rests)
        gaps = [longest - len(rest) for rest in rests]
        rows = [[checkpoint.pad_token] * gap + list(rest) for gap, rest in zip(gaps, rests, strict=True)]
        masks = [[0] * gap + [1] * len(rest) for gap, rest in zip(gaps, rests, strict=True)]
        self._tokens = torch.tensor(rows, device=self._device)
        real = torch.tensor(masks, device=self._device)
        self._mask = torch.cat([real.new_ones(len(prompts), shared), real], dim=1)
        self._positions = shared + (real.cumsum(-1) - 1).clamp(min=0)
        self.computed = shared + sum(map(len, rests))

    def _shared_start(self, prompts: Sequence[Sequence[int]], own: Sequence[int]) -> tuple[int, Any]:
        """Compute what all prompts begin with once; return its length and its cache, a copy a row.

        It is computed anew for each batch, so that a batch's results hang on its own prompts alone.
        """
        most = min(len(prompt) - keep for prompt, keep in zip(prompts, own, strict=True))
        length = min(common_start(prompts), most)
        if len(prompts) < 2 or length < _WORTH_SHARING:
            return 0, None
        import torch

        tokens = torch.tensor([list(prompts[0][:length])], device=self._device)
        cache = self._forward(
            tokens, torch.ones_like(tokens), torch.arange(length)[None], None
        ).past_key_values
        if not _is_plain(cache):
            return 0, None
        cache.batch_repeat_interleave(len(prompts))
        return length, cache

    def logits(self, keep: int = 1) -> Any:
        """Compute the newest tokens; return the scores after the last `keep` (rows x keep x vocabulary)."""
        out = self._forward(self._tokens, self._mask, self._positions, self._cache, keep)
        self._cache = out.past_key_values
        return out.logits[:, -keep:]

    def _forward(self, tokens: Any, mask: Any, positions: Any, cache: Any, keep: int = 1) -> Any:
        wanted = {"position_ids": positions.to(self._device), "logits_to_keep": keep}
        optional = {name: value for name, value in wanted.items() if name in self._accepts}
        return self._model(
            input_ids=tokens, attention_mask=mask, past_key_values=cache, use_cache=True, **optional
        )

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


def _is_plain(cache: Any) -> bool:
    """Tell whether every layer attends to all there is: a window would count the padding in the middle."""
    layers = getattr(cache, "layers", [])
    return bool(layers) and all(type(layer).__name__ == "DynamicLayer" for layer in layers)
