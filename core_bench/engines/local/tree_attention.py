"""Attention to a tree of shared starts: each shared key is read once for all the rows below it.

Attention over the parts of a sequence can be computed apart and put together by the logarithms of their
sums of exponentials (Juravsky et al., "Hydragen: High-Throughput LLM Inference with Shared Prefixes", 2024;
Dao et al., "FlashAttention", 2022). Nothing is copied a row, and the queries of all rows meet a shared part
in one matrix product.
"""

import threading
from collections.abc import Sequence
from typing import Any

from core_bench.engines.local.level_cache import LevelCache
from core_bench.engines.local.ragged import Ragged

NAME = "core_bench_tree"
"""What the attention is called in transformers' registry."""

_active = threading.local()


class Ancestor:
    """A level above the newest rows, and which of its nodes each row stands under."""

    def __init__(self, cache: LevelCache, owners: Sequence[int]) -> None:
        self.cache = cache
        self.owners = list(owners)
        self._arrange()

    def select(self, rows: Sequence[int]) -> None:
        """Keep only these rows, and the nodes that are above one of them."""
        owners = [self.owners[row] for row in rows]
        nodes = sorted(set(owners))
        if len(nodes) < self.cache.nodes:
            self.cache.select(nodes)
        numbers = {node: number for number, node in enumerate(nodes)}
        self.owners = [numbers[owner] for owner in owners]
        self._arrange()

    def part(self, first: int, end: int) -> "Ancestor":
        """Return what is above the rows from `first` to before `end`."""
        owners = self.owners[first:end]
        nodes = sorted(set(owners))
        cache = self.cache if len(nodes) == self.cache.nodes else self.cache.part(nodes)
        return Ancestor(cache, [nodes.index(owner) for owner in owners])

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
        rows, groups, heads, tokens, size = query.shape
        nodes = cache.nodes
        most = rows if nodes == 1 else self._most  # the rows may be laid out as one
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

    def __init__(
        self, own: LevelCache, ancestors: Sequence[Ancestor], ragged: Ragged | None = None, first: int = 0
    ) -> None:
        """Prepare a pass.

        Args:
            own: The level of the newest tokens.
            ancestors: All above it.
            ragged: How the newest tokens are laid one after the other as one row; None if they are in rows.
            first: The node of `own` that the first row is.
        """
        self._first = first
        self._own = own
        self._ancestors = ancestors
        self._ragged = ragged

    def __enter__(self) -> "Attending":
        _active.pass_ = self
        return self

    def __exit__(self, *_: object) -> None:
        _active.pass_ = None

    def attend(self, layer: int, query: Any, key: Any, value: Any, scale: float) -> Any:
        """Return what the queries (rows x heads x tokens x size) find, as rows x tokens x heads x size."""
        import torch

        asked = query.unflatten(1, (key.shape[1], -1))
        parts = [self._attend_own(layer, asked, key, value, scale)]
        parts += [self._attend_above(above, layer, asked, scale) for above in self._ancestors]
        found = parts[0][0]
        if self._ancestors:
            weights = torch.stack([part[1] for part in parts]).softmax(dim=0)[..., None]
            found = sum(weight * part[0] for weight, part in zip(weights, parts, strict=True))
        return found.reshape(query.shape).transpose(1, 2).to(query.dtype)

    def _attend_own(self, layer: int, asked: Any, key: Any, value: Any, scale: float) -> tuple[Any, Any]:
        ragged = self._ragged
        if asked.shape[3] > 1 and asked.device.type == "cpu":
            spans = [(0, asked.shape[3])] if ragged is None else ragged.spans
            told = _causal(asked.flatten(1, 2), key, value, spans, scale)
            if ragged is not None:
                key, value = ragged.padded(key), ragged.padded(value)
            self._own.store(layer, key, value, self._first)
            return told[0].reshape(asked.shape), told[1].reshape(asked.shape[:-1])
        if ragged is not None:
            asked, key, value = ragged.padded(asked), ragged.padded(key), ragged.padded(value)
        self._own.store(layer, key, value)
        rows, groups, heads, tokens, size = asked.shape
        keys, values = self._own.read(layer, self._own.length + tokens)
        query = asked.reshape(rows, groups, heads * tokens, size)
        found, logs = partial_attention(query, keys, values, self._own.bias(tokens, heads), scale)
        found, logs = found.reshape(asked.shape), logs.reshape(rows, groups, heads, tokens)
        return (found, logs) if ragged is None else _laid(ragged, found, logs)

    def _attend_above(self, above: Ancestor, layer: int, asked: Any, scale: float) -> tuple[Any, Any]:
        if self._ragged is None or above.cache.nodes == 1:
            return above.attend(layer, asked, scale)
        return _laid(self._ragged, *above.attend(layer, self._ragged.padded(asked), scale))


def _laid(ragged: Ragged, found: Any, logs: Any) -> tuple[Any, Any]:
    return ragged.laid(found), ragged.laid(logs[..., None])[..., 0]


def _causal(
    query: Any, key: Any, value: Any, spans: Sequence[tuple[int, int]], scale: float
) -> tuple[Any, Any]:
    """Return what each token finds in its own row up to itself, row by row: nothing later is computed."""
    import torch

    flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    groups = query.shape[1] // key.shape[1]
    query = query.float()
    key, value = (each.float().repeat_interleave(groups, dim=1) for each in (key, value))
    rows = [
        flash(
            *(each[:, :, start:end] for each in (query, key, value)), 0.0, True, attn_mask=None, scale=scale
        )
        for start, end in spans
    ]
    found, logs = zip(*rows, strict=True)
    return torch.cat(found, dim=2), torch.cat(logs, dim=2)


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


def share(model: Any) -> None:
    """Let a model compute with this attention, in whose passes starts are shared; twice is harmless."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, _forward)
    model.set_attn_implementation(NAME)


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
