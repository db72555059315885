"""Makes smaller checkpoints, and weighs them. Imports none of the other packages."""

from compress.checkpoint import Checkpoint, inspect_checkpoint
from compress.errors import CheckpointError

__all__ = ["Checkpoint", "CheckpointError", "inspect_checkpoint"]
