"""GPTQ: columns are rounded one after the other, and the rest makes up for the error of each.

Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers" (2023),
algorithm 1, with the activation order of its published code: columns with large activations go first, while
they can still be compensated. Groups keep their place in the stored order (static groups), so that no index
of groups has to be stored and every engine reads the file.
"""

import torch

from compress.errors import CompressError
from compress.operators.grid import Grid, QuantisedWeight, fit_scales, nearest, pack

_BLOCK = 128
_DAMPING = 0.01
_MOST_DAMPING = 1.0


def quantise_gptq(
    weight: torch.Tensor, hessian: torch.Tensor, grid: Grid, damping: float = _DAMPING
) -> QuantisedWeight:
    """Quantise a weight so that its outputs on the calibration inputs change little.

    Args:
        weight: [outputs, inputs].
        hessian: float32 [inputs, inputs], the mean of x x^T over calibration inputs x.
        grid: what to quantise to.
        damping: share of the mean diagonal that is added to the diagonal.

    Raises:
        CompressError: the Hessian cannot be inverted; the calibration inputs are not finite.
    """
    weight = weight.float().clone()
    hessian = hessian.clone()
    dead = hessian.diagonal() == 0
    hessian[dead, dead] = 1.0
    weight[:, dead] = 0.0
    scale, zero = fit_scales(weight, grid, hessian.diagonal())
    order = torch.argsort(hessian.diagonal(), descending=True)
    factor = _inverse_factor(hessian[order][:, order], damping)
    group_of = order // (grid.group_size or weight.shape[1])
    codes = _round_columns(weight[:, order].contiguous(), factor, scale[:, group_of], zero[:, group_of], grid)
    back = torch.argsort(order)
    return pack(codes[:, back], scale, zero, grid)


def _round_columns(
    weight: torch.Tensor, factor: torch.Tensor, scale: torch.Tensor, zero: torch.Tensor, grid: Grid
) -> torch.Tensor:
    """Round the columns of `weight` in order; the arguments are all in that order."""
    codes = torch.empty_like(weight)
    # Columns are rows here: what one step touches lies together in memory.
    weight_t, scale_t, zero_t = weight.T.contiguous(), scale.T.contiguous(), zero.T.contiguous()
    codes_t = codes.T.contiguous()
    columns = weight_t.shape[0]
    for start in range(0, columns, _BLOCK):
        end = min(start + _BLOCK, columns)
        block, errors = weight_t[start:end], torch.empty_like(weight_t[start:end])
        inverse = factor[start:end, start:end]
        for i in range(end - start):
            column, at = block[i], start + i
            code = nearest(column, scale_t[at], zero_t[at], grid)
            codes_t[at] = code
            error = (column - (code - zero_t[at]) * scale_t[at]) / inverse[i, i]
            errors[i] = error
            if i + 1 < end - start:
                block[i + 1 :].addr_(inverse[i, i + 1 :], error, alpha=-1.0)
        weight_t[end:].addmm_(factor[start:end, end:].T, errors, alpha=-1.0)
    return codes_t.T.contiguous()


def _inverse_factor(hessian: torch.Tensor, damping: float) -> torch.Tensor:
    """Return the upper Cholesky factor of the inverse, with more damping where rounding makes it fail."""
    mean = float(hessian.diagonal().mean())
    while damping <= _MOST_DAMPING:
        damped = hessian.clone()
        damped.diagonal().add_(damping * mean)
        lower, info = torch.linalg.cholesky_ex(damped)
        if int(info) == 0:
            inverse = torch.cholesky_inverse(lower)
            upper, info = torch.linalg.cholesky_ex(inverse, upper=True)
            if int(info) == 0:
                found: torch.Tensor = upper
                return found
        damping *= 10
    raise CompressError("the calibration inputs of a layer give no usable second moments (not finite?)")
