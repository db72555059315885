"""What an implementation must be like to be taken into a benchmark."""

from dataclasses import dataclass

from variants.measures import Tokenizer


@dataclass(frozen=True, slots=True)
class Demands:
    """What a candidate must be like before it is run; the CoRE paper (section 3) asks for 0.7 and 3.

    Attributes:
        max_jaccard: Largest Jaccard similarity to the original and to every other variant.
        min_complexity: Smallest cyclomatic complexity.
        tokenizer: What the similarity is taken of. It decides the filter: programs that differ by names only
            pass 0.7 in one of four cases by `tokenize`, and in seven of ten by `word`.
    """

    max_jaccard: float = 1.0
    min_complexity: int = 1
    tokenizer: Tokenizer = "tokenize"


EVERYTHING = Demands()
