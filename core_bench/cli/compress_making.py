"""From the options of `core-bench compress` to a written checkpoint."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core_bench.errors import CoreBenchError

if TYPE_CHECKING:
    from compress import Calibration, ModelMap, Plan


@contextmanager
def compress_errors() -> Iterator[None]:
    """Turn the errors of `compress` into errors of the command line."""
    from compress import CompressError

    try:
        yield
    except CompressError as error:
        raise CoreBenchError(error.problem, error.remedy) from error


class CalibrationText:
    """The calibration text that was asked for, read when it is needed."""

    def __init__(
        self, folder: Path, spec: str, forms: list[str] | None, windows: int, length: int, seed: int
    ) -> None:
        self._folder, self._spec, self._forms = folder, spec, forms
        self._windows, self._length, self.seed = windows, length, seed

    def calibration(self, windows: int | None = None) -> "Calibration":
        """Return the windows, or the first few of them."""
        from compress import calibrate_on, read_documents
        from compress.loading import load_tokenizer

        documents = read_documents(self._spec, self._forms)
        found = calibrate_on(documents, load_tokenizer(self._folder), self._windows, self._length, self.seed)
        return found if windows is None else found.first(windows)

    def facts(self) -> dict[str, Any]:
        """Return what the manifest says of it."""
        return {"text": self._spec, "windows": self._windows, "length": self._length, "seed": self.seed}


def make(
    plan: "Plan",
    folder: Path,
    found: "ModelMap",
    text: CalibrationText,
    out: Path | None,
    plan_only: bool,
    save_plan: Path | None,
    channels_by: str,
) -> None:
    """Print what a plan costs; then carry it out, write it and prove it."""
    from core_bench.cli.compress_view import prediction_table
    from core_bench.cli.progress import progress
    from core_bench.cli.tables import console
    from core_bench.jsonl import write_text

    console().print(prediction_table(plan, found), markup=False, highlight=False)
    if save_plan is not None:
        write_text(save_plan, plan.to_json())
    if plan_only:
        return
    if out is None:
        raise CoreBenchError("where should it be written?", "Name a folder with --out, or use --plan-only.")
    with compress_errors():
        from compress import make_checkpoint, passages, read_documents
        from compress.carry_out import needs_calibration
        from compress.loading import load_tokenizer
        from compress.write import require_room

        require_room(plan, found, out)
        tokenizer = load_tokenizer(folder)
        proof = passages(read_documents("stdlib:held-out"), tokenizer, 256)
        tokens = text.calibration() if needs_calibration(plan) else None
        scores = _channel_scores(channels_by, folder, found, text) if channels_by != "cost" else None
        with progress("compressing", "blocks") as update:
            made = make_checkpoint(
                plan, folder, found, out, proof, tokens, scores, {"calibration": text.facts()}, update
            )
    print(
        f"{out}: written and loaded again; {made.verified.reloaded:.4f} nats per token in a fresh process, "
        f"{made.verified.in_memory:.4f} in memory"
    )


def _channel_scores(measure: str, folder: Path, found: "ModelMap", text: CalibrationText) -> dict[int, Any]:
    import torch

    from compress import measure_importance

    table = measure_importance(measure, folder, found, text.calibration(16))
    return {block: torch.tensor(values) for block, values in table.vectors("ffn_channels").items()}


def without_blocks(
    plan: "Plan", folder: Path, found: "ModelMap", count: int, text: CalibrationText, plan_only: bool
) -> "Plan":
    """Mark blocks as dropped: the ones whose absence costs least, or, for a prediction, the last ones."""
    if plan_only:
        gone = set(range(found.blocks - count, found.blocks))
    else:
        from compress.loading import load_base
        from compress.operators.depth import greedy_removals
        from core_bench.cli.progress import progress

        with progress("trying blocks", "blocks") as update:
            removals = greedy_removals(load_base(folder, found), text.calibration(8).tokens, count, update)
        gone = {removal.block for removal in removals}
        print(f"dropped blocks, in this order: {', '.join(str(r.block) for r in removals)}", file=sys.stderr)
    return _changed(plan, lambda index: {"dropped": index in gone})


def with_groups(
    plan: "Plan", folder: Path, found: "ModelMap", count: int, text: CalibrationText, plan_only: bool
) -> "Plan":
    """Keep the KV groups with the largest weights and activations, or, for a prediction, the first ones."""
    if not 1 <= count <= found.kv_heads:
        raise CoreBenchError(f"{count} KV groups cannot be kept: there are {found.kv_heads}")
    if plan_only:
        return _changed(plan, lambda _index: {"kv_groups": tuple(range(count))})
    from compress import measure_importance

    scores = measure_importance("wanda", folder, found, text.calibration(16)).vectors("kv_groups")
    best = {
        index: tuple(sorted(sorted(range(len(values)), key=lambda group: -values[group])[:count]))
        for index, values in scores.items()
    }
    return _changed(plan, lambda index: {"kv_groups": best[index]})


def _changed(plan: "Plan", change: Callable[[int], dict[str, Any]]) -> "Plan":
    blocks = tuple(block.model_copy(update=change(index)) for index, block in enumerate(plan.blocks))
    return plan.model_copy(update={"blocks": blocks})
