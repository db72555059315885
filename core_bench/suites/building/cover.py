"""The smallest choice of sets that covers all that any of them covers."""

from collections.abc import Sequence
from dataclasses import dataclass

_MAX_NODES = 20_000
"""Branches looked at before the greedy answer has to do: counted, not timed, so all machines stop alike."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A choice of sets.

    Attributes:
        chosen: indices of the sets, ascending.
        bound: no cover has fewer sets than this.
        exact: none has fewer than this one.
    """

    chosen: tuple[int, ...]
    bound: int

    @property
    def exact(self) -> bool:
        """Whether it is proved that no smaller one exists."""
        return len(self.chosen) == self.bound


def smallest_cover(sets: Sequence[frozenset[str]]) -> Cover:
    """Cover the union of `sets` with as few of them as can be found; earlier ones are preferred.

    What is forced is taken, what is dominated dropped (set cover is one of Karp's problems of 1972; these are
    its usual reductions); the rest is searched by branch and bound, below a greedy answer, and cut off after
    a fixed number of branches.
    """
    masks = _masks(sets)
    universe = 0
    for mask in masks:
        universe |= mask
    forced, left, open_ = _reduced(masks, universe)
    greedy = _greedy(masks, open_, left)
    search = _Search(masks, left, greedy)
    search.run(open_, [])
    bound = len(search.best) if search.nodes <= _MAX_NODES else _independent(masks, open_, left)
    return Cover(tuple(sorted({*forced, *search.best})), len(forced) + bound)


def greedy_order(sets: Sequence[frozenset[str]], chosen: Sequence[int], count: int) -> list[int]:
    """Return up to `count` more sets: what the chosen cover is covered again, and again, greedily."""
    masks = _masks(sets)
    left = [index for index in range(len(sets)) if index not in set(chosen)]
    added: list[int] = []
    missing = 0
    while left and len(added) < count:
        if not any(masks[index] & missing for index in left):
            missing = 0
            for index in left:
                missing |= masks[index]
        best = max(left, key=lambda index: ((masks[index] & missing).bit_count(), -index))
        missing &= ~masks[best]
        left.remove(best)
        added.append(best)
    return added


def _masks(sets: Sequence[frozenset[str]]) -> list[int]:
    numbers = {name: place for place, name in enumerate(sorted(frozenset().union(*sets)))}
    return [sum(1 << numbers[name] for name in members) for members in sets]


def _reduced(masks: Sequence[int], universe: int) -> tuple[list[int], list[int], int]:
    """Return the sets that must be chosen, those that may be, and the elements still open."""
    forced: list[int] = []
    left = list(range(len(masks)))
    while True:
        sole = next(
            (own[0] for bit in _bits(universe) if len(own := [i for i in left if masks[i] & bit]) == 1), None
        )
        if sole is not None:
            forced.append(sole)
            left.remove(sole)
            universe &= ~masks[sole]
        kept = [
            index
            for index in left
            if masks[index] & universe
            and not any(_dominates(other, index, masks, universe) for other in left if other != index)
        ]
        if sole is None and kept == left:
            return forced, left, universe
        left = kept


def _dominates(other: int, index: int, masks: Sequence[int], universe: int) -> bool:
    own, theirs = masks[index] & universe, masks[other] & universe
    return own | theirs == theirs and (own != theirs or other < index)


def _greedy(masks: Sequence[int], open_: int, left: Sequence[int]) -> list[int]:
    chosen: list[int] = []
    while open_:
        best = max(left, key=lambda index: ((masks[index] & open_).bit_count(), -index))
        chosen.append(best)
        open_ &= ~masks[best]
    return chosen


def _independent(masks: Sequence[int], open_: int, left: Sequence[int]) -> int:
    """Count elements of which no set holds two: each needs a set of its own."""
    count = 0
    for bit in sorted(_bits(open_), key=lambda bit: sum(bool(masks[i] & bit) for i in left)):
        if open_ & bit:
            count += 1
            for index in left:
                if masks[index] & bit:
                    open_ &= ~masks[index]
    return count


class _Search:
    def __init__(self, masks: Sequence[int], left: Sequence[int], best: list[int]) -> None:
        self._masks = masks
        self._left = left
        self.best = best
        self.nodes = 0

    def run(self, open_: int, chosen: list[int]) -> None:
        self.nodes += 1
        if self.nodes > _MAX_NODES:
            return
        if not open_:
            if len(chosen) < len(self.best):
                self.best = list(chosen)
            return
        if len(chosen) + _independent(self._masks, open_, self._left) >= len(self.best):
            return
        hardest = min(_bits(open_), key=lambda bit: sum(bool(self._masks[i] & bit) for i in self._left))
        for index in self._left:
            if self._masks[index] & hardest:
                self.run(open_ & ~self._masks[index], [*chosen, index])


def _bits(mask: int) -> list[int]:
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest)
        mask ^= lowest
    return found
