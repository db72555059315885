"""Runs the implementations of a problem and says which can be asked about, and why the others cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core_bench.records import Implementation
from tracer import Limits, Outcome, is_marker, nondeterminism, record_calls, run_calls

HASH_SEEDS = (0, 1)

LIMITS = Limits(cpu_s=5, wall_s=60.0)
"""What one call of a program may take before the program counts as slow: time of the processor, so that a
loaded machine builds the same suite; the other limit is for a program that sleeps."""

Reason = Literal[
    "tests disagree with the reference",
    "differs from the reference",
    "flaky",
    "slow",
    "fails",
    "no literal",
    "no trace",
    "too long",
    "no input is left",
    "duplicate",
    "too simple",
    "too similar",
    "cannot be varied",
]

Behaviour = tuple[str | None, ...]


class UnfitError(Exception):
    """A program, or a whole problem, that cannot be in a suite: the reason, and what was seen."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Verified:
    """An implementation whose outcomes do not depend on chance.

    `outcomes` has for each input what the call did under the first hash seed, with the trace of one observer.
    """

    implementation: Implementation
    outcomes: Mapping[str, Outcome]


def verify(program: Implementation, entry_point: str, inputs: Sequence[str], *, ours: bool) -> Verified:
    """Run a program on every input, under two hash seeds, and look for sources of chance that it reaches.

    Args:
        program: the implementation.
        entry_point: the function to call.
        inputs: argument lists.
        ours: it is a variant that was run before and came to its end each time; any other program is first
            run input by input, so that one that never ends takes the limit once.

    Raises:
        UnfitError: it takes too long, does not survive a call, or chance decides what it does.
    """
    if not ours:
        _screen(program, entry_point, inputs)
    _require_certain(program, entry_point, inputs)
    # One observer is enough to choose inputs; what is asked about is seen by two (`chance.settle`).
    first = record_calls(program.code, entry_point, inputs, limits=LIMITS, observers=1)
    for text, outcome in zip(inputs, first, strict=True):
        _require_end(outcome, text)  # what is too slow to be traced is slow, though it ends untraced
    for seed in HASH_SEEDS[1:]:
        again = run_calls(program.code, entry_point, inputs, limits=LIMITS, hash_seed=seed)
        for text, one, other in zip(inputs, first, again, strict=True):
            _require_end(other, text)
            if behaviour(one) != behaviour(other):
                raise UnfitError("flaky", f"two runs on ({text}) differ by the hash seed")
    return Verified(program, dict(zip(inputs, first, strict=True)))


def unfit_input(outcome: Outcome) -> Reason | None:
    """Return why the reference cannot be asked about an input; None where it can."""
    if outcome.exception in ("RecursionError", "MemoryError"):
        return "too long"  # how deep a program can go is no part of what it means
    if any(text is not None and is_marker(text) for text in (outcome.value, outcome.arguments)):
        return "no literal"
    if outcome.trace is None:
        return "no trace"
    return "too long" if outcome.trace.cut is not None else None


def require_same(reference: Verified, other: Verified) -> None:
    """Compare two implementations on all inputs.

    Raises:
        UnfitError: value and type, exception type, mutated arguments or output differ, or a call of the
            other one cannot be traced.
    """
    for text, expected in reference.outcomes.items():
        got = other.outcomes[text]
        if behaviour(expected) != behaviour(got):
            shown = _shown(got), _shown(expected)
            how = f"{shown[0]} instead of {shown[1]}" if shown[0] != shown[1] else "by arguments or output"
            raise UnfitError("differs from the reference", f"on ({text}): {how}")
        if got.trace is None:
            raise UnfitError("no trace", f"on ({text}): {got.refused}")


def behaviour(outcome: Outcome) -> Behaviour:
    """Return what a caller can see of a call."""
    return (outcome.status, outcome.value, outcome.exception, outcome.arguments, outcome.stdout)


def _screen(program: Implementation, entry_point: str, inputs: Sequence[str]) -> None:
    for text in inputs:
        [outcome] = run_calls(program.code, entry_point, [text], limits=LIMITS)
        _require_end(outcome, text)


def _require_certain(program: Implementation, entry_point: str, inputs: Sequence[str]) -> None:
    """Refuse a program for the sources of chance that it reaches: that two runs differ is chance itself."""
    reached = nondeterminism(program.code, entry_point, inputs, limits=LIMITS)
    for text, sources in zip(inputs, reached, strict=True):
        if sources:
            raise UnfitError("flaky", f"on ({text}) it reaches {', '.join(sources)}")


def _require_end(outcome: Outcome, text: str) -> None:
    if outcome.status == "timeout":
        raise UnfitError("slow", f"on ({text}): {outcome.message}")
    if outcome.status not in ("returned", "raised"):
        raise UnfitError("fails", f"on ({text}): {outcome.status}: {outcome.message}")


def _shown(outcome: Outcome) -> str:
    return f"{outcome.value if outcome.status == 'returned' else outcome.exception}"
