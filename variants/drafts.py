"""A program on its way to a variant: each step rewrites one site more, and is recorded."""

import random
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from variants.analysis.program import Program
from variants.measures import Tokenizer, tokens
from variants.site import Site
from variants.transform import Family, Parameters, Transform

MOST_TURNS: dict[Family, int] = {"names": 1, "noise": 1}
"""How often one transform may fire in a chain, where that is not `_TURNS`."""

_TURNS = 3
_WEIGHTS: dict[Family, int] = {"noise": 1}
_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class Link:
    """One applied transform.

    Attributes:
        transform: Name of the transform.
        site: Where it fired in the text that the links before it had made.
        parameters: What had been left to chance, as pairs of text.
    """

    transform: str
    site: Site
    parameters: Parameters = ()


class Draft:
    """A program with the chain that made it; analysed only when it is rewritten further.

    Args:
        code: Its text.
        chain: How it was made from the original.
        seen: Texts that were made already, by this draft and its relatives: no step comes back to one.
        program: The analysed text, where it is at hand.
    """

    def __init__(
        self,
        code: str,
        chain: tuple[Link, ...] = (),
        *,
        seen: set[str],
        program: Program | None = None,
    ) -> None:
        self.code = code
        self.chain = chain
        self._seen = seen
        self._program = program
        self._tokens: dict[Tokenizer, frozenset[str]] = {}

    @property
    def program(self) -> Program:
        """The analysed text."""
        if self._program is None:
            self._program = Program(self.code)
        return self._program

    def tokens(self, tokenizer: Tokenizer) -> frozenset[str]:
        """Its tokens, as the filter compares them."""
        if tokenizer not in self._tokens:
            self._tokens[tokenizer] = tokens(self.code, tokenizer)
        return self._tokens[tokenizer]

    def steps(
        self, rng: random.Random, transforms: Collection[Transform], protected: frozenset[str]
    ) -> Iterator["Draft"]:
        """Yield drafts with one link more, in random order, each of another transform.

        Args:
            rng: Where the chance comes from.
            transforms: What may be applied, in an order that does not depend on chance.
            protected: Parameter names that callers pass by keyword.
        """
        for transform in self._turns(rng, transforms):
            # One that fired here before may have made the site itself, and would only undo what it did.
            fired = {link.site for link in self.chain if link.transform == transform.name}
            places = {(site.function, site.ordinal) for site in fired}
            undone = {link.site.function for link in self.chain if link.transform in transform.undoes}
            sites = [
                site
                for site in transform.sites(self.program)
                if (site.function, site.ordinal) not in places and site.function not in undone
            ]
            if not sites:
                continue
            site = rng.choice(sites)
            parameters = transform.choose(self.program, site, rng, protected)
            if parameters is None:
                continue
            code = transform.rewritten(self.program, site, parameters)
            if code not in self._seen and _compiles(code):
                self._seen.add(code)
                yield Draft(
                    code,
                    (*self.chain, Link(transform.name, site, parameters)),
                    seen=self._seen,
                )

    def _turns(self, rng: random.Random, transforms: Collection[Transform]) -> list[Transform]:
        """The transforms that have a turn left, shuffled; the heavier ones tend to come first."""
        used = [link.transform for link in self.chain]
        # To exchange names a second time would only hide the first time.
        is_renamed = any(transform.family == "names" and transform.name in used for transform in transforms)
        pool = [
            transform
            for transform in transforms
            if used.count(transform.name) < MOST_TURNS.get(transform.family, _TURNS)
            and not (is_renamed and transform.family == "names")
        ]
        tickets = [transform for transform in pool for _ in range(_WEIGHTS.get(transform.family, _WEIGHT))]
        rng.shuffle(tickets)
        return list(dict.fromkeys(tickets))


def _compiles(code: str) -> bool:
    """Whether Python takes what libcst takes.

    Up to 3.11 an f-string cannot hold its own quotes, and only the compiler, not the parser, objects to a
    walrus in what a comprehension runs over or to a misplaced `nonlocal`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile(code, "<draft>", "exec", dont_inherit=True)
        except SyntaxError:
            return False
    return True
