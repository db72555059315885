"""Where a rewrite happens, as text that can be kept in a record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A coordinate in a program's text.

    Attributes:
        function: Qualified name of the function.
        ordinal: Which of the transform's candidates in that function, counted from 0 in source order.
        line: Line on which the candidate starts; tells a stale record from a fitting one.
    """

    function: str
    ordinal: int
    line: int

    def __str__(self) -> str:
        return f"{self.function}#{self.ordinal} (line {self.line})"
