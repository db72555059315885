"""Making a point fit a budget, at the least expected loss per byte saved."""

from compress.errors import PlanError
from compress.search.sensitivity import Sensitivity
from compress.search.space import Code, Space, moved

_TINY = 1e-8


def require_budget(space: Space, budget: int) -> None:
    """Refuse a budget that no plan of the space meets.

    Raises:
        PlanError: the smallest plan is larger; both sizes are named.
    """
    least = space.total_bytes(space.smallest())
    if least > budget:
        raise PlanError(
            f"the budget of {budget / 1e6:,.3f} MB is below the smallest plan of {least / 1e6:,.3f} MB",
            "Allow fewer bits, lower ranks or dropped blocks, or give a larger budget.",
        )


def repair(space: Space, code: Code, budget: int, sensitivity: Sensitivity) -> Code:
    """Step down until the code fits.

    While the plan is over the budget, the one-step downgrade with the least (expected loss + 1e-8) per byte
    saved is taken (QR-Adaptor, equations 4 and 5; ours: the expected loss is that of the step, not of the
    layer, and bytes are those of the files). Near the budget, where several steps would do, that is no
    optimum, only a good start.

    Args:
        space: the space.
        code: where to start; it is returned as it is when it fits.
        budget: most bytes of the model's file and its adapter's.
        sensitivity: what a step is expected to cost.

    Raises:
        PlanError: even the smallest plan is larger.
    """
    require_budget(space, budget)
    if fits(space, code, budget):
        return code
    steps = {number: _step(space, code, number, sensitivity) for number, index in enumerate(code) if index}
    size = space.data_bytes(code)
    # Tensors alone may already be too much; the exact size has the last word.
    while size > budget or not fits(space, code, budget):
        number = min(steps, key=lambda n: (steps[n], n))
        size -= space.saved_bytes(code, number)
        code = moved(code, number, -1)
        for other in space.beside(number):
            steps.pop(other, None)
            if code[other]:
                steps[other] = _step(space, code, other, sensitivity)
    return code


def fits(space: Space, code: Code, budget: int) -> bool:
    """Whether the files of a plan take at most `budget` bytes."""
    return space.fits(code, budget)


def _step(space: Space, code: Code, number: int, sensitivity: Sensitivity) -> tuple[int, float]:
    """Return how dear the next step down of a knob is; steps that save bytes go before all others."""
    costs = sensitivity.losses[number]
    lost = costs[code[number] - 1] - costs[code[number]]
    saved = space.saved_bytes(code, number)
    # Fewer bits can bring an adapter in that weighs more than the bits save; later steps pay it back.
    return (0, (lost + _TINY) / saved) if saved > 0 else (1, lost)
