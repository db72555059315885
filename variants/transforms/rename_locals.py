"""Local variables and parameters get other names."""

import random
from collections.abc import Collection, Iterator
from itertools import count
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.renaming import exchangeable, rename, renameable
from variants.site import Site
from variants.transform import Change, Family, Parameters, Transform

# No l or o: they read like digits.
_LETTERS = "abcdefghijkmnpqrstuvwxyz"


class RenameLocals(Transform):
    """Renames everything local to one function, its lambdas and comprehensions included."""

    name: ClassVar[str] = "rename_locals"
    family: ClassVar[Family] = "names"
    description: ClassVar[str] = "local variables and parameters get neutral names"
    preconditions: ClassVar[str] = (
        "Left alone: parameters that a call or a test input passes by keyword, names in global or nonlocal "
        "statements, functions, classes, imports, attributes, self and cls, names with a leading underscore, "
        "and names that an f-string prints with =."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"vocabulary"})

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions that have something to rename."""
        for function in program.nodes(cst.FunctionDef):
            if renameable(program, function):
                yield function

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw a naming scheme and deal its names out in random order."""
        names = list(exchangeable(program, self.node_at(program, site), protected))
        scheme = rng.choice(("letters", "numbered", "short"))
        rng.shuffle(names)
        fresh = (candidate for candidate in _scheme(scheme) if program.is_free(candidate))
        return tuple(sorted(zip(names, fresh, strict=False))) or None

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the new names in the place of the old ones."""
        return rename(program, node, dict(parameters), self.name)


def _scheme(name: str) -> Iterator[str]:
    if name == "letters":
        yield from _LETTERS
        yield from (first + second for first in _LETTERS for second in _LETTERS)
    prefix = {"letters": "name", "numbered": "var_", "short": "v"}[name]
    yield from (f"{prefix}{number}" for number in count(1))
