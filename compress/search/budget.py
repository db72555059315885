"""Budgets as people write them: `4.0bpw`, `80MB`, `60%`."""

import re

from compress.errors import PlanError
from compress.memory import predict, predict_tensors
from compress.plan import uniform_plan
from compress.search.space import Code, Space

_WRITTEN = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(bpw|kB|MB|GB|B|%)\s*$")
_BYTES = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def budget_bytes(text: str, space: Space) -> int:
    """Return a budget in bytes of the model's file and its adapter's.

    `%` is of the base's own file. `bpw` is stored bits per linear weight of the unpruned blocks, scales and
    adapters included. On top comes what no choice changes much: embedding, norms, the 16 bytes of each
    layer's shape, and the longer of the headers of the smallest and the largest plan; so that a plan of
    exactly so many bits fits.

    Raises:
        PlanError: the text is no budget.
    """
    match = _WRITTEN.match(text)
    if match is None:
        raise PlanError(
            f"{text!r} is no budget", "Write bits per weight, bytes or a share: 4.0bpw, 80MB, 60%."
        )
    number, unit = float(match[1]), match[2]
    if unit in _BYTES:
        return int(number * _BYTES[unit])
    whole = predict(uniform_plan(space.model), space.model)
    if unit == "%":
        return int(whole.total * number / 100)
    rest = max(_rest(space, code) for code in (space.smallest(), space.largest()))
    return int(rest + whole.elements * number / 8)


def _rest(space: Space, code: Code) -> int:
    """Return the bytes of a file that are neither weights nor scales."""
    plan = space.plan(code)
    found = predict(plan, space.model)
    shapes = sum(t.bytes for n, t in predict_tensors(plan, space.model).items() if n.endswith("weight_shape"))
    return found.disk - found.weights + shapes
