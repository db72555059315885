"""Makes smaller checkpoints, and weighs them. Imports none of the other packages."""

from compress.checkpoint import Checkpoint, CheckpointError, inspect_checkpoint

__all__ = ["Checkpoint", "CheckpointError", "inspect_checkpoint"]
