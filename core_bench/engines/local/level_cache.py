"""Keys and values of one level of the prompts' tree."""

from collections.abc import Sequence
from typing import Any

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

    def store(self, layer: int, key: Any, value: Any, first: int = 0) -> None:
        """Add the keys and values of the newest tokens (some nodes x heads x tokens x size).

        Args:
            layer: Of the model.
            key: Of the nodes from `first` on; what is missing on the left is filling.
            value: The same.
            first: A node.
        """
        end = int(self._padding.shape[1])
        if layer == len(self._keys):
            self._keys.append(_room_for(key, self.nodes, end))
            self._values.append(_room_for(value, self.nodes, end))
        if end > self._keys[layer].shape[2]:
            self._keys[layer] = _grown(self._keys[layer], end)
            self._values[layer] = _grown(self._values[layer], end)
        nodes, _, tokens, _ = key.shape
        self._keys[layer][first : first + nodes, :, end - tokens : end] = key
        self._values[layer][first : first + nodes, :, end - tokens : end] = value

    def part(self, nodes: Sequence[int]) -> "LevelCache":
        """Return these nodes alone, to be read only; nothing is copied where they stand side by side."""
        import torch

        first, last = nodes[0], nodes[-1]
        together = list(nodes) == list(range(first, last + 1))
        chosen: Any = slice(first, last + 1) if together else torch.tensor(nodes, device=self._padding.device)
        some = LevelCache(self._padding[chosen])
        some.length = self.length
        some._keys = [key[chosen] for key in self._keys]
        some._values = [value[chosen] for value in self._values]
        return some

    def computed(self) -> None:
        """All layers have stored the newest tokens."""
        self.length = int(self._padding.shape[1])
        self._biases.clear()

    def pad_on(self, tokens: int) -> None:
        """So many more tokens follow in every node; none of them is filling."""
        self._padding = _longer(self._padding, tokens)
        self._biases.clear()

    def select(self, nodes: Sequence[int]) -> None:
        """Keep only these nodes, in this order.

        Only those that change their place are moved, so none may go behind its place: `nodes[i] >= i`.
        """
        for stored in (*self._keys, *self._values, self._padding):
            for place, node in enumerate(nodes):
                if node != place:
                    stored[place] = stored[node]
        self.nodes = len(nodes)
        self._padding = self._padding[: self.nodes]
        self._keys = [key[: self.nodes] for key in self._keys]
        self._values = [value[: self.nodes] for value in self._values]
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


def _room_for(first: Any, nodes: int, tokens: int) -> Any:
    import torch

    # On a CPU attention is computed in fp32: what is stored so need not be converted at every token.
    dtype = torch.float32 if first.device.type == "cpu" else first.dtype
    # Zeros, as filling is read, if only to be multiplied by 0.
    return first.new_zeros((nodes, first.shape[1], tokens, first.shape[3]), dtype=dtype)


def _grown(stored: Any, needed: int) -> Any:
    nodes, heads, tokens, size = stored.shape
    larger = stored.new_empty(nodes, heads, max(needed, tokens + max(_GROWTH, tokens // 4)), size)
    larger[:, :, :tokens] = stored
    return larger


def _longer(padding: Any, tokens: int) -> Any:
    import torch

    return torch.cat([padding, padding.new_ones((padding.shape[0], tokens))], dim=1)
