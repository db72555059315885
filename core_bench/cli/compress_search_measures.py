"""What a search knows before it measures plans: sensitivities and mutual information."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compress import Calibration, ModelMap
    from compress.importance.table import ImportanceTable
    from compress.search.plan_model import PlanLoss
    from compress.search.sensitivity import Information, Sensitivity
    from compress.search.space import Space

# Of the text that the search sees: sensitivities are one pass for every width of every part, and on all
# windows that would cost more than the search itself.
_WINDOWS = 2


def measured_sensitivity(
    space: "Space", folder: Path, found: "ModelMap", losses: "PlanLoss", text: "Calibration"
) -> "Sensitivity":
    """Measure what every choice of every knob costs alone: KL divergence on the text of the search."""
    from compress.search.sensitivity import from_tables

    widths = {bit for knob in space.knobs if knob.field.endswith("bits") for bit in knob.choices}
    widths |= {space.base.blocks[b].mlp_bits for knob in space.knobs for b in knob.blocks}
    grid: dict[str, Any] = {
        "bits": sorted(b for b in widths if b < 16),
        "group_size": space.base.blocks[0].group_size,
    }
    few = text.first(_WINDOWS)
    by_bits = _table("kl-bits", folder, found, few, **grid)
    drops = any(knob.field == "dropped" for knob in space.knobs)
    by_block = _table("leave-one-out", folder, found, few) if drops else None
    lowest = space.plan(space.smallest())
    lowest = lowest.model_copy(
        update={"blocks": tuple(b.model_copy(update={"dropped": False}) for b in lowest.blocks)}
    )
    return from_tables(
        space, by_bits, by_block, left_by_rank=lambda block, rank: losses.left_by_rank(lowest, block, rank)
    )


def measured_information(
    space: "Space", folder: Path, found: "ModelMap", text: "Calibration"
) -> "Information":
    """Estimate the mutual information between what every block adds and the prediction, for QPruner."""
    from compress.search.sensitivity import information_of

    return information_of(space, _table("information", folder, found, text))


def _table(
    measure: str, folder: Path, found: "ModelMap", text: "Calibration", **settings: Any
) -> "ImportanceTable":
    """Measure, or take from the cache of `compress importance`: seeds and strategies ask for the same."""
    from compress import measure_importance
    from core_bench.cli.progress import lines
    from core_bench.models.cache import cache_folder

    update = lines(f"sensitivities ({measure})", "steps")
    return measure_importance(measure, folder, found, text, cache_folder() / "importance", update, **settings)
