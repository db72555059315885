"""Local variables and parameters get names that tell what they are for."""

import random
from collections.abc import Collection, Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import Binding
from variants.analysis.program import Program
from variants.rewriting.renaming import exchangeable, rename, renameable
from variants.rewriting.roles import names_of
from variants.site import Site
from variants.transform import Change, Family, Parameters, Transform


class RenameByRole(Transform):
    """Names counters, totals, indices, texts and collections as such."""

    name: ClassVar[str] = "rename_by_role"
    family: ClassVar[Family] = "names"
    description: ClassVar[str] = "variables whose uses tell their role get names such as index, total or text"
    preconditions: ClassVar[str] = (
        "The first assignment, the inferred type, the methods called or the calls that a variable is handed "
        "to tell what it is. Left alone: what already has one of the names for its role, and all that "
        "rename_locals leaves alone (keyword parameters, global, nonlocal, functions, attributes)."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary"})

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions with a variable whose role is clear."""
        for function in program.nodes(cst.FunctionDef):
            groups = renameable(program, function)
            if any(_wishes(program, name, groups) for name in groups):
                yield function

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw one of the good names for each variable."""
        groups = exchangeable(program, self.node_at(program, site), protected)
        chosen: dict[str, str] = {}
        for name in sorted(groups):
            wishes = list(_wishes(program, name, groups))
            rng.shuffle(wishes)
            taken = set(chosen.values())
            free = (wish for wish in wishes if program.is_free(wish) and wish not in taken)
            new = next(free, None)
            if new is not None:
                chosen[name] = new
        return tuple(sorted(chosen.items())) or None

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the new names in the place of the old ones."""
        return rename(program, node, dict(parameters), self.name)


def _wishes(program: Program, name: str, groups: dict[str, list[Binding]]) -> tuple[str, ...]:
    """Names for a variable; none where it has one of them."""
    wishes = names_of(program, groups[name])
    return () if name in wishes else wishes
