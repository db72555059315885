"""Budgets as people write them: `4.0bpw`, `80MB`, `60%`."""

import re

from compress.errors import PlanError
from compress.memory import predict
from compress.plan import uniform_plan
from compress.search.space import Space

_WRITTEN = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(bpw|kB|MB|GB|B|%)\s*$")
_BYTES = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def budget_bytes(text: str, space: Space) -> int:
    """Return a budget in bytes of the model's file and its adapter's.

    `%` is of the base's own file. `bpw` is stored bits per linear weight of the unpruned blocks, scales and
    adapters included; what is not searched for (embedding, norms, the header as the smallest plan has it)
    comes on top.

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
    least = predict(space.plan(space.smallest()), space.model)
    return int(least.disk - least.weights + whole.elements * number / 8)
