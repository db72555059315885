"""The verdicts of one run as a table: items x epochs, right or not."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core_bench.errors import CoreBenchError
from core_bench.items import Item
from core_bench.records import Verdict, VerdictKind
from core_bench.statistics.clusters import Vector

Group = TypeVar("Group", bound=Hashable)
Table = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What became of every item in every epoch.

    Attributes:
        items: The items, in the order of the rows.
        epochs: The epochs, in the order of the columns: repeated measures of the same item.
        kinds: Verdicts; one row an item, one column an epoch.
    """

    items: tuple[Item, ...]
    epochs: tuple[int, ...]
    kinds: tuple[tuple[VerdictKind, ...], ...]

    @cached_property
    def right(self) -> Table:
        """Whether the verdict is `correct`; items x epochs. Whatever is not `correct` is not right."""
        table = [[kind is VerdictKind.CORRECT for kind in row] for row in self.kinds]
        return np.array(table, dtype=np.bool_).reshape(len(self.items), len(self.epochs))

    @cached_property
    def share(self) -> Vector:
        """Share of epochs in which an item is right."""
        shares: Vector = self.right.mean(axis=1, dtype=np.float64)
        return shares

    @property
    def counts(self) -> dict[str, int]:
        """Number of replies with each verdict."""
        found = Counter(kind for row in self.kinds for kind in row)
        return {kind.value: found[kind] for kind in VerdictKind}

    def all_right(self, rows: Sequence[int]) -> Table:
        """Return for each epoch whether all of these rows are right."""
        whole: Table = np.logical_and.reduce(self.right[list(rows)], axis=0)
        return whole

    def rows(self, group: Callable[[Item], Group | None]) -> dict[Group, list[int]]:
        """Return group -> its row numbers; items whose group is None are in none."""
        found: dict[Group, list[int]] = defaultdict(list)
        for row, item in enumerate(self.items):
            key = group(item)
            if key is not None:
                found[key].append(row)
        return found


def outcomes(items: Sequence[Item], verdicts: Iterable[Verdict]) -> Outcomes:
    """Arrange verdicts; each item must have exactly one in every epoch that any item has.

    Raises:
        CoreBenchError: a verdict is missing; a rate over what happens to be there would be wrong.
    """
    table: dict[tuple[str, int], VerdictKind] = {
        (verdict.item, verdict.epoch): verdict.verdict for verdict in verdicts
    }
    epochs = tuple(sorted({epoch for _, epoch in table})) or (0,)
    return Outcomes(tuple(items), epochs, tuple(_row(item, epochs, table) for item in items))


def _row(
    item: Item, epochs: tuple[int, ...], table: Mapping[tuple[str, int], VerdictKind]
) -> tuple[VerdictKind, ...]:
    try:
        return tuple(table[item.id, epoch] for epoch in epochs)
    except KeyError as missing:
        raise CoreBenchError(
            f"{item.id} has no verdict in epoch {missing.args[0][1]}, other items have one",
            "Run the command that began the run once more: it goes on where it stopped.",
        ) from None
