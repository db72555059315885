"""Verified variants of one program, distinct in their text."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracer import Limits
from variants.analysis.program import Program, ProgramError
from variants.compose import Link, compose_program, keywords_of, require_entry_point
from variants.equivalence import Equivalence, Reference


@dataclass(frozen=True, slots=True)
class Variant:
    """An equivalent implementation made from another one.

    Attributes:
        code: Its text.
        chain: How it was made; `replay` makes it again from the original.
        seed: The seed that `compose` gives this chain for.
        equivalence: The proof by running.
    """

    code: str
    chain: tuple[Link, ...]
    seed: int
    equivalence: Equivalence


def generate(
    code: str,
    entry_point: str,
    inputs: Sequence[str],
    n: int,
    seed: int,
    *,
    transforms: Iterable[str] | None = None,
    limits: Limits | None = None,
) -> list[Variant]:
    """Up to `n` variants of a program, each proved equivalent on the inputs; fewer where it offers no more.

    Args:
        code: The program.
        entry_point: The function that the inputs call.
        inputs: Argument lists as text, such as ``"[3, 1], k=2"``.
        n: How many variants are wanted.
        seed: Decides which; the same seed gives the same variants.
        transforms: Names of the transforms to draw from; all by default.
        limits: What one process may use.

    Raises:
        ProgramError: The program does not parse, has no such entry point, or fails on one of its inputs.
    """
    program = Program(code)
    require_entry_point(program, entry_point)
    protected = keywords_of(inputs)
    names = None if transforms is None else tuple(transforms)
    reference = _reference(code, entry_point, inputs, limits)
    rng = random.Random(seed)
    seen = {code}
    variants: list[Variant] = []
    for _ in range(8 * n + 8):
        if len(variants) == n:
            break
        own_seed = rng.getrandbits(32)
        made = compose_program(program, protected, own_seed, names)
        if made.code in seen:
            continue
        seen.add(made.code)
        equivalence = reference.check(made.code)
        if equivalence.equivalent:
            variants.append(Variant(made.code, made.chain, own_seed, equivalence))
    return variants


def _reference(code: str, entry_point: str, inputs: Sequence[str], limits: Limits | None) -> Reference:
    if not inputs:
        raise ProgramError(
            "the program comes with no inputs; give at least one argument list to prove variants on"
        )
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
