"""A checkpoint from a plan, with its proof: what a fresh process does not load gets no name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from compress.calibration import Calibration, Passage
from compress.carry_out import Compressed, carry_out
from compress.errors import CheckpointError
from compress.likelihood import measure
from compress.model_map import ModelMap
from compress.plan import Plan
from compress.verify import Verified, reload_likelihoods
from compress.write import require_room, write_checkpoint

_PROOF_PASSAGES = 4


@dataclass(frozen=True, slots=True)
class Made:
    """A written checkpoint.

    Attributes:
        folder: where it lies.
        plan: the plan with everything decided.
        verified: the loss in memory and after a reload.
    """

    folder: Path
    plan: Plan
    verified: Verified


def make_checkpoint(
    plan: Plan,
    base: Path,
    model_map: ModelMap,
    out: Path,
    proof: Sequence[Passage],
    calibration: Calibration | None = None,
    channel_scores: Mapping[int, torch.Tensor] | None = None,
    facts: Mapping[str, Any] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Made:
    """Compress, write, and load again in a fresh process of stock transformers.

    Args:
        plan: what to do.
        base: the base's folder; only read.
        model_map: its map.
        out: the new folder; disk is checked before anything is made.
        proof: text on which both are measured; its tokens and the loss go into the manifest, so that anybody
            can repeat the proof.
        calibration: tokens to calibrate on.
        channel_scores: importance of FFN channels, see `carry_out`.
        facts: more for the manifest.
        on_progress: called with (blocks done, all).

    Raises:
        CheckpointError: the reload computes something else; nothing is left under `out` then.
        CompressError: see `carry_out` and `write_checkpoint`.
    """
    require_room(plan, model_map, out)
    compressed = carry_out(plan, base, model_map, calibration, channel_scores, on_progress)
    proof = proof[:_PROOF_PASSAGES]
    likelihood = measure(compressed.model, proof)
    found: list[Verified] = []

    def check(draft: Path) -> None:
        dtype = str(compressed.model.dtype).removeprefix("torch.")
        reloaded = reload_likelihoods([draft], proof, dtype=dtype, trust=_brings_code(compressed))[0]
        found.append(Verified(likelihood.nll, reloaded.nll))
        if not found[0].equal:
            raise CheckpointError(
                f"{out}: a fresh process computes {reloaded.nll:.4f} nats, memory {likelihood.nll:.4f}",
                "Nothing was kept. This is a fault of core-bench or of a library it writes with.",
            )

    record = {"nll": likelihood.nll, "tokens": [passage.tokens[0].tolist() for passage in proof]}
    measures = {f"loss on {likelihood.tokens:,} tokens of the proof, nats a token": round(likelihood.nll, 4)}
    known = {**(facts or {}), "measures": measures, "proof": record}
    write_checkpoint(compressed, base, model_map, out, known, check)
    return Made(out, compressed.plan, found[0])


def _brings_code(compressed: Compressed) -> bool:
    return bool(getattr(compressed.model.config, "ffn_widths", None))
