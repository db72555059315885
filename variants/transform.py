"""What a transform is: one kind of rewrite that keeps the meaning of a program."""

import random
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import ClassVar, Literal

import libcst as cst

from variants.analysis.program import Program, ProgramError
from variants.site import Site

Change = Literal["vocabulary", "structure", "steps"]
Family = Literal[
    "loops", "comprehensions", "conditions", "control", "data flow", "calls", "data", "names", "noise"
]
Parameters = tuple[tuple[str, str], ...]

_WISH = "wish"
_WISHES = 12


class Transform(ABC):
    """One kind of rewrite. To add one, put a module with a subclass into `variants.transforms`.

    Attributes:
        name: Unique name, equal to the name of its module.
        family: What kind of thing it rewrites.
        description: What it turns into what, in a line.
        preconditions: When it fires, and what it refuses.
        changes: What a reader or a trace notices: other names, another syntax tree, other executed lines.
        invents_names: It may take names from `Program.fresh`; which of the wishes, is left to chance.
        undoes: Names of transforms whose work it takes back: it does not fire in a function after them.
    """

    name: ClassVar[str]
    family: ClassVar[Family]
    description: ClassVar[str]
    preconditions: ClassVar[str]
    changes: ClassVar[frozenset[Change]]
    invents_names: ClassVar[bool] = False
    undoes: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def candidates(self, program: Program) -> Iterable[cst.CSTNode]:
        """The statements inside functions that can be rewritten, in source order.

        They depend on the program's text alone, so that a record of sites fits the text for ever.
        """

    @abstractmethod
    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """The program's tree with one candidate rewritten."""

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw what is left to chance.

        Args:
            program: The program to rewrite.
            site: One of its sites.
            rng: Where the chance comes from.
            protected: Parameter names that callers pass by keyword.

        Returns:
            What to hand to `apply` and to keep in the record; None where the callers forbid the rewrite.
        """
        return ((_WISH, str(rng.randrange(_WISHES))),) if self.invents_names else ()

    def sites(self, program: Program) -> list[Site]:
        """Where the transform could fire, in source order."""
        return [site for site, _ in _located(self, program)]

    def apply(self, program: Program, site: Site, parameters: Parameters = ()) -> cst.Module:
        """Rewrite the program at one site.

        Raises:
            ProgramError: The program has no such site, so the record was made for another text.
        """
        node = self.node_at(program, site)
        # Only where names are invented: the record of a renaming is about names, and "wish" may be one.
        wish = dict(parameters).get(_WISH) if self.invents_names else None
        return self.rewrite(program if wish is None else program.wishing(int(wish)), node, parameters)

    def rewritten(self, program: Program, site: Site, parameters: Parameters = ()) -> str:
        """The text of the program rewritten at one site.

        Raises:
            ProgramError: As `apply` does.
        """
        return program.printed(self.apply(program, site, parameters))

    def node_at(self, program: Program, site: Site) -> cst.CSTNode:
        """The candidate that a site names."""
        for found, node in _located(self, program):
            if found == site:
                return node
        raise ProgramError(
            f"{self.name} cannot fire at {site}: the record was made for another program; "
            "replay a chain only on the text that it was composed for"
        )


@lru_cache(maxsize=64)
def _located(transform: Transform, program: Program) -> list[tuple[Site, cst.CSTNode]]:
    if program.is_opaque:
        return []
    counts: dict[str, int] = {}
    located = []
    for node in transform.candidates(program):
        function = node if isinstance(node, cst.FunctionDef) else program.function_of(node)
        if function is None:
            continue
        name = program.qualified_name(function)
        ordinal = counts.get(name, 0)
        counts[name] = ordinal + 1
        located.append((Site(name, ordinal, program.line(node)), node))
    return located
