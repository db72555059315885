"""What quantisation lost, put back at low rank.

Plain SVD keeps the largest directions of the weight error. EoRA (Liu et al. 2024) keeps the largest
directions of the *output* error: the error is projected into the eigenspace of the input activations,
truncated there, and projected back.
"""

from dataclasses import dataclass
from typing import Any

import torch

from compress.errors import CompressError

_SMALLEST_EIGENVALUE = 1e-8


@dataclass(frozen=True, slots=True)
class LowRank:
    """A low-rank addition to a weight: `up @ down`.

    Attributes:
        down: [rank, inputs], LoRA's A.
        up: [outputs, rank], LoRA's B.
    """

    down: torch.Tensor
    up: torch.Tensor

    @property
    def rank(self) -> int:
        """Number of directions."""
        return int(self.down.shape[0])

    def values(self) -> torch.Tensor:
        """Return the addition as a matrix, float32 [outputs, inputs]."""
        return self.up.float() @ self.down.float()

    def to(self, dtype: torch.dtype) -> "LowRank":
        """Return both factors in another type."""
        return LowRank(self.down.to(dtype).contiguous(), self.up.to(dtype).contiguous())


def svd_of_error(error: torch.Tensor, rank: int) -> LowRank:
    """Return the best addition of this rank in the Frobenius norm of the weights."""
    return _truncate(error.float(), rank)


def eora(error: torch.Tensor, moments: torch.Tensor, rank: int) -> LowRank:
    """Return the best addition of this rank for the outputs on the calibration inputs.

    Args:
        error: what the weight lost, [outputs, inputs].
        moments: second moments of the inputs, float32 [inputs, inputs].
        rank: number of directions.

    Raises:
        CompressError: the moments are not finite.
    """
    if not bool(torch.isfinite(moments).all()):
        raise CompressError("the calibration inputs of a layer are not finite")
    values, vectors = torch.linalg.eigh(moments)
    floor = _SMALLEST_EIGENVALUE * float(values.max().clamp(min=1e-12))
    roots = values.clamp(min=floor).sqrt()
    inside = _truncate(error.float() @ vectors * roots, rank)
    return LowRank(inside.down / roots @ vectors.T, inside.up)


def attach(linear: Any, addition: LowRank) -> Any:
    """Add a low-rank branch to a linear layer's outputs; returns the handle that removes it."""
    # peft computes adapters in 32 bits, so that is what a reload will do.
    down, up = addition.down.float(), addition.up.float()

    def branch(_module: Any, arguments: tuple[torch.Tensor, ...], output: torch.Tensor) -> torch.Tensor:
        return (output + (arguments[0].float() @ down.T) @ up.T).to(output.dtype)

    return linear.register_forward_hook(branch)


def _truncate(matrix: torch.Tensor, rank: int) -> LowRank:
    """Return the best addition of this rank, by the eigenvectors of the smaller Gram matrix.

    A full singular value decomposition would find the same and cost ten times as much.
    """
    if matrix.shape[0] < matrix.shape[1]:
        turned = _truncate(matrix.T, rank)
        return LowRank(turned.up.T, turned.down.T)
    values, directions = torch.linalg.eigh(matrix.T @ matrix)
    right = directions[:, -rank:].flip(1)
    # Both factors get the root of each singular value, so that neither is lost to a narrow type.
    roots = values[-rank:].flip(0).clamp(min=1e-20).sqrt().sqrt()
    return LowRank(roots.unsqueeze(1) * right.T, matrix @ right / roots)
