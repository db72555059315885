"""A program that others are compared with, once it is sure that it can be."""

from collections.abc import Sequence

from tracer import Limits
from variants.analysis.program import ProgramError
from variants.equivalence import Reference
from variants.inputs import extend_inputs

MORE_INPUTS = 50
"""Inputs that are drawn beside the given ones, where the signature allows."""


def proven_reference(
    code: str,
    entry_point: str,
    inputs: Sequence[str],
    limits: Limits | None = None,
    *,
    more: int = MORE_INPUTS,
) -> Reference:
    """Run a program on its own inputs, and on `more` that are drawn from them, and return it as a reference.

    Raises:
        ProgramError: On one of its own inputs it fails, gives something that cannot be compared, or does
            something else under another hash seed.
    """
    given = Reference(code, entry_point, inputs, limits)
    _require_outcomes(given)
    if not more:
        return given
    drawn = extend_inputs(code, entry_point, inputs, count=more)
    return Reference(code, entry_point, drawn.texts, limits).narrowed()


def _require_outcomes(reference: Reference) -> None:
    failure = reference.failure()
    if failure is not None:
        text, outcome = failure
        if outcome.status in {"returned", "raised"}:
            raise ProgramError(
                f"the program gives no literal on its own input ({text}): "
                f"{outcome.value or outcome.arguments}"
            )
        raise ProgramError(
            f"the program fails on its own input ({text}): {outcome.status}, {outcome.message}"
        )
    differing = reference.differing()
    if differing is not None:
        raise ProgramError(
            f"the program is not deterministic: two runs on its own input ({differing}) differ "
            "(by the hash seed, or at random)"
        )
