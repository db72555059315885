"""What a call may use, and what it did."""

from dataclasses import dataclass, field

from tracer.observation import Observation
from tracer.told import Status
from tracer.trace import RECURSION_LIMIT, Trace


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use. CPU seconds and memory are per process, wall seconds per call.

    `result_bytes` bounds the size of one outcome with what was reported of it.
    """

    cpu_s: int = 10
    wall_s: float = 10.0
    memory_bytes: int = 1 << 30
    output_chars: int = 100_000
    events: int = 20_000
    result_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call did.

    Attributes:
        status: `returned` or `raised`, or why there is neither. `tampered`: the program wrote to the
            channel that its results come back on, so that nothing it says can be used.
        value: canonical literal of the returned value, or a marker where it has none.
        exception: name of the exception's type, with its text in `message`; `message` also explains any
            other status.
        arguments: canonical literal of `[positional, keyword]` after the call: shows mutated arguments.
        stdout: what the call printed.
        trace: what `record_calls` recorded.
        observation: what `observe_calls` observed.
        refused: why there is no trace or observation of a call that returned or raised: the watched run
            ended differently, or not at all, or the program meddles with its own observation.
        sources: what the call reached that differs from run to run, where that was asked for
            (`nondeterminism`).
        layers: the layers of isolation that held; they take no part in comparing outcomes.
    """

    status: Status
    value: str | None = None
    exception: str | None = None
    message: str | None = None
    arguments: str | None = None
    stdout: str = ""
    trace: Trace | None = None
    observation: Observation | None = None
    refused: str | None = None
    sources: tuple[str, ...] = ()
    layers: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def met_recursion_limit(self) -> bool:
        """Whether a recorded call came to the recursion limit.

        What such a call returns may depend on how deep the stack was before it: it is no gold.
        """
        return self.trace is not None and self.trace.cut == RECURSION_LIMIT
