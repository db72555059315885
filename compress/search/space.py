"""The plans that a search may choose from.

A space is a base plan and a list of knobs. A knob sets one field of one block, or of several blocks that have
to agree (fused groups, the one FFN width of a stock config), to one of a few choices, ordered from the
cheapest to the dearest. A point is its *code*: one index per knob. That is the encoding for evolutionary
methods (ordinal, so that the neighbours of a point are one step away), and, divided by the largest index, for
Gaussian processes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from math import prod

import numpy as np
from pydantic import BaseModel, ConfigDict

from compress.errors import PlanError
from compress.memory import predict, predict_adapter, predict_tensors
from compress.model_map import ModelMap
from compress.plan import BlockPlan, Plan

Code = tuple[int, ...]
# Of a tensor's entry in the header, at most so many digits change from plan to plan.
_DIGITS = 8
# Weight, scales, zero points and shape of seven layers, both halves of their adapters, norms and biases.
_MOST_TENSORS = 7 * 6 + 12
# Attention at 16 bits or not, MLP at 16 bits or not, an adapter or none; or dropped.
_KINDS = 9


class SpaceOptions(BaseModel):
    """What a search may vary.

    Attributes:
        blocks: the blocks that are searched; None takes all. The others stay as in the base plan.
        bits: stored widths to choose from.
        tied: attention and MLP of a block share one width (AutoMixQ); otherwise each has its own.
        ranks: ranks of the compensating adapter; one rank is no knob.
        widths: FFN widths, the same for every block unless the plan allows code of its own; empty keeps all.
        droppable: blocks that may be left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    blocks: tuple[int, ...] | None = None
    bits: tuple[int, ...] = (2, 3, 4, 8)
    tied: bool = False
    ranks: tuple[int, ...] = (0,)
    widths: tuple[int, ...] = ()
    droppable: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Knob:
    """One decision.

    Attributes:
        name: such as `3.mlp_bits`; `ffn_width` where all blocks share it.
        field: the field of `BlockPlan` that it sets; `bits` sets both widths.
        blocks: the blocks that it sets it in.
        choices: values from the cheapest to the dearest.
    """

    name: str
    field: str
    blocks: tuple[int, ...]
    choices: tuple[int, ...]


