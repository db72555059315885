"""Attention to a tree of shared starts: each shared key is read once for all the rows below it.

Attention over the parts of a sequence can be computed apart and put together by the logarithms of their
sums of exponentials (Juravsky et al., "Hydragen: High-Throughput LLM Inference with Shared Prefixes", 2024;
Dao et al., "FlashAttention", 2022). Nothing is copied a row, and the queries of all rows meet a shared part
in one matrix product.
"""

import threading
from collections.abc import Sequence
from typing import Any

NAME = "core_bench_tree"
"""What the attention is called in transformers' registry."""

_active = threading.local()
_GROWTH = 64
"""Tokens by which a level's memory grows."""


class LevelCache:
    """Keys and values of one level's nodes, for every layer of the model."""

    def __init__(self, padding: Any) -> None:
        """Begin empty.

        Args:
            padding: 1 for a token, 0 for filling (nodes x tokens); more tokens may follow.
        """
        self.nodes = int(padding.shape[0])
        self.length = 0
        self._padding = padding
        self._keys: list[Any] = []
        self._values: list[Any] = []
        self._biases: dict[Any, Any] = {}

    def store(self, layer: int, key: Any, value: Any) -> None:
        """Add the keys and values of the newest tokens (nodes x heads x tokens x size)."""
        if layer == len(self._keys):
            self._keys.append(_room_for(key))
            self._values.append(_room_for(value))
        end = self.length + key.shape[2]
        if end > self._keys[layer].shape[2]:
            self._keys[layer] = _grown(self._keys[layer], end)
            self._values[layer] = _grown(self._values[layer], end)
        self._keys[layer][:, :, self.length : end] = key
        self._values[layer][:, :, self.length : end] = value

    def filled(self, tokens: int) -> None:
        """All layers have stored so many tokens more."""
        self.length += tokens
        self._biases.clear()

    def pad_on(self, tokens: int) -> None:
        """So many more tokens follow in every node; none of them is filling."""
        self._padding = _longer(self._padding, tokens)
        self._biases.clear()

    def select(self, nodes: Any) -> None:
        """Keep only these nodes."""
        self.nodes = len(nodes)
        self._padding = self._padding[nodes]
        self._keys = [key[nodes] for key in self._keys]
        self._values = [value[nodes] for value in self._values]
        self._biases.clear()

    def read(self, layer: int, end: int) -> tuple[Any, Any]:
        """Return keys and values of the first `end` tokens."""
        return self._keys[layer][:, :, :end], self._values[layer][:, :, :end]

    def bias(self, new: int, heads: int) -> Any:
        """Return what is added to the scores: -inf at filling and at what comes later; None if nothing is.

        Args:
            new: How many tokens of this level ask (they are its newest); 0 when other levels ask.
            heads: Query heads that share a key head: the queries are laid out one head after the other.
        """
        import torch

        if (new, heads) in self._biases:
            return self._biases[new, heads]
        end = self.length + new
        hidden = (self._padding[:, None, :end] == 0).expand(-1, max(new, 1), -1)
        if new > 1:
            later = torch.ones(new, end, dtype=torch.bool, device=hidden.device).triu(end - new + 1)
            hidden = hidden | later
        found = None
        if bool(hidden.any()):
            bias = torch.zeros(hidden.shape, device=hidden.device)
            bias = bias.masked_fill(hidden, float("-inf"))[:, None]
            found = bias.repeat(1, 1, heads, 1) if new > 1 else bias
        self._biases[new, heads] = found
        return found


class Ancestor:
    """A level above the newest rows, and which of its nodes each row stands under."""

    def __init__(self, cache: LevelCache, owners: Sequence[int]) -> None:
        self.cache = cache
        self.owners = list(owners)
        self._arrange()

    def select(self, rows: Sequence[int], device: Any) -> None:
        """Keep only these rows, and the nodes that are above one of them."""
        import torch

        owners = [self.owners[row] for row in rows]
        nodes = sorted(set(owners))
        if len(nodes) < self.cache.nodes:
            self.cache.select(torch.tensor(nodes, device=device))
        numbers = {node: number for number, node in enumerate(nodes)}
        self.owners = [numbers[owner] for owner in owners]
        self._arrange()

    def attend(self, layer: int, query: Any, scale: float) -> tuple[Any, Any]:
        """Attend to this level only.

        Args:
            layer: Of the model.
            query: rows x key heads x query heads of each x tokens x size.
            scale: Of the scores.

        Returns:
            What was found, shaped like the query, and the log of the sum of exponentials without the size.
        """
        cache = self.cache
        key, value = cache.read(layer, cache.length)
        _, groups, heads, tokens, size = query.shape
        nodes, most = cache.nodes, self._most
        asked = query if self._slots is None else query[self._slots.to(query.device)]
        asked = asked.reshape(nodes, most, groups, heads, tokens, size).permute(0, 2, 3, 1, 4, 5)
        asked = asked.reshape(nodes, groups, heads * most * tokens, size)
        found, logs = partial_attention(asked, key, value, cache.bias(0, heads), scale)
        found = (
            found.reshape(nodes, groups, heads, most, tokens, size).permute(0, 3, 1, 2, 4, 5).flatten(0, 1)
        )
        logs = logs.reshape(nodes, groups, heads, most, tokens).permute(0, 3, 1, 2, 4).flatten(0, 1)
        if self._places is None:
            return found, logs
        places = self._places.to(query.device)
        return found[places], logs[places]

    def _arrange(self) -> None:
        """Lay the rows out node by node, as many places a node as the fullest one needs."""
        import torch

        under: dict[int, list[int]] = {node: [] for node in range(self.cache.nodes)}
        for row, owner in enumerate(self.owners):
            under[owner].append(row)
        self._most = max(map(len, under.values()))
        slots = [(rows + rows[:1] * self._most)[: self._most] for rows in under.values()]
        flat = [row for rows in slots for row in rows]
        if flat == list(range(len(self.owners))):
            self._slots = self._places = None
            return
        places = {
            row: owner * self._most + at for owner, rows in under.items() for at, row in enumerate(rows)
        }
        self._slots = torch.tensor(flat)
        self._places = torch.tensor([places[row] for row in range(len(self.owners))])


