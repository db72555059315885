"""Local variables and parameters get names that promise something else."""

import random
from collections.abc import Collection, Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import Binding
from variants.analysis.program import Program
from variants.rewriting.renaming import exchangeable, rename, renameable
from variants.rewriting.roles import MISLEADING_NAMES, ROLE_NAMES, role_of
from variants.site import Site
from variants.transform import Change, Family, Parameters, Transform

_OPPOSITES = {
    "maximum": "minimum",
    "largest": "smallest",
    "highest": "lowest",
    "max": "min",
    "start": "end",
    "first": "last",
    "left": "right",
    "high": "low",
    "upper": "lower",
    "even": "odd",
    "longest": "shortest",
    "total": "difference",
    "row": "column",
    "best": "worst",
    "before": "after",
    "old": "new",
    "prev": "next",
    "previous": "following",
    "numerator": "denominator",
    "rows": "columns",
    "width": "height",
}
_BOTH_WAYS = {**_OPPOSITES, **{value: key for key, value in _OPPOSITES.items()}}


class RenameMisleading(Transform):
    """Swaps words of a name for their opposites, or calls a list a flag."""

    name: ClassVar[str] = "rename_misleading"
    family: ClassVar[Family] = "names"
    description: ClassVar[str] = "variables get names that suggest another type or the opposite role"
    preconditions: ClassVar[str] = (
        "A word of the name has an opposite (max_len becomes min_len), or the variable's uses tell its role "
        "and it gets a usual name of another role. Left alone: what rename_locals leaves alone (keyword "
        "parameters, global, nonlocal, functions, attributes)."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary"})

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions with a variable that can be misnamed."""
        for function in program.nodes(cst.FunctionDef):
            groups = renameable(program, function)
            if any(_wishes(program, name, groups) for name in groups):
                yield function

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw a wrong name for each variable."""
        groups = exchangeable(program, self.node_at(program, site), protected)
        chosen: dict[str, str] = {}
        for name in sorted(groups):
            wishes = _wishes(program, name, groups)
            drawn = rng.sample(wishes, len(wishes))
            taken = set(chosen.values())
            new = next((wish for wish in drawn if program.is_free(wish) and wish not in taken), None)
            if new is not None:
                chosen[name] = new
        return tuple(sorted(chosen.items())) or None

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the new names in the place of the old ones."""
        return rename(program, node, dict(parameters), self.name)


def _wishes(program: Program, name: str, groups: dict[str, list[Binding]]) -> tuple[str, ...]:
    """Misleading names for a variable; none where it has one already."""
    opposite = "_".join(_BOTH_WAYS.get(word, word) for word in name.split("_"))
    if opposite != name:
        return (opposite,)
    role = role_of(program, groups[name])
    if role is None or name in MISLEADING_NAMES[role]:
        return ()
    good = {*ROLE_NAMES[role], *ROLE_NAMES["value"]}
    return tuple(wish for wish in MISLEADING_NAMES[role] if wish not in good)
