"""Makes smaller checkpoints, weighs them, and proves that what was written is what was meant.

Imports none of the other packages. Plans, maps and bytes need no torch and are here at once; what computes is
imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from compress.checkpoint import Checkpoint, inspect_checkpoint
from compress.errors import CheckpointError, CompressError, PlanError, ResourceError, UnsupportedModelError
from compress.memory import Memory, predict, predict_training
from compress.model_map import ModelMap, read_map
from compress.plan import BlockPlan, Plan, check_plan, differences, read_plan, uniform_plan
from compress.text import Document, read_documents

if TYPE_CHECKING:
    from compress.calibration import Calibration, Passage, calibrate_on, passages
    from compress.carry_out import Compressed, carry_out
    from compress.importance import ImportanceTable, measure_importance
    from compress.likelihood import Likelihood, compare, measure
    from compress.make import Made, make_checkpoint
    from compress.recovery import Recovered, RecoverySettings, recover
    from compress.verify import Verified, verify_folder
    from compress.write import write_checkpoint

_LATER = {
    "Calibration": "calibration", "Passage": "calibration", "calibrate_on": "calibration", "passages":
    "calibration", "Compressed": "carry_out", "carry_out": "carry_out", "ImportanceTable": "importance",
    "measure_importance": "importance", "Likelihood": "likelihood", "compare": "likelihood", "measure":
    "likelihood", "Made": "make", "make_checkpoint": "make", "Recovered": "recovery", "RecoverySettings":
    "recovery", "recover": "recovery", "Verified": "verify", "verify_folder": "verify", "write_checkpoint":
    "write",
}  # fmt: skip

__all__ = [
    "BlockPlan",
    "Calibration",
    "Checkpoint",
    "CheckpointError",
    "CompressError",
    "Compressed",
    "Document",
    "ImportanceTable",
    "Likelihood",
    "Made",
    "Memory",
    "ModelMap",
    "Passage",
    "Plan",
    "PlanError",
    "Recovered",
    "RecoverySettings",
    "ResourceError",
    "UnsupportedModelError",
    "Verified",
    "calibrate_on",
    "carry_out",
    "check_plan",
    "compare",
    "differences",
    "inspect_checkpoint",
    "make_checkpoint",
    "measure",
    "measure_importance",
    "passages",
    "predict",
    "predict_training",
    "read_documents",
    "read_map",
    "read_plan",
    "recover",
    "uniform_plan",
    "verify_folder",
    "write_checkpoint",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"compress.{_LATER[name]}"), name)
