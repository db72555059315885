"""What a rewritten run told, as it comes from the worker."""

from dataclasses import dataclass, field
from typing import Any

from tests.tracer.oracle.sites import Table

Entry = tuple[int, int, tuple[int, ...], tuple[int, ...], Any]
"""Serial number of the call, site, indices of texts (-1: unbound), addresses (0: a plain value), and more."""


@dataclass
class Told:
    """The reports of a run in their order; `problem` says why nothing can be said of it.

    Attributes:
        texts: what the indices in the reports mean.
        foreign: functions with calls that were made before the run.
    """

    problem: str | None = None
    table: Table = field(default_factory=Table)
    log: list[Entry] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    foreign: set[int] = field(default_factory=set)
