"""A model in memory whose weights change between its uses, as those of a search for plans do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from core_bench.engines.local.checkpoint import Checkpoint, in_memory
from core_bench.engines.local.starts import Starts
from core_bench.engines.local.tree_attention import share


class ChangingModel:
    """Opens models for an engine, for as long as their weights stay."""

    def __init__(self, tokenizer: Any) -> None:
        """Prepare it for models with this tokenizer."""
        self._tokenizer = tokenizer
        self._known: Checkpoint | None = None

    @contextmanager
    def opened(self, model: Any) -> Iterator[Checkpoint]:
        """Give a model with the attention that shares starts, if it can; afterwards it has its own again.

        Whether it can is tried once for a model, and not for every change of its weights.
        """
        # Adapters hang in the layers of the model that is wrapped, and compute there all the same.
        plain = model.get_base_model() if hasattr(model, "get_base_model") else model
        before = plain.config._attn_implementation
        try:
            if self._known is None or self._known.model is not plain:
                self._known = in_memory(plain, self._tokenizer, share=True)
            elif self._known.shares:
                share(plain)
            # Of other weights, what an earlier use has kept would be wrong.
            yield replace(self._known, starts=Starts())
        finally:
            plain.set_attn_implementation(before)
