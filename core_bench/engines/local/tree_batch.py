"""Several sequences in one forward pass, what they share computed and stored once."""

import inspect
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from core_bench.engines.local.checkpoint import Checkpoint
from core_bench.engines.local.level_cache import LevelCache
from core_bench.engines.local.prefix_tree import Level, plan_levels
from core_bench.engines.local.ragged import Ragged
from core_bench.engines.local.tree_attention import Ancestor, Attending, share

_AT_ONCE = 512
"""Tokens of prompts that a CPU computes at a time: what lies between two layers then stays in its caches."""


class TreeBatch:
    """The state of a batch between two tokens, with the interface of `PaddedBatch`.

    The levels of the prompts' tree are computed one after the other; the rows of a level are laid one after
    the other, so that nothing is computed for filling. Positions count from each prompt's beginning: a
    sequence is computed as if it were alone, up to rounding.
    """

    can_drop = True

    def __init__(
        self,
        checkpoint: Checkpoint,
        prompts: Sequence[Sequence[int]],
        families: Sequence[Hashable],
        own: Sequence[int] | None = None,
    ) -> None:
        self._model = checkpoint.model
        self._accepts = frozenset(inspect.signature(checkpoint.model.forward).parameters)
        self._device = checkpoint.device
        levels = plan_levels(prompts, families, own or [1] * len(prompts))
        self.computed = 0
        self._ancestors: list[Ancestor] = []
        self._own: LevelCache
        self._pieces: list[_Piece] = []
        self._newest: Any = None  # the position of each row's newest token
        ends = [0]
        for number, level in enumerate(levels):
            starts = [ends[parent] for parent in level.parents]
            ends = [start + len(row) for start, row in zip(starts, level.rows, strict=True)]
            if number + 1 == len(levels):
                self._enter(level, starts)
                continue
            if number == 0 and len(level.rows) == 1:
                self._own = checkpoint.starts.find(level.rows[0], lambda: self._computed(levels[0], [0]))
            else:
                self._own = self._computed(level, starts)
            self._descend(levels[number + 1])

    def logits(self, keep: int = 1) -> Any:
        """Compute the newest tokens; return the scores after the last `keep` (rows x keep x vocabulary)."""
        return self._forward(keep)

    def append(self, tokens: Sequence[int]) -> None:
        """Add one token to each sequence."""
        import torch

        self._own.pad_on(1)
        self._newest = self._newest + 1
        newest = torch.tensor(tokens, device=self._device)[:, None]
        self._pieces = [_Piece(0, newest, self._newest, None, self._ancestors)]

    def keep(self, rows: Sequence[int]) -> None:
        """Drop all sequences but `rows`, which none may be behind its place (`holes_filled`)."""
        import torch

        self._own.select(rows)
        self._newest = self._newest[torch.tensor(rows, device=self._device)]
        for ancestor in self._ancestors:
            ancestor.select(rows)

    def _enter(self, level: Level, starts: Sequence[int]) -> None:
        """Make `level` the one that is computed next."""
        import torch

        lengths = list(map(len, level.rows))
        longest = max(lengths)
        filling = [[0] * (longest - length) + [1] * length for length in lengths]
        self._own = LevelCache(torch.tensor(filling, device=self._device))
        places = [range(start, start + length) for start, length in zip(starts, lengths, strict=True)]
        self._newest = torch.tensor([[own[-1]] for own in places], device=self._device)
        self.computed += sum(lengths)
        most = _AT_ONCE if self._device == "cpu" else sum(lengths)
        self._pieces = [
            self._piece(first, level.rows[first:end], places[first:end], alone=end - first == len(lengths))
            for first, end in cut_rows(lengths, most)
        ]

    def _piece(
        self, first: int, rows: Sequence[Sequence[int]], places: Sequence[range], *, alone: bool
    ) -> "_Piece":
        import torch

        lengths = list(map(len, rows))
        ragged = None if min(lengths) == max(lengths) else Ragged(lengths, self._device)
        shape = (len(lengths), max(lengths)) if ragged is None else (1, sum(lengths))
        tokens = torch.tensor(list(chain(*rows)), device=self._device).reshape(shape)
        positions = torch.tensor(list(chain(*places)), device=self._device).reshape(shape)
        end = first + len(rows)
        above = self._ancestors if alone else [each.part(first, end) for each in self._ancestors]
        return _Piece(first, tokens, positions, ragged, above)

    def _computed(self, level: Level, starts: Sequence[int]) -> LevelCache:
        """Return keys and values of a level that stands above others."""
        self._enter(level, starts)
        self._forward(1)
        return self._own

    def _descend(self, below: Level) -> None:
        """Put the current level above the nodes of the one below."""
        for ancestor in self._ancestors:
            ancestor.owners = [ancestor.owners[parent] for parent in below.parents]
        self._ancestors = [Ancestor(above.cache, above.owners) for above in self._ancestors]
        self._ancestors.append(Ancestor(self._own, below.parents))

    def _forward(self, keep: int) -> Any:
        import torch

        found = [self._compute(piece, keep) for piece in self._pieces]
        self._own.computed()
        return found[0] if len(found) == 1 else torch.cat(found)

    def _compute(self, piece: "_Piece", keep: int) -> Any:
        import torch

        ragged = piece.ragged
        last: Any = keep if ragged is None else torch.tensor(ragged.last(keep), device=self._device)
        wanted = {"position_ids": piece.positions, "logits_to_keep": last}
        optional = {name: value for name, value in wanted.items() if name in self._accepts}
        with Attending(self._own, piece.ancestors, ragged, piece.first):
            out = self._model(input_ids=piece.tokens, use_cache=False, **optional)
        if ragged is None:
            return out.logits[:, -keep:]
        logits = out.logits[0] if "logits_to_keep" in optional else out.logits[0, last]
        return logits.unflatten(0, (-1, keep))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some rows of the newest level, computed together: the rows from `first` on."""

    first: int
    tokens: Any
    positions: Any
    ragged: Ragged | None
    ancestors: Sequence[Ancestor]


def cut_rows(lengths: Sequence[int], most: int) -> list[tuple[int, int]]:
    """Cut rows into pieces of at most so many tokens, or of one longer row; return their begins and ends."""
    pieces: list[tuple[int, int]] = []
    first = tokens = 0
    for row, length in enumerate(lengths):
        if row > first and tokens + length > most:
            pieces.append((first, row))
            first, tokens = row, 0
        tokens += length
    return [*pieces, (first, len(lengths))]


def can_share(checkpoint: Checkpoint) -> bool:
    """Try whether this model computes the same with the tree's attention, and leave it set if so.

    It does for models whose layers attend to all there is with plain scaled scores. Others (windows,
    soft caps, recurrence, positions inside the attention) raise or give other scores here: they keep theirs.
    """
    import torch

    model = checkpoint.model
    before = checkpoint.attention
    spread = max(2, model.config.get_text_config().vocab_size // 97)
    start = [(7 + step * spread) % (97 * spread) for step in range(24)]
    prompts = [[*start, 11, 12 + spread, 13], [*start, 11 + 2 * spread], [*start[:20], 5, 6, 7, 8, 9]]
    threads = torch.get_num_threads()
    # Threads that wait for each other cost more than they bring here, above all on a busy machine.
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            expected = [_last(checkpoint, prompt) for prompt in prompts]
            share(model)
            got = TreeBatch(checkpoint, prompts, ["a", "a", "b"]).logits()[:, -1]
            tolerance = 1e-3 if model.dtype == torch.float32 else 0.15
            far = [
                float((mine - theirs).std() / theirs.std())
                for mine, theirs in zip(got, expected, strict=True)
            ]
            if max(far) < tolerance:
                return True
    except Exception:  # whatever it is, this model is not one for it
        pass
    finally:
        torch.set_num_threads(threads)
    model.set_attn_implementation(before)
    return False


def _last(checkpoint: Checkpoint, prompt: Sequence[int]) -> Any:
    import torch

    tokens = torch.tensor([list(prompt)], device=checkpoint.device)
    return checkpoint.model(input_ids=tokens, use_cache=False).logits[0, -1].float()