class Attending:
    """The attention of one forward pass: the newest level, and all above it."""

    def __init__(self, own: LevelCache, ancestors: Sequence[Ancestor]) -> None:
        self._own = own
        self._ancestors = ancestors

    def __enter__(self) -> "Attending":
        _active.pass_ = self
        return self

    def __exit__(self, *_: object) -> None:
        _active.pass_ = None

    def attend(self, layer: int, query: Any, key: Any, value: Any, scale: float) -> Any:
        """Return what the queries (rows x heads x tokens x size) find, as rows x tokens x heads x size."""
        import torch

        self._own.store(layer, key, value)
        rows, all_heads, tokens, size = query.shape
        groups = key.shape[1]
        heads = all_heads // groups
        asked = query.reshape(rows, groups, heads, tokens, size)
        keys, values = self._own.read(layer, self._own.length + tokens)
        found, logs = partial_attention(
            asked.reshape(rows, groups, heads * tokens, size),
            keys,
            values,
            self._own.bias(tokens, heads),
            scale,
        )
        found = found.reshape(rows, groups, heads, tokens, size)
        logs = logs.reshape(rows, groups, heads, tokens)
        if self._ancestors:
            parts = [(found, logs), *(above.attend(layer, asked, scale) for above in self._ancestors)]
            weights = torch.stack([part[1] for part in parts]).softmax(dim=0)[..., None]
            found = sum(weight * part[0] for weight, part in zip(weights, parts, strict=True))
        return found.reshape(rows, all_heads, tokens, size).transpose(1, 2).to(query.dtype)


def partial_attention(query: Any, key: Any, value: Any, bias: Any, scale: float) -> tuple[Any, Any]:
    """Return attention over these keys alone, and the log of each query's sum of exponentials (fp32).

    A query that may see none of the keys gets zeros.
    """
    import torch

    if query.device.type == "cpu":
        # In fp32, whatever the model's type: it is faster here, and the parts are put together exactly.
        flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
        found, logs = flash(
            query.float(), key.float(), value.float(), 0.0, False, attn_mask=bias, scale=scale
        )
        return found, logs
    scores = (query @ key.transpose(-1, -2)).float() * scale
    if bias is not None:
        scores = scores + bias
    logs = scores.logsumexp(dim=-1)
    weights = (scores - logs[..., None]).exp().nan_to_num(0.0)
    return (weights.to(value.dtype) @ value), logs.nan_to_num(neginf=0.0)


def register() -> None:
    """Make the attention known to transformers; twice is harmless."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, _forward)


def _forward(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    scaling: float | None = None,
    **more: Any,
) -> tuple[Any, None]:
    attending = getattr(_active, "pass_", None)
    if attending is None:  # somebody else uses the model, without any tree
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        found: tuple[Any, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **more
        )
        return found
    unknown = [
        name for name in ("sliding_window", "softcap", "s_aux", "position_bias") if more.get(name) is not None
    ]
    if unknown or attention_mask is not None:
        raise NotImplementedError(f"attention with {', '.join(unknown) or 'a mask'}")
    scale = scaling if scaling is not None else query.shape[-1] ** -0.5
    return attending.attend(module.layer_idx, query, key, value, scale).contiguous(), None


def _room_for(first: Any) -> Any:
    nodes, heads, tokens, size = first.shape
    return first.new_empty(nodes, heads, tokens, size)


def _grown(stored: Any, needed: int) -> Any:
    nodes, heads, tokens, size = stored.shape
    larger = stored.new_empty(nodes, heads, max(needed, tokens + max(_GROWTH, tokens // 4)), size)
    larger[:, :, :tokens] = stored
    return larger


def _longer(padding: Any, tokens: int) -> Any:
    import torch

    return torch.cat([padding, padding.new_ones((padding.shape[0], tokens))], dim=1)
