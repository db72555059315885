"""What two observers of one run say together: a gold where they agree, else a refusal that shows both."""

from tracer.queries import Gold, Refusal

Answer = Gold | Refusal

RECORDING = "line recording"
INSTRUMENTED = "instrumented program"

_CLAIMS = frozenset({
    "no such call", "no such value", "line not executed", "not evaluated", "loop not left", "not returned",
    "no exception", "unbound",
})  # fmt: skip
"""Refusals that say what happened. All others say that something cannot be told, or is not asked rightly."""


def agreed(first: Answer, second: Answer) -> Answer:
    """Return the answer of two observers that share no code."""
    if isinstance(first, Gold) and isinstance(second, Gold):
        if first.literal == second.literal:
            return Gold(first.literal, (*first.observers, *second.observers))
        return _difference(first, second)
    if isinstance(first, Refusal) and isinstance(second, Refusal):
        return first
    refusal = first if isinstance(first, Refusal) else second
    assert isinstance(refusal, Refusal)
    if refusal.reason in _CLAIMS:
        return _difference(first, second)
    if refusal is first:
        return first
    return Refusal("unconfirmed", f"the second observer cannot tell ({refusal.reason}: {refusal.detail})")


def _difference(first: Answer, second: Answer) -> Refusal:
    return Refusal("observers differ", f"{RECORDING}: {_shown(first)}; {INSTRUMENTED}: {_shown(second)}")


def _shown(answer: Answer) -> str:
    return answer.literal if isinstance(answer, Gold) else f"{answer.reason} ({answer.detail})"
