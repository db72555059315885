"""What is shown to a person: one call of one program, and what it did."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from core_bench.pages.timeline import Timeline, timeline
from core_bench.shown import Agreement, agreement_on
from tracer import Outcome, Trace


@dataclass(frozen=True, slots=True)
class TracedCall:
    """A call with its outcome and trace.

    Attributes:
        file: name of the file that holds the program, as the person wrote it.
        call: the call as the person wrote it, such as `f([3, 1])`.
        outcome: what the call did; its `trace` is kept apart.
        trace: what was recorded.
    """

    file: str
    call: str
    outcome: Outcome
    trace: Trace

    @property
    def agreement(self) -> Agreement:
        """How far two observers agree on what is shown."""
        return agreement_on(self.trace)

    def timeline(self) -> Timeline:
        """Return the steps of all frames in one order."""
        return timeline(self.trace)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `Trace.from_json` reads the part called `trace`."""
        outcome = asdict(replace(self.outcome, trace=None))
        del outcome["trace"]
        return {
            "file": self.file,
            "call": self.call,
            "outcome": outcome,
            "observers": self.agreement.sentence,
            "trace": self.trace.to_json(),
        }
