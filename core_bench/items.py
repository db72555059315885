"""An item is what is asked once: a sample or a probe, without its gold answer."""

from dataclasses import dataclass
from typing import Literal

from tracer import source_lines

Kind = Literal["sample", "probe"]


@dataclass(frozen=True, slots=True)
class Item:
    """All that a method may see of a sample or a probe; the gold literal is not part of it.

    `target` is what the answer is asserted equal to: the call for a sample, a name for a probe.
    """

    id: str
    kind: Kind
    problem: str
    implementation: str
    code: str
    entry_point: str
    input: str
    target: str
    question: str | None = None

    @property
    def call(self) -> str:
        """The call that is asked about, as source text."""
        return f"{self.entry_point}({self.input})"

    @property
    def numbered_code(self) -> str:
        """The code with its line numbers in front, for questions that name lines."""
        lines = source_lines(self.code)
        width = len(str(len(lines)))
        return "\n".join(f"{number:>{width}}  {line}".rstrip() for number, line in enumerate(lines, 1))
