"""Looks for variants that are far from the original and from each other."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from variants.drafts import Draft
from variants.measures import Tokenizer, jaccard
from variants.transform import Transform

_TRIES = 3
_DEPTH = 9


@dataclass(slots=True)
class Search:
    """Walks away from programs that are known, step by step in the best of a few random directions.

    A walk starts at the original or at an accepted variant. At each step a few rewrites are tried, and the
    one that is least like anything known is kept; every program on the way is a candidate. A program where
    several walks pass is analysed once.

    Attributes:
        original: Where the first walk starts.
        transforms: What may be applied.
        protected: Parameter names that callers pass by keyword.
        rng: Where the chance comes from.
        known: The original and the accepted variants.
        tokenizer: What likeness is taken of.
    """

    original: Draft
    transforms: Sequence[Transform]
    protected: frozenset[str]
    rng: random.Random
    known: list[Draft]
    tokenizer: Tokenizer

    def walk(self) -> Iterator[Draft]:
        """Yield the programs of one walk; whoever accepts one puts it into `known`."""
        draft = self.original if self.rng.random() < 0.5 else self.rng.choice(self.known)
        for _ in range(self.rng.randint(2, _DEPTH)):
            steps = draft.steps(self.rng, self.transforms, self.protected)
            tried = list(islice(steps, _TRIES))
            if not tried:
                return
            draft = min(tried, key=self.likeness)
            yield draft

    def likeness(self, draft: Draft) -> float:
        """The Jaccard similarity to the nearest known program."""
        tokens = draft.tokens(self.tokenizer)
        return max(jaccard(tokens, other.tokens(self.tokenizer)) for other in self.known)
