"""The one door to all measures: name, model, text in; table out, from the cache where it is known."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compress.calibration import Calibration
from compress.errors import CompressError
from compress.importance import blocks, divergence, information, taylor, weights
from compress.importance.table import ImportanceTable, Row, cache_file, read_table, write_table
from compress.loading import load_base
from compress.model_map import ModelMap

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure.

    Attributes:
        run: (model, map, calibration, settings, progress) -> rows.
        unit: what its values are.
        settings: defaults of what can be set.
        gradients: it needs the model in 32 bits.
    """

    run: Callable[[Any, ModelMap, Calibration, dict[str, Any], Progress], list[Row]]
    unit: str
    settings: dict[str, Any]
    gradients: bool = False


_KL = "KL divergence of the output distribution, nats per token"
_GRID = {"bits": [2, 3, 4, 8], "group_size": 64}
MEASURES: dict[str, Measure] = {
    "taylor": Measure(taylor.first_order, "nats, first order", {}, gradients=True),
    "fisher": Measure(taylor.second_order, "nats, second order by the Fisher diagonal", {}, gradients=True),
    "influence": Measure(blocks.influence, "1 - cosine of a block's input and output", {}),
    "leave-one-out": Measure(blocks.leave_one_out, "nats per token lost without the block", {}),
    "kl-bits": Measure(divergence.of_bits, _KL, _GRID),
    "kl-width": Measure(divergence.of_widths, _KL, {"shares": [0.5, 0.75, 0.875]}),
    "information": Measure(
        information.with_prediction,
        "nats, KSG estimate",
        {"neighbours": 5, "components": 2, "tokens": 1500, "seed": 0}
    ),
    "weighted-error": Measure(weights.weighted_error, "relative squared error of the outputs", _GRID),
    "wanda": Measure(weights.channel_norms, "norm of weight times norm of activation", {}),
}  # fmt: skip


def measure_importance(
    name: str,
    folder: Path,
    model_map: ModelMap,
    calibration: Calibration,
    cache: Path | None = None,
    on_progress: Progress | None = None,
    **settings: Any,
) -> ImportanceTable:
    """Measure the importance of a model's parts, or take the table from the cache.

    Args:
        name: a key of `MEASURES`.
        folder: the model folder.
        model_map: its map.
        calibration: tokens to measure on.
        cache: folder of known tables; None keeps none.
        on_progress: called with (done, all).
        settings: of the measure.

    Raises:
        CompressError: there is no such measure or setting.
    """
    measure = MEASURES.get(name)
    if measure is None:
        raise CompressError(f"there is no measure {name!r}", f"Choose from {', '.join(MEASURES)}.")
    strange = settings.keys() - measure.settings.keys()
    if strange:
        raise CompressError(f"{name} has no setting {sorted(strange)[0]!r}")
    chosen = measure.settings | settings
    path = None if cache is None else cache_file(cache, name, model_map.base, calibration.hash, chosen)
    known = None if path is None else read_table(path)
    if known is not None:
        return known
    import torch

    begun = time.perf_counter()
    model = load_base(folder, model_map, torch.float32 if measure.gradients else None)
    rows = measure.run(model, model_map, calibration, chosen, on_progress or (lambda _done, _all: None))
    table = ImportanceTable(
        measure=name,
        model=model_map.base,
        calibration=calibration.hash,
        settings=chosen,
        unit=measure.unit,
        rows=tuple(rows),
        seconds=time.perf_counter() - begun,
    )
    if path is not None:
        with suppress(OSError):  # a cache that cannot be written must not cost what was measured
            write_table(path, table)
    return table
