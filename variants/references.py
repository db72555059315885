"""A program that others are compared with, once it is sure that it can be."""

from collections.abc import Sequence

from tracer import Limits
from variants.analysis.program import ProgramError
from variants.equivalence import Reference


def proven_reference(
    code: str, entry_point: str, inputs: Sequence[str], limits: Limits | None = None
) -> Reference:
    """Run a program on its own inputs and return it as a reference.

    Raises:
        ProgramError: It fails on one of them, or gives something that cannot be compared.
    """
    reference = Reference(code, entry_point, inputs, limits)
    failure = reference.failure()
    if failure is None:
        return reference
    text, outcome = failure
    if outcome.status in {"returned", "raised"}:
        raise ProgramError(
            f"the program gives no literal on its own input ({text}): {outcome.value or outcome.arguments}"
        )
    raise ProgramError(f"the program fails on its own input ({text}): {outcome.status}, {outcome.message}")
