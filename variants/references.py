"""A program that others are compared with, once it is sure that it can be."""

import tracer
from tracer import Limits
from variants.analysis.program import ProgramError
from variants.calls import Tests
from variants.equivalence import Origin, Reference
from variants.inputs import extend_inputs

MORE_INPUTS = 50
"""Inputs that are drawn beside the given ones, where the signature allows."""


def proven_reference(
    code: str,
    tests: Tests,
    limits: Limits | None = None,
    *,
    more: int = MORE_INPUTS,
    origin: Origin = "ours",
) -> Reference:
    """Run a program on its tests, and on `more` inputs that are drawn from them; return it as a reference.

    Args:
        code: The program.
        tests: What it has to do.
        limits: What one process may use.
        more: Inputs to draw.
        origin: Who wrote what will be compared with it.

    Raises:
        ProgramError: On one of its tests it fails, gives something else or something that cannot be
            compared, or does something else under another hash seed.
    """
    entry_point, inputs = tests.entry_point, tests.inputs
    given = Reference(code, entry_point, inputs, limits, origin)
    _require_outcomes(given)
    _require_values(given, tests)
    if not more:
        return given
    drawn = extend_inputs(code, entry_point, inputs, count=more)
    return Reference(code, entry_point, drawn.texts, limits, origin).narrowed()


def _require_values(reference: Reference, tests: Tests) -> None:
    for text, expected, outcome in zip(tests.inputs, tests.expected, reference.outcomes[0], strict=True):
        if expected is not None and not _equals(outcome.value, expected):
            gives = outcome.value or f"{outcome.exception}: {outcome.message}"
            raise ProgramError(
                f"the program fails its own test: {tests.entry_point}({text}) gives {gives}, not {expected}"
            )


def _equals(value: str | None, expected: str) -> bool:
    """Whether a literal equals another one as ``==`` has it: 1 is 1.0."""
    return value is not None and bool(tracer.parse_literal(value) == tracer.parse_literal(expected))


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
