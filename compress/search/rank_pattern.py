"""Ranks of a plan as peft wants them (what RankAdaptor hands to the recovery)."""

from typing import Any

from compress.plan import Plan


def rank_pattern(plan: Plan, alpha: float = 2.0) -> dict[str, Any] | None:
    """Return `r`, `lora_alpha`, `rank_pattern` and `alpha_pattern` of a plan; None where it has no ranks.

    Blocks are numbered as in the written checkpoint. `ranks` is the same for `compress recover --ranks`.

    Args:
        plan: the plan.
        alpha: LoRA's alpha divided by the rank.
    """
    ranks = {number: block.rank for number, (_, block) in enumerate(plan.kept())}
    most = max(ranks.values())
    if not most:
        return None
    pattern = {rf"^model\.layers\.{n}\..*": rank for n, rank in ranks.items() if rank not in (0, most)}
    return {
        "r": most,
        "lora_alpha": alpha * most,
        "rank_pattern": pattern,
        "alpha_pattern": {key: alpha * rank for key, rank in pattern.items()},
        "ranks": ",".join(f"{number}:{rank}" for number, rank in ranks.items()),
    }
