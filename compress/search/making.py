"""Building the space of a model from what may vary."""

from compress.errors import PlanError
from compress.model_map import ModelMap
from compress.plan import VLLM_BITS, Plan, check_plan
from compress.search.space import Knob, Space, SpaceOptions


def make_space(model: ModelMap, base: Plan, options: SpaceOptions) -> Space:
    """Build the space of a model.

    Args:
        model: the map of the base.
        base: what is not searched: target, quantiser, group size, compensation.
        options: what is.

    Raises:
        PlanError: nothing is left to choose, a block or value does not exist, or what is asked for cannot be
            stored (ranks without a compensation, widths per block without code of their own).
    """
    blocks = tuple(range(model.blocks)) if options.blocks is None else tuple(sorted(set(options.blocks)))
    if not blocks or blocks[0] < 0 or blocks[-1] >= model.blocks:
        raise PlanError(f"there are {model.blocks} blocks, numbered from 0; asked for: {options.blocks}")
    widths = tuple(sorted(set(options.widths)))
    ranks = tuple(sorted(set(options.ranks)))
    if max(ranks, default=0) and base.compensation == "none":
        raise PlanError("ranks need a compensation, or no adapter is stored", "Choose svd or eora.")
    if not set(options.droppable) <= set(blocks) or len(options.droppable) >= model.blocks:
        raise PlanError("only searched blocks can be dropped, and at least one has to stay")
    bits = _bits(options.bits, base)
    knobs = []
    if widths and not base.custom_code:
        knobs.append(Knob("ffn_width", "ffn_width", tuple(range(model.blocks)), widths))
    for block in blocks:
        fields: dict[str, tuple[int, ...]] = {"dropped": (1, 0)} if block in options.droppable else {}
        fields |= {"bits": bits} if options.tied else {"attention_bits": bits, "mlp_bits": bits}
        fields |= {"rank": ranks}
        if widths and base.custom_code:
            fields["ffn_width"] = widths
        knobs += [Knob(f"{block}.{name}", name, (block,), choices) for name, choices in fields.items()]
    single = {knob.field: knob.choices[0] for knob in knobs if len(knob.choices) == 1 and knob.choices}
    fixed = single | (
        {"attention_bits": single["bits"], "mlp_bits": single["bits"]} if "bits" in single else {}
    )
    fixed.pop("bits", None)
    changed = tuple(
        block.model_copy(update=fixed) if index in blocks else block
        for index, block in enumerate(base.blocks)
    )
    space = Space(
        model, base.model_copy(update={"blocks": changed}), tuple(k for k in knobs if len(k.choices) > 1)
    )
    if not space.knobs:
        raise PlanError("there is nothing to search: every part has one choice only")
    for code in (space.smallest(), space.largest()):
        check_plan(space.plan(code), model)
    return space


def _bits(bits: tuple[int, ...], base: Plan) -> tuple[int, ...]:
    known = {2, 3, 4, 8, 16}
    if not bits or not set(bits) <= known:
        raise PlanError(f"{bits}: bits are among 2, 3, 4, 8 and 16")
    allowed = tuple(sorted(b for b in set(bits) if base.target != "vllm" or b in VLLM_BITS))
    if not allowed:
        raise PlanError(f"none of the bits {bits} runs in vLLM everywhere", f"Choose from {VLLM_BITS}.")
    return allowed