@dataclass(slots=True)
class Space:
    """All plans of a search over one model.

    Attributes:
        model: the map of the base.
        base: the plan that knobs change.
        knobs: the decisions, in the order of a code.
    """

    model: ModelMap
    base: Plan
    knobs: tuple[Knob, ...]
    _totals: dict[Code, int] = field(default_factory=dict, repr=False)
    _blocks: dict[tuple[int, Code], int] = field(default_factory=dict, repr=False)
    _by_block: dict[int, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _chosen: dict[tuple[int, Code], BlockPlan] = field(default_factory=dict, repr=False)
    _known: dict[tuple[int, Code], tuple[int, int]] = field(default_factory=dict, repr=False)
    _headers: dict[tuple[int, ...], int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for number, knob in enumerate(self.knobs):
            for block in knob.blocks:
                self._by_block[block] = (*self._by_block.get(block, ()), number)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of choices of every knob."""
        return tuple(len(knob.choices) for knob in self.knobs)

    @property
    def count(self) -> int:
        """Number of codes."""
        return prod(self.sizes)

    def smallest(self) -> Code:
        """Return the code with the cheapest choice everywhere."""
        return (0,) * len(self.knobs)

    def largest(self) -> Code:
        """Return the code with the dearest choice everywhere."""
        return tuple(size - 1 for size in self.sizes)

    def plan(self, code: Code) -> Plan:
        """Return the plan of a code; codes that differ only inside dropped blocks have the same plan."""
        blocks = list(self.base.blocks)
        for block in self._by_block:
            blocks[block] = self.block(code, block)
        return self.base.model_copy(update={"blocks": tuple(blocks)})

    def block(self, code: Code, block: int) -> BlockPlan:
        """Return what a code says of one block."""
        key = (block, tuple(code[number] for number in self._by_block.get(block, ())))
        if key not in self._chosen:
            self._chosen[key] = self._choose(code, block)
        return self._chosen[key]

    def _choose(self, code: Code, block: int) -> BlockPlan:
        values: dict[str, int] = {}
        for number in self._by_block.get(block, ()):
            knob = self.knobs[number]
            values[knob.field] = knob.choices[code[number]]
        if "dropped" in values and values.pop("dropped"):
            return BlockPlan(dropped=True)
        if values.get("ffn_width") == self.model.ffn:
            values.pop("ffn_width")
        both = values.pop("bits", None)
        if both is not None:
            values |= {"attention_bits": both, "mlp_bits": both}
        return self.base.blocks[block].model_copy(update=values)

    def canonical(self, code: Code) -> Code:
        """Return the smallest code with the same plan: what a dropped block would have had says nothing."""
        found = list(code)
        for number, knob in enumerate(self.knobs):
            if knob.field == "dropped" and knob.choices[code[number]]:
                for other in self._by_block[knob.blocks[0]]:
                    if len(self.knobs[other].blocks) == 1:
                        found[other] = 0
        return tuple(found)

    def code(self, plan: Plan) -> Code:
        """Return the code of a plan.

        Raises:
            PlanError: the plan is not in this space.
        """
        found = []
        for knob in self.knobs:
            block = plan.blocks[knob.blocks[0]]
            value = getattr(block, "mlp_bits" if knob.field == "bits" else knob.field)
            value = self.model.ffn if value is None else value
            if block.dropped and knob.field != "dropped" and len(knob.blocks) == 1:
                value = knob.choices[0]
            if value not in knob.choices:
                raise PlanError(f"{knob.name} = {value} is not among the choices {knob.choices}")
            found.append(knob.choices.index(value))
        if self.plan(tuple(found)) != plan:
            raise PlanError("the plan differs from this space in what is not searched")
        return tuple(found)

    def neighbours(self, code: Code) -> Iterator[Code]:
        """Yield every code that is one step of one knob away (QR-Adaptor's atomic moves)."""
        for number, size in enumerate(self.sizes):
            for step in (-1, 1):
                if 0 <= code[number] + step < size:
                    yield moved(code, number, step)

    def features(self, code: Code) -> np.ndarray:
        """Return the code as coordinates in [0, 1], float64 [knobs]."""
        place: np.ndarray = np.array(code, float) / np.maximum(np.array(self.sizes) - 1, 1)
        return place

    def random(self, draw: np.random.Generator) -> Code:
        """Draw every knob uniformly."""
        return tuple(int(draw.integers(size)) for size in self.sizes)

    def total_bytes(self, code: Code) -> int:
        """Return the exact bytes on disk, adapter included."""
        code = self.canonical(code)
        if code not in self._totals:
            self._totals[code] = predict(self.plan(code), self.model).total
        return self._totals[code]

    def fits(self, code: Code, budget: int) -> bool:
        """Whether the files of a plan take at most `budget` bytes.

        Exact, and mostly without counting the header of the file: headers of plans with equally many tensors
        differ by a few digits a tensor at most, so that only plans that near the budget are counted in full.
        """
        facts = [self._facts(code, block) for block in self._by_block]
        data = sum(size for size, _ in facts)
        if data > budget:
            return False
        kinds = [kind for _, kind in facts]
        key = tuple(kinds.count(kind) for kind in range(_KINDS))
        if key not in self._headers:
            self._headers[key] = self.total_bytes(code) - data
        apart = budget - data - self._headers[key]
        if abs(apart) > _DIGITS * _MOST_TENSORS * self.model.blocks:
            return apart >= 0
        return self.total_bytes(code) <= budget

    def fitting(self, budget: int) -> list[Code]:
        """Return every plan that fits, once: for spaces that are small enough to be listed."""
        codes = product(*map(range, self.sizes))
        return list(dict.fromkeys(self.canonical(code) for code in codes if self.fits(code, budget)))

    def _facts(self, code: Code, block: int) -> tuple[int, int]:
        """Return the bytes of a block, and its kind: blocks of one kind store equally many tensors."""
        key = (block, tuple([code[number] for number in self._by_block[block]]))
        if key not in self._known:
            chosen = self.block(code, block)
            parts = (chosen.attention_bits == 16, chosen.mlp_bits == 16, chosen.rank > 0)
            kind = _KINDS - 1 if chosen.dropped else sum(part << n for n, part in enumerate(parts))
            self._known[key] = (self.block_bytes(code, block), kind)
        return self._known[key]

    def block_bytes(self, code: Code, block: int) -> int:
        """Return the bytes of the tensors of one block, its adapter included; no header."""
        key = (block, tuple(code[number] for number in self._by_block[block]))
        if key not in self._blocks:
            chosen = self.block(code, block)
            self._blocks[key] = 0 if chosen.dropped else self._weigh(block, chosen)
        return self._blocks[key]

    def beside(self, number: int) -> tuple[int, ...]:
        """Return the knobs that share a block with this one, itself included."""
        return tuple(dict.fromkeys(n for block in self.knobs[number].blocks for n in self._by_block[block]))

    def data_bytes(self, code: Code) -> int:
        """Return the bytes of the tensors of all searched blocks; files add headers and what is not searched.

        Cheap, and differs from `total_bytes` by what hardly changes: this is for comparing moves.
        """
        return sum(self.block_bytes(code, block) for block in self._by_block)

    def saved_bytes(self, code: Code, number: int, step: int = -1) -> int:
        """Return the data bytes that a step of one knob saves; negative where it costs some."""
        after = moved(code, number, step)
        return sum(
            self.block_bytes(code, block) - self.block_bytes(after, block)
            for block in self.knobs[number].blocks
        )

    def _weigh(self, block: int, chosen: BlockPlan) -> int:
        gone = BlockPlan(dropped=True)
        alone = tuple(chosen if index == block else gone for index in range(self.model.blocks))
        plan = self.base.model_copy(update={"blocks": alone})
        stored = sum(t.bytes for n, t in predict_tensors(plan, self.model).items() if ".layers." in n)
        adapter = predict_adapter(plan, self.model) if plan.compensation != "none" else {}
        return stored + sum(tensor.bytes for tensor in adapter.values())


def moved(code: Code, number: int, step: int) -> Code:
    """Return a code with one knob moved."""
    return (*code[:number], code[number] + step, *code[number + 1 :])
