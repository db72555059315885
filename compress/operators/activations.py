"""Activations as int8, the A8 of W8A8: every token gets a scale of its own, when it comes."""

from dataclasses import replace
from typing import Any

import torch

from compress.operators.grid import QuantisedWeight


def int8_inputs(linear: Any, quantised: QuantisedWeight) -> QuantisedWeight:
    """Round the inputs of a linear layer as an int8 kernel will, and mark the weight as such."""
    from compressed_tensors.quantization import QuantizationArgs
    from compressed_tensors.quantization.lifecycle.forward import fake_quantize
    from compressed_tensors.quantization.utils import compute_dynamic_scales_and_zp

    settings = QuantizationArgs(num_bits=8, type="int", symmetric=True, strategy="token", dynamic=True)

    def round_inputs(module: Any, arguments: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
        scale, zero = compute_dynamic_scales_and_zp(value=arguments[0], args=settings, module=module)
        return (fake_quantize(x=arguments[0], scale=scale, zero_point=zero, args=settings),)

    linear.register_forward_pre_hook(round_inputs)
    return replace(quantised, int8_activations=True)
