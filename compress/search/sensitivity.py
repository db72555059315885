"""What every choice of every knob is expected to cost alone: the cheap guess (fidelity 0) of a search."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compress.errors import CompressError
from compress.importance.table import ImportanceTable
from compress.search.space import Code, Knob, Space


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Expected loss by knob and choice.

    Attributes:
        losses: per knob one value a choice, in the order of the choices; nats per token, 0 for the dearest.
        seconds: wall time of measuring them; who reads them from a cache books it all the same.
    """

    losses: tuple[tuple[float, ...], ...]
    seconds: float = 0.0

    def proxy(self, code: Code) -> float:
        """Return the sum over all knobs: fidelity 0. Right only as far as losses add up."""
        return sum(values[index] for values, index in zip(self.losses, code, strict=True))

    def importance(self) -> tuple[float, ...]:
        """Return, per knob, what its cheapest choice costs."""
        return tuple(values[0] for values in self.losses)


@dataclass(frozen=True, slots=True)
class Information:
    """Mutual information between what a part of the model adds and the model's prediction.

    Attributes:
        values: one a knob, in nats.
        seconds: wall time of measuring them, booked like that of sensitivities.
    """

    values: tuple[float, ...]
    seconds: float = 0.0


def information_of(space: Space, table: ImportanceTable) -> Information:
    """Read the information of every knob from a table of the measure `information`.

    A knob gets the mean over its blocks of what the block's estimate exceeds the one on shuffled pairs by,
    and never less than nothing: attention and MLP of a block share one estimate.
    """
    there, by_chance = table.scalars("block"), table.scalars("shuffled")
    above = {block: max(value - by_chance.get(block, 0.0), 0.0) for block, value in there.items()}
    values = tuple(sum(above[b] for b in knob.blocks) / len(knob.blocks) for knob in space.knobs)
    return Information(values, table.seconds)


def without_prior(space: Space) -> Sensitivity:
    """Return sensitivities that know nothing: every knob costs the same, evenly by step.

    For ablations: whatever a strategy does with importance, it does without any.
    """
    return Sensitivity(
        tuple(tuple((size - 1 - index) / max(size - 1, 1) for index in range(size)) for size in space.sizes)
    )


def check_sensitivity(found: Sensitivity, space: Space) -> None:
    """Check that a sensitivity belongs to a space.

    Raises:
        CompressError: it has other knobs or choices, or a number is not finite.
    """
    if tuple(map(len, found.losses)) != space.sizes:
        raise CompressError("the sensitivities are of another space", "Measure them again.")
    if not all(math.isfinite(value) for values in found.losses for value in values):
        raise CompressError("a sensitivity is not finite", "Measure on other text.")


def from_tables(
    space: Space,
    bits: ImportanceTable,
    blocks: ImportanceTable | None = None,
    widths: ImportanceTable | None = None,
    left_by_rank: Callable[[int, int], float] | None = None,
) -> Sensitivity:
    """Read the sensitivities of a space from measured tables.

    Args:
        space: the space.
        bits: measure `kl-bits`: KL divergence when one part of one block is rounded (QR-Adaptor's first
            stage, which its released code leaves out).
        blocks: measure `leave-one-out`, where blocks can be dropped.
        widths: measure `kl-width`, where widths are searched.
        left_by_rank: (block, rank) -> share of the squared error of the lowest bits that the rank leaves. The
            cost of a low rank is that share of what the lowest bits cost (ours; in nats like the others).

    Raises:
        CompressError: a table that the space needs is missing.
    """
    begun = time.perf_counter()
    by_bits = _bit_costs(bits)
    losses = []
    for knob in space.knobs:
        if knob.field in ("bits", "attention_bits", "mlp_bits"):
            found = [_of_bits(knob, value, by_bits) for value in knob.choices]
        elif knob.field == "rank":
            if left_by_rank is None:
                raise CompressError("ranks are searched, but what they leave is not known")
            lowest = min(option for _, _, option in by_bits)
            cost = sum(by_bits[knob.blocks[0], part, lowest] for part in ("attention", "mlp"))
            found = [cost * left_by_rank(knob.blocks[0], rank) for rank in knob.choices]
        elif knob.field == "dropped":
            if blocks is None:
                raise CompressError("blocks can be dropped, but what that costs is not known")
            found = [max(blocks.scalars("block")[knob.blocks[0]], 0.0) * value for value in knob.choices]
        else:
            if widths is None:
                raise CompressError("widths are searched, but what they cost is not known")
            known = [widths.scalars("ffn", f"{value} wide") for value in knob.choices]
            found = [sum(table.get(block, 0.0) for block in knob.blocks) for table in known]
        losses.append(_falling(found))
    own = time.perf_counter() - begun  # what ranks leave is measured here
    return Sensitivity(tuple(losses), own + sum(t.seconds for t in (bits, blocks, widths) if t is not None))


def _of_bits(knob: Knob, value: int, costs: Mapping[tuple[int, str, int], float]) -> float:
    parts = {"bits": ("attention", "mlp"), "attention_bits": ("attention",), "mlp_bits": ("mlp",)}[knob.field]
    return sum(costs.get((knob.blocks[0], part, value), 0.0) for part in parts)


def _bit_costs(table: ImportanceTable) -> dict[tuple[int, str, int], float]:
    return {
        (row.block, row.part, int(row.option.split()[0])): row.values[0]
        for row in table.rows
        if row.option.endswith(" bits")
    }


def _falling(values: list[float]) -> tuple[float, ...]:
    """Return costs that never rise with the choice, and are 0 for the dearest, whatever the noise says."""
    found, floor = [], values[-1]
    for value in reversed(values):
        floor = max(floor, value)
        found.append(floor - values[-1])
    return tuple(reversed(found))
