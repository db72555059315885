"""Walking through a decoder block by block, so that operators can look at, and change, one at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from compress.likelihood import losses_of


class _EnoughError(Exception):
    """The wanted inputs are seen; the rest of the forward pass is not needed."""


class BlockWalk:
    """The hidden states of some windows on their way through a decoder.

    The embedding, the positions and the masks are computed by the model itself, once; what every block gets
    besides the hidden states is recorded then and passed on. Caches are off, so blocks can be left out,
    repeated or exchanged.

    Attributes:
        blocks: the decoder blocks, as they are now in the model.
        tokens: int64 [windows, length].
        hidden: input of the first block, [windows, length, hidden].
    """

    def __init__(self, model: Any, tokens: torch.Tensor, batch: int = 8) -> None:
        self._model = model
        self._batch = batch
        self.tokens = tokens.to(model.device)
        self.hidden, self._extras = self._record()

    @property
    def blocks(self) -> Any:
        """The decoder blocks of the model."""
        return self._model.model.layers

    @torch.no_grad()
    def step(self, index: int, hidden: torch.Tensor) -> torch.Tensor:
        """Run one block over all windows: [windows, length, hidden] -> the same shape."""
        return torch.cat([self.step_batch(index, part) for part in hidden.split(self._batch)])

    def step_batch(self, index: int, hidden: torch.Tensor) -> torch.Tensor:
        """Run one block over a few windows; gradients flow where they are wanted."""
        block = self.blocks[index]
        out = block(hidden, **self._extras[block.self_attn.layer_idx])
        after: torch.Tensor = out[0] if isinstance(out, tuple) else out
        return after

    @torch.no_grad()
    def inputs(self) -> Iterator[tuple[int, torch.Tensor]]:
        """Yield (index, input) of every block; a block that is changed meanwhile runs as it is then."""
        hidden = self.hidden
        for index in range(len(self.blocks)):
            yield index, hidden
            hidden = self.step(index, hidden)

    @torch.no_grad()
    def logits(self, hidden: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield (logits, tokens) of a few windows at a time, from the outputs of the last block."""
        for part, tokens in zip(hidden.split(self._batch), self.tokens.split(self._batch), strict=True):
            yield self._head(part), tokens

    @torch.no_grad()
    def loss(self, hidden: torch.Tensor, start: int, without: int | None = None) -> float:
        """Return the mean loss per token when `hidden` enters block `start`, one block left out."""
        for index in range(start, len(self.blocks)):
            if index != without:
                hidden = self.step(index, hidden)
        return float(torch.cat([losses_of(*pair).flatten() for pair in self.logits(hidden)]).mean())

    def _head(self, hidden: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self._model.lm_head(self._model.model.norm(hidden))
        cap = getattr(self._model.config, "final_logit_softcapping", None)
        return cap * torch.tanh(logits / cap) if cap else logits

    @torch.no_grad()
    def _record(self) -> tuple[torch.Tensor, dict[int, dict[str, Any]]]:
        """Let the model embed every window, and note what each block is given besides."""
        seen: list[torch.Tensor] = []
        extras: dict[int, dict[str, Any]] = {}
        last = len(self.blocks) - 1

        def note(index: int) -> Callable[..., None]:
            def hook(_module: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
                if index == 0:
                    seen.append(arguments[0] if arguments else named["hidden_states"])
                given = {k: v for k, v in named.items() if k not in ("hidden_states", "past_key_values")}
                # A block that moves up later is still asked for by the number it had here.
                extras.setdefault(self.blocks[index].self_attn.layer_idx, given)
                if index == last:
                    raise _EnoughError

            return hook

        handles = [b.register_forward_pre_hook(note(i), with_kwargs=True) for i, b in enumerate(self.blocks)]
        try:
            # One window at a time fixes masks and positions of batch one, which broadcast over any batch.
            for window in self.tokens.split(1):
                try:
                    self._model(input_ids=window, use_cache=False)
                except _EnoughError:
                    continue
        finally:
            for handle in handles:
                handle.remove()
        return torch.cat(seen), extras


@contextmanager
def watch_inputs(modules: Sequence[Any], see: Callable[[int, torch.Tensor], None]) -> Iterator[None]:
    """While open, call `see(number, inputs)` for the first argument of every listed module."""

    def watcher(number: int) -> Callable[..., None]:
        return lambda _module, arguments: see(number, arguments[0])

    handles = [module.register_forward_pre_hook(watcher(n)) for n, module in enumerate(modules)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def second_moments(
    walk: BlockWalk, index: int, hidden: torch.Tensor, linears: Sequence[str]
) -> list[torch.Tensor]:
    """Return the mean of x x^T over the inputs x of each linear layer, float32 [inputs, inputs]."""
    modules = [walk.blocks[index].get_submodule(name) for name in linears]
    moments = [torch.zeros(m.in_features, m.in_features) for m in modules]
    counts = [0] * len(modules)

    def add(number: int, inputs: torch.Tensor) -> None:
        flat = inputs.reshape(-1, inputs.shape[-1]).float()
        moments[number].addmm_(flat.T, flat)
        counts[number] += flat.shape[0]

    with watch_inputs(modules, add):
        walk.step(index, hidden)
    return [moment / max(count, 1) for moment, count in zip(moments, counts, strict=True)]
