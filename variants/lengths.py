"""How many lines a program executes: what a reader who follows it step by step has to follow."""

from collections.abc import Sequence
from dataclasses import dataclass

import tracer
from tracer import Limits

_ENTRY = "_count_lines_of_call"
_COUNTING = f"""

def {_ENTRY}(*arguments, **named):
    import sys

    executed = 0
    own = {_ENTRY}.__code__.co_filename

    def note(frame, event, argument):
        nonlocal executed
        if frame.f_code.co_filename != own or frame.f_code.co_name.startswith("<"):
            return None
        executed += event == "line"
        return note

    sys.settrace(note)
    try:
        {{entry_point}}(*arguments, **named)
    except Exception:
        pass
    finally:
        sys.settrace(None)
    return executed
"""


@dataclass(frozen=True, slots=True)
class TraceLength:
    """How many lines two programs execute on the same inputs, in sum.

    Attributes:
        original: By the original.
        variant: By the other one.
    """

    original: int
    variant: int

    @property
    def ratio(self) -> float:
        """The variant's number over the original's; 1 where neither executes anything."""
        return self.variant / self.original if self.original else 1.0


def executed_lines(
    code: str, entry_point: str, inputs: Sequence[str], limits: Limits | None = None
) -> int | None:
    """How many line events the calls of a program cause, in sum.

    A trace has as many steps, but for statements on several lines, which are one step there. What lambdas
    and comprehensions execute is in neither. The Python that runs it decides what a line event is, so
    numbers of different minor versions are not compared.

    Args:
        code: The program.
        entry_point: The function to call.
        inputs: Argument lists as text; a call that raises counts up to there.
        limits: What one process may use.

    Returns:
        The number; None where a call does not come to an end.
    """
    text = code + _COUNTING.replace("{entry_point}", entry_point)
    # A length is a number for a card, and no gold: one process for all inputs will do.
    outcomes = tracer.run_calls(text, _ENTRY, inputs, limits=limits, isolation="program")
    if any(outcome.status != "returned" or outcome.value is None for outcome in outcomes):
        return None
    return sum(int(outcome.value) for outcome in outcomes if outcome.value is not None)
