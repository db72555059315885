"""Runs drafts of programs and keeps those that a model can learn execution from."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from core_bench.suites.corpus.programs import Draft
from tracer import Limits, Outcome, Trace, is_marker, nondeterminism, record_calls, run_calls
from variants.budget import with_budget

_LONGEST_VALUE = 120
_FEWEST_STEPS = 4
_LIMITS = Limits(cpu_s=2, wall_s=60.0, events=2_000)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a program, with what it returned and its trace."""

    text: str
    value: str
    trace: Trace


@dataclass(frozen=True, slots=True)
class Program:
    """A program that returned the same under two hash seeds, with its calls: the shortest run first."""

    code: str
    entry_point: str
    calls: tuple[Call, ...]


def run_draft(draft: Draft) -> Program | None:
    """Return a draft with its calls; None where it is not worth keeping.

    Kept are inputs on which it returns something short, within a few thousand steps, the same under two hash
    seeds and whether it is recorded or not. A program that reaches a source of chance is left out, one that
    returns one value whatever it is given, and one that does next to nothing.
    """
    if not _compiles(draft.code):
        return None
    limited, entry = with_budget(draft.code, draft.entry_point)
    # Most drafts end here: their calls share a process. What is kept is run again, each call alone.
    first = run_calls(limited, entry, draft.inputs, limits=_LIMITS, isolation="program")
    inputs = [text for text, outcome in zip(draft.inputs, first, strict=True) if _is_short(outcome)]
    if len(inputs) < 2 or len({outcome.value for outcome in first if _is_short(outcome)}) < 2:
        return None
    if any(nondeterminism(draft.code, draft.entry_point, inputs, limits=_LIMITS)):
        return None
    one, other = (
        record_calls(
            draft.code, draft.entry_point, inputs, limits=_LIMITS, hash_seed=seed, observers=2 - seed
        )
        for seed in (0, 1)
    )
    calls = [
        Call(f"{draft.entry_point}({text})", left.value, left.trace)
        for text, left, right in zip(inputs, one, other, strict=True)
        if left == right and _is_short(left) and left.value is not None
        if left.trace is not None and left.trace.cut is None and left.trace.step_count >= _FEWEST_STEPS
    ]
    if len({call.value for call in calls}) < 2 or not all(map(_is_short, (*one, *other))):
        return None
    return Program(
        draft.code, draft.entry_point, tuple(sorted(calls, key=lambda call: call.trace.step_count))
    )


def _compiles(code: str) -> bool:
    """Whether Python takes a text: not every node that a mutation puts somewhere may stand there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<draft>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _is_short(outcome: Outcome) -> bool:
    value = outcome.value
    return (
        outcome.status == "returned"
        and value is not None
        and not is_marker(value)
        and len(value) <= _LONGEST_VALUE
    )


def values_in(trace: Trace) -> Iterator[str]:
    """Yield the text of every value that a trace shows."""
    for frame in trace.frames:
        yield from frame.arguments.values()
        for step in frame.steps:
            yield from step.changed.values()
