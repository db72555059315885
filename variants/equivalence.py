"""Whether two programs do the same: proved, as far as the inputs go, by running both."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import tracer
from tracer import Limits, Outcome

#: Sets of strings iterate in another order under another hash seed.
HASH_SEEDS = (0, 1)
_COMPLETE = ("returned", "raised")

LIMITS = Limits(cpu_s=2, wall_s=60)
"""Drawn inputs keep the original to a few thousand steps; whoever takes seconds does something else.

Seconds of computing decide; on the clock, which runs on a busy machine, there is ample time.
"""

Origin = Literal["ours", "others", "unsafe"]
Reason = Literal[
    "same",
    "status",
    "value",
    "exception",
    "arguments",
    "stdout",
    "opaque",
    "original_failed",
    "candidate_failed",
]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """What comparing two programs gave.

    Attributes:
        equivalent: Whether every input gave the same outcome under every hash seed.
        reason: `same`, or in what the outcomes of the separating input differ. `status`: one returned, one
            raised. `opaque`: a value has no literal, so it cannot be compared. `original_failed` and
            `candidate_failed`: no outcome to compare (a timeout, a crash); its own status says which.
        separating_input: The first input that tells the two apart; None where none does.
        hash_seed: The hash seed under which it does.
        left: What the original did with that input.
        right: What the candidate did with it.
        inputs: On how many inputs two equivalent programs were compared.
    """

    equivalent: bool
    reason: Reason
    separating_input: str | None = None
    hash_seed: int | None = None
    left: Outcome | None = None
    right: Outcome | None = None
    inputs: int = 0


class Reference:
    """A program whose outcomes are computed once, to compare many candidates with.

    Args:
        code: The original program.
        entry_point: The function to call, also in the candidates.
        inputs: Argument lists as text, such as ``"[3, 1], k=2"``.
        limits: What one process may use.
        origin: Who wrote the candidates; those of others run only behind all walls of the sandbox, or,
            by "unsafe", behind those that there are.
    """

    def __init__(
        self,
        code: str,
        entry_point: str,
        inputs: Sequence[str],
        limits: Limits | None = None,
        origin: Origin = "ours",
    ) -> None:
        self._code = code
        self._entry_point = entry_point
        self._inputs = tuple(inputs)
        self._limits = limits or LIMITS
        self._origin = origin

    @cached_property
    def outcomes(self) -> tuple[list[Outcome], ...]:
        """What the original does with each input, for each hash seed."""
        return tuple(self._run(self._code, seed, self._inputs) for seed in HASH_SEEDS)

    def failure(self) -> tuple[str, Outcome] | None:
        """The first input for which the original has no comparable outcome; None where all have one."""
        for outcomes in self.outcomes:
            for text, outcome in zip(self._inputs, outcomes, strict=True):
                if outcome.status not in _COMPLETE or _is_opaque(outcome):
                    return text, outcome
        return None

    def differing(self) -> str | None:
        """The first input on which the hash seed decides what the original does; None where it never does."""
        first, second = self.outcomes
        for text, left, right in zip(self._inputs, first, second, strict=True):
            if compare(left, right) != "same":
                return text
        return None

    def narrowed(self) -> "Reference":
        """The same program with only those inputs on which every run of it does the same."""
        kept = [
            place
            for place, (left, right) in enumerate(zip(*self.outcomes, strict=True))
            if compare(left, right) == "same"
        ]
        other = Reference(
            self._code,
            self._entry_point,
            [self._inputs[place] for place in kept],
            self._limits,
            self._origin,
        )
        other.outcomes = tuple([outcomes[place] for place in kept] for outcomes in self.outcomes)
        return other

    def check(self, candidate: str) -> Equivalence:
        """Compare a candidate with the original, seed by seed, and stop at the first difference."""
        for number, (seed, lefts) in enumerate(zip(HASH_SEEDS, self.outcomes, strict=True)):
            # The first input goes alone: most of what is broken is broken there, and may never end.
            for part in (slice(0, 1), slice(1, None)) if number == 0 else (slice(None),):
                rights = self._run(candidate, seed, self._inputs[part])
                for text, left, right in zip(self._inputs[part], lefts[part], rights, strict=True):
                    reason = compare(left, right)
                    if reason != "same":
                        return Equivalence(False, reason, text, seed, left, right)
        return Equivalence(True, "same", inputs=len(self._inputs))

    def _run(self, code: str, seed: int, inputs: Sequence[str]) -> list[Outcome]:
        if not inputs:
            return []
        return tracer.run_calls(
            code,
            self._entry_point,
            inputs,
            limits=self._limits,
            hash_seed=seed,
            trusted=self._origin == "ours",
            isolation="program",  # screening: the golds of what is accepted come from runs of their own
            allow_unsafe=self._origin == "unsafe",
        )


def check(
    original: str, candidate: str, entry_point: str, inputs: Sequence[str], *, limits: Limits | None = None
) -> Equivalence:
    """Run two programs on the same inputs under two hash seeds and compare all that a caller can see.

    Compared are the returned value with its type, the exception's type, the arguments after the call and the
    standard output. What did not come to an end is never equivalent to anything.

    Args:
        original: The program that is right by definition.
        candidate: The program to compare with it.
        entry_point: The function to call in both.
        inputs: Argument lists as text, such as ``"[3, 1], k=2"``; at least one.
        limits: What one process may use.
    """
    if not inputs:
        raise ValueError("no inputs to compare the programs on; give at least one argument list")
    return Reference(original, entry_point, inputs, limits).check(candidate)


def compare(left: Outcome, right: Outcome) -> Reason:
    """In what two outcomes differ; `same` where in nothing that a caller can see."""
    if left.status not in _COMPLETE:
        return "original_failed"
    if right.status not in _COMPLETE:
        return "candidate_failed"
    if left.status != right.status:
        return "status"
    if _is_opaque(left) or _is_opaque(right):
        return "opaque"
    differences: list[tuple[Reason, bool]] = [
        ("value", left.value != right.value),
        ("exception", left.exception != right.exception),
        ("arguments", left.arguments != right.arguments),
        ("stdout", left.stdout != right.stdout),
    ]
    return next((reason for reason, differs in differences if differs), "same")


def _is_opaque(outcome: Outcome) -> bool:
    """Whether a value is shown by a marker, which two different values may share."""
    return any(text is not None and tracer.is_marker(text) for text in (outcome.value, outcome.arguments))
