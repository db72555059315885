"""What two observers of one run say together: a gold where they agree, else a refusal that shows both."""

from tracer.queries import Gold, Refusal

Answer = Gold | Refusal

RECORDING = "line recording"
INSTRUMENTED = "instrumented program"
EXPRESSIONS = "instrumented copy"
SECOND_EXPRESSIONS = "second instrumented copy"

_CLAIMS = frozenset({
    "no such call", "no such value", "line not executed", "not evaluated", "loop not left", "not returned",
    "no exception", "unbound",
})  # fmt: skip
"""Refusals that say what happened. All others say that something cannot be told, or is not asked rightly."""


def agreed(first: Answer, second: Answer, names: tuple[str, str] = (RECORDING, INSTRUMENTED)) -> Answer:
    """Return the answer of two observers, by their names, that share no code."""
    if isinstance(first, Gold) and isinstance(second, Gold):
        if first.literal == second.literal:
            return Gold(first.literal, (*first.observers, *second.observers))
        return _difference(first, second, names)
    if isinstance(first, Refusal) and isinstance(second, Refusal):
        return first
    refusal = first if isinstance(first, Refusal) else second
    assert isinstance(refusal, Refusal)
    if refusal.reason in _CLAIMS:
        return _difference(first, second, names)
    if refusal is first:
        return first
    return Refusal("unconfirmed", f"the second observer cannot tell ({refusal.reason}: {refusal.detail})")


def _difference(first: Answer, second: Answer, names: tuple[str, str]) -> Refusal:
    both = zip(names, (first, second), strict=True)
    return Refusal("observers differ", "; ".join(f"{name}: {_shown(answer)}" for name, answer in both))


def _shown(answer: Answer) -> str:
    return answer.literal if isinstance(answer, Gold) else f"{answer.reason} ({answer.detail})"
