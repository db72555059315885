"""Rows of different lengths, laid one after the other or padded on the left."""

from collections.abc import Sequence
from typing import Any


class Ragged:
    """How to get from one layout to the other.

    Laid one after the other, nothing is computed for filling: that is for all of a model but attention,
    which needs to know where a row begins, and gets the rows padded.
    """

    def __init__(self, lengths: Sequence[int], device: Any) -> None:
        """Prepare the indices.

        Args:
            lengths: Tokens of each row, at least one.
            device: Where the indices are used.
        """
        import torch

        self._rows, self._longest = len(lengths), max(lengths)
        self._lengths = list(lengths)
        self._starts = [sum(lengths[:row]) for row in range(len(lengths))]
        taken: list[int] = []
        kept: list[int] = []
        for row, (start, length) in enumerate(zip(self._starts, lengths, strict=True)):
            gap = self._longest - length
            taken += [start] * gap + list(range(start, start + length))
            kept += range(row * self._longest + gap, (row + 1) * self._longest)
        self._taken = torch.tensor(taken, device=device)
        self._kept = torch.tensor(kept, device=device)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each row begins and ends when they are laid one after the other."""
        return [(start, start + length) for start, length in zip(self._starts, self._lengths, strict=True)]

    def padded(self, laid: Any) -> Any:
        """Return 1 x ... x all tokens x size as rows x ... x longest x size; filling repeats a token."""
        spread = laid[0].index_select(-2, self._taken).unflatten(-2, (self._rows, self._longest))
        return spread.movedim(-3, 0)

    def laid(self, padded: Any) -> Any:
        """Return rows x ... x longest x size as 1 x ... x all tokens x size."""
        return padded.movedim(0, -3).flatten(-3, -2).index_select(-2, self._kept)[None]

    def last(self, keep: int) -> list[int]:
        """Return where the last `keep` tokens of each row are; the first one of a shorter row repeats."""
        return [max(start, end - back) for start, end in self.spans for back in range(keep, 0, -1)]
