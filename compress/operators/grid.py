"""The grids that quantised weights live on, in the convention of compressed-tensors.

A weight of b bits is a code in [-2^(b-1), 2^(b-1) - 1]; its value is `(code - zero) * scale`. Scales are
stored in the type of the base, so they are rounded to it *before* codes are chosen: what is searched is
what is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

_SHRINK_STEPS = 24
_SMALLEST_SHRINK = 0.35


@dataclass(frozen=True, slots=True)
class Grid:
    """How one weight matrix is quantised.

    Attributes:
        bits: 2 to 8.
        group_size: inputs that share a scale; None for one scale a row.
        symmetric: no zero points.
        scale_type: type in which scales are stored.
    """

    bits: int
    group_size: int | None
    symmetric: bool = True
    scale_type: torch.dtype = torch.bfloat16

    @property
    def low(self) -> int:
        """Smallest code."""
        return -(1 << (self.bits - 1))

    @property
    def high(self) -> int:
        """Largest code."""
        return (1 << (self.bits - 1)) - 1

    def groups(self, weight: torch.Tensor) -> torch.Tensor:
        """View a weight [outputs, inputs] as [outputs, groups, group size]."""
        return weight.view(weight.shape[0], -1, self.group_size or weight.shape[1])


@dataclass(frozen=True, slots=True)
class QuantisedWeight:
    """A quantised matrix.

    Attributes:
        grid: its grid.
        codes: int8, [outputs, inputs].
        scales: [outputs, groups], in the grid's scale type; may be negative, which turns the longer side of
            the codes towards the longer side of the weights.
        zeros: int8, [outputs, groups]; zero where the grid is symmetric.
        int8_activations: the layer multiplies with activations rounded to int8, token by token (W8A8).
    """

    grid: Grid
    codes: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor
    int8_activations: bool = False

    def values(self) -> torch.Tensor:
        """Return the weight that an engine sees, in the scale's type; equal bit for bit to a reload."""
        codes = self.grid.groups(self.codes).to(self.scales.dtype)
        shifted = codes - self.zeros.unsqueeze(-1).to(self.scales.dtype)
        return (shifted * self.scales.unsqueeze(-1)).view(self.codes.shape)


def fit_scales(
    weight: torch.Tensor, grid: Grid, importance: torch.Tensor | None = None, search: bool = True
) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose scale and zero point of every group.

    Without a search they span the range of the group (round to nearest as everybody does it). With it, the
    range is shrunk in steps, and both signs of a symmetric scale are tried, and the step with the smallest
    squared error is kept (clipping as in OCTAV and AWQ's search; the sign is ours: 2^(b-1) codes lie below
    zero and one fewer above, and at 2 and 3 bits it matters on which side).

    Args:
        weight: float32 [outputs, inputs].
        grid: what to fit.
        importance: float32 [inputs], weighs the squared error of each input; mean squared activations.
        search: False takes the whole range.

    Returns:
        Scales and zero points, both float32 [outputs, groups]; scales are already rounded to their type.
    """
    groups = grid.groups(weight)
    low, high = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
    best_scale, best_zero = _range_scales(low, high, grid)
    if not search:
        return best_scale, best_zero
    weighing = None if importance is None else importance.view(1, -1, groups.shape[-1])
    best_error = _error(groups, best_scale, best_zero, grid, weighing)
    for scale, zero in _candidates(low, high, grid):
        error = _error(groups, scale, zero, grid, weighing)
        better = error < best_error
        best_error = torch.where(better, error, best_error)
        best_scale = torch.where(better, scale, best_scale)
        best_zero = torch.where(better, zero, best_zero)
    return best_scale, best_zero


def nearest(weight: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor, grid: Grid) -> torch.Tensor:
    """Return the nearest codes (as floats) of weights, shapes that broadcast."""
    return torch.clamp(torch.round(weight / scale) + zero, grid.low, grid.high)


def round_to_nearest(
    weight: torch.Tensor, grid: Grid, search: bool, importance: torch.Tensor | None = None
) -> QuantisedWeight:
    """Quantise a weight [outputs, inputs] by rounding every number to its nearest code."""
    weight = weight.float()
    scale, zero = fit_scales(weight, grid, importance, search)
    codes = nearest(grid.groups(weight), scale.unsqueeze(-1), zero.unsqueeze(-1), grid)
    return pack(codes.view(weight.shape), scale, zero, grid)


def pack(codes: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor, grid: Grid) -> QuantisedWeight:
    """Store codes, scales and zero points in their final types."""
    return QuantisedWeight(grid, codes.to(torch.int8), scale.to(grid.scale_type), zero.to(torch.int8))


def _candidates(
    low: torch.Tensor, high: torch.Tensor, grid: Grid
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    steps = torch.linspace(1.0, _SMALLEST_SHRINK, _SHRINK_STEPS).tolist()
    if not grid.symmetric:
        for step in steps[1:]:
            yield _range_scales(low * step, high * step, grid)
        return
    reach = torch.maximum(-low, high)
    zero = torch.zeros_like(reach)
    for step in steps:
        # The longer side of the codes reaches -low codes, the shorter one high codes.
        scale = _stored(step * reach / -grid.low, grid)
        yield scale, zero
        if grid.bits < 8:  # at 8 bits the sign gains nothing
            yield -scale, zero


def _range_scales(low: torch.Tensor, high: torch.Tensor, grid: Grid) -> tuple[torch.Tensor, torch.Tensor]:
    span = grid.high - grid.low
    if grid.symmetric:
        return _stored(torch.maximum(-low, high) / (span / 2), grid), torch.zeros_like(low)
    scale = _stored((high - low) / span, grid)
    return scale, torch.clamp(torch.round(grid.low - low / scale), grid.low, grid.high)


def _stored(scale: torch.Tensor, grid: Grid) -> torch.Tensor:
    rounded = scale.to(grid.scale_type).float()
    return torch.where(rounded == 0, torch.finfo(grid.scale_type).eps, rounded)


def _error(
    groups: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor, grid: Grid, weighing: torch.Tensor | None
) -> torch.Tensor:
    # In place, and nothing is added or multiplied that is 0 or 1: nearly all of a search is spent here.
    scale = scale.unsqueeze(-1)
    found = torch.div(groups, scale).round_()
    if grid.symmetric:
        found.clamp_(grid.low, grid.high)
    else:
        zero = zero.unsqueeze(-1)
        found.add_(zero).clamp_(grid.low, grid.high).sub_(zero)
    found.mul_(scale).sub_(groups).square_()
    return (found if weighing is None else found.mul_(weighing)).sum(-1)
