"""Weights laid out once as the CPU's matrix kernels read them.

torch keeps a weight row by row; oneDNN's bf16 kernels want it in blocks, and torch lays it out anew in every
call. For a whole prompt that is lost in the product itself; for one token a sequence it takes longer than
the product. Laid out when the model is loaded, a step of SmolLM2 takes less than half the time.
"""

from typing import Any

_ROWS = 16
"""The number of rows that the layout is chosen for; others are computed with the same layout."""
_TOLERANCE = 2.0**-6
"""Of bf16 results: another order of summing may move the last digits."""


def pack_weights(model: Any) -> int:
    """Replace the plain bf16 linear layers of a model on the CPU by packed ones, one at a time.

    A layer that oneDNN does not compute the same that way keeps its form: it is tried with each shape once,
    and with every layer whose computing was changed, as that of quantised ones is. (compressed-tensors rounds
    unpacked weights to their grid again in every call, although they are on it; packed, they are left alone.)

    Returns:
        Bytes of the packed weights; 0 where nothing was packed (no bf16 kernels on this processor, say).
    """
    import torch

    if not _has_kernels():
        return 0
    packed_bytes = 0
    tried: dict[tuple[int, ...], bool] = {}
    with torch.inference_mode():
        for parent in list(model.modules()):
            for name, child in list(parent.named_children()):
                if not _is_linear(child):
                    continue
                shape = tuple(child.weight.shape)
                if shape not in tried or _is_changed(child):
                    tried[shape] = _computes_the_same(child)
                if tried[shape]:
                    packed_bytes += child.weight.numel() * child.weight.element_size()
                    setattr(parent, name, _packed(child))
    return packed_bytes


def _has_kernels() -> bool:
    import torch

    try:
        ops: Any = torch.ops.mkldnn
        return bool(torch.backends.mkldnn.is_available() and ops._is_mkldnn_bf16_supported())
    except (AttributeError, RuntimeError):
        return False


def _is_changed(layer: Any) -> bool:
    return "forward" in vars(layer)


def _is_linear(layer: Any) -> bool:
    """Tell whether this is torch's own linear layer, and nobody is known to change what goes in or out."""
    import torch

    scheme = getattr(layer, "quantization_scheme", None)
    return (
        type(layer) is torch.nn.Linear
        and not (getattr(scheme, "input_activations", None) or getattr(scheme, "output_activations", None))
        and getattr(layer, "weight", None) is not None
        and layer.weight.dtype == torch.bfloat16
        and layer.weight.device.type == "cpu"
        and not (layer._forward_hooks or layer._forward_pre_hooks)
    )


def _computes_the_same(layer: Any) -> bool:
    import torch

    known = torch.linspace(-1, 1, 3 * layer.in_features).reshape(3, -1).to(torch.bfloat16)
    try:
        expected = layer(known).float()
        got = _packed(layer)(known).float()
    except Exception:  # whatever it is, this torch has no such kernel
        return False
    return bool((got - expected).abs().max() <= _TOLERANCE * expected.abs().max())


def _packed(layer: Any) -> Any:
    import torch

    ops: Any = torch.ops.mkldnn

    class PackedLinear(torch.nn.Module):
        """A linear layer with a packed weight, which only oneDNN can read."""

        def __init__(self) -> None:
            super().__init__()
            self.in_features, self.out_features = layer.in_features, layer.out_features
            self._weight = ops._reorder_linear_weight(layer.weight.detach(), _ROWS)
            self._bias = None if layer.bias is None else layer.bias.detach()

        def forward(self, rows: Any) -> Any:
            return ops._linear_pointwise(rows, self._weight, self._bias, "none", [], "")

    return PackedLinear()
