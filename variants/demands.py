"""What an implementation must be like to be taken into a benchmark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demands:
    """What a candidate must be like before it is run; the CoRE paper (section 3) asks for 0.7 and 3.

    Attributes:
        max_jaccard: Largest Jaccard similarity of Python tokens to the original and to every other variant.
        min_complexity: Smallest cyclomatic complexity.
    """

    max_jaccard: float = 1.0
    min_complexity: int = 1


EVERYTHING = Demands()
