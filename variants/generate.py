"""Verified variants of one program, far from it and from each other."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tracer import Limits
from variants.calls import Tests, keywords_of, read_tests
from variants.collecting import few_collections
from variants.compose import first_draft, named_transforms
from variants.demands import EVERYTHING, Demands
from variants.drafts import Draft, Link
from variants.equivalence import Equivalence, Reference
from variants.lengths import TraceLength, executed_lines
from variants.measures import Similarity, complexity, similarity
from variants.references import proven_reference
from variants.search import Search
from variants.selection import most_diverse

_WALKS = 8
"""Walks for each variant that is wanted, at most."""

_SPARE = 2
"""Variants that are looked for, for each that is wanted: the most diverse are taken."""


@dataclass(frozen=True, slots=True)
class Variant:
    """An equivalent implementation made from another one.

    Attributes:
        code: Its text.
        chain: How it was made; `replay` makes it again from the original.
        equivalence: The proof by running.
        complexity: Its cyclomatic complexity.
        similarity: What it has in common with the original.
        length: How many lines the two execute on the tests; None where that could not be counted.
    """

    code: str
    chain: tuple[Link, ...]
    equivalence: Equivalence
    complexity: int
    similarity: Similarity
    length: TraceLength | None


@dataclass(slots=True)
class Tally:
    """What became of the candidates of a search.

    Attributes:
        made: Programs that transforms gave.
        filtered: Those that were too like others, or too simple, and were not run.
        verified: Those that were run and found equivalent.
        rejected: Those that were run and found different, with the verdict.
    """

    made: int = 0
    filtered: int = 0
    verified: int = 0
    rejected: list[tuple[Draft, Equivalence]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Generation:
    """What a search gave.

    Attributes:
        variants: The variants, the most different first.
        tally: What became of all candidates.
        demands: What was asked of them.
        hindrance: Why no transform may touch the program, where that is so.
    """

    variants: tuple[Variant, ...]
    tally: Tally
    demands: Demands
    hindrance: str | None = None


def generate(
    code: str,
    tests: Sequence[str],
    n: int,
    seed: int,
    *,
    transforms: Iterable[str] | None = None,
    demands: Demands = EVERYTHING,
    limits: Limits | None = None,
) -> Generation:
    """Up to `n` variants of a program, each proved equivalent on the inputs; fewer where it offers no more.

    Args:
        code: The program.
        tests: Calls of one of its functions, such as ``"f([3, 1], k=2)"`` or ``"f([3, 1], k=2) == 4"``.
        n: How many variants are wanted.
        seed: Decides which; the same seed gives the same variants.
        transforms: Names of the transforms to draw from; all by default.
        demands: What candidates must be like before they are run; by default everything is taken.
        limits: What one process may use.

    Raises:
        ProgramError: The program does not parse, has no such function, or fails on one of its tests.
    """
    given = read_tests(tests)
    original = first_draft(code, given.entry_point)
    reference = proven_reference(code, given, limits)
    search = Search(
        original=original,
        transforms=named_transforms(transforms),
        protected=keywords_of(given.inputs),
        rng=random.Random(seed),
        known=[original],
        tokenizer=demands.tokenizer,
    )
    tally = Tally()
    proofs: dict[str, Equivalence] = {}
    with few_collections():
        for _ in range(_WALKS * n):
            if len(proofs) == _SPARE * n:
                break
            accepted = _walk(search, demands, reference, tally)
            if accepted is not None:
                draft, proof = accepted
                search.known.append(draft)
                proofs[draft.code] = proof
    pool = search.known[1:]
    chosen = most_diverse(
        [draft.tokens(demands.tokenizer) for draft in pool],
        n,
        given=[original.tokens(demands.tokenizer)],
        max_similarity=demands.max_jaccard,
    )
    lengths = _Lengths(code, given, limits)
    variants = tuple(_variant(pool[index], original, proofs, lengths) for index in chosen)
    return Generation(variants, tally, demands, original.program.hindrance)


def _walk(
    search: Search, demands: Demands, reference: Reference, tally: Tally
) -> tuple[Draft, Equivalence] | None:
    """Follow one walk to the first program that fulfils the demands, or to its end; prove what it found."""
    found = None
    for draft in search.walk():
        tally.made += 1
        if search.likeness(draft) <= demands.max_jaccard and complexity(draft.code) >= demands.min_complexity:
            found = draft
            if demands.max_jaccard < 1:
                break
        else:
            tally.filtered += 1
    if found is None:
        return None
    verdict = reference.check(found.code)
    if not verdict.equivalent:
        tally.rejected.append((found, verdict))
        return None
    tally.verified += 1
    return found, verdict


class _Lengths:
    """Compares how many lines programs execute with how many the original does."""

    def __init__(self, code: str, tests: Tests, limits: Limits | None) -> None:
        self._call = tests.entry_point, tests.inputs, limits
        self._code = code

    @cached_property
    def _original(self) -> int | None:
        return executed_lines(self._code, *self._call)

    def of(self, code: str) -> TraceLength | None:
        """The lengths for a program; None where one of the two does not end while it is counted."""
        found = executed_lines(code, *self._call)
        return None if found is None or self._original is None else TraceLength(self._original, found)


def _variant(draft: Draft, original: Draft, proofs: Mapping[str, Equivalence], lengths: _Lengths) -> Variant:
    return Variant(
        code=draft.code,
        chain=draft.chain,
        equivalence=proofs[draft.code],
        complexity=complexity(draft.code),
        similarity=similarity(original.code, draft.code),
        length=lengths.of(draft.code),
    )
