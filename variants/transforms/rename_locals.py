"""Local variables and parameters get other names."""

import random
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import count
from typing import ClassVar

import libcst as cst

from variants.analysis.bindings import Binding, find_binding, is_printed
from variants.analysis.program import Program, ProgramError
from variants.analysis.scopes import ClassScope, LocalScope, Scope
from variants.analysis.tree import Replacement
from variants.rewriting.edits import replace
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
        bindings = _bindings_by_function(program)
        for function in program.nodes(cst.FunctionDef):
            if _renameable(program, bindings.get(function, [])):
                yield function

    def choose(
        self, program: Program, site: Site, rng: random.Random, protected: Collection[str] = ()
    ) -> Parameters | None:
        """Draw a naming scheme and deal its names out in random order."""
        function = self.node_at(program, site)
        groups = _renameable(program, _bindings_by_function(program).get(function, []))
        names = [
            name
            for name, bindings in groups.items()
            if name not in protected or not any(_is_parameter(program, binding) for binding in bindings)
        ]
        scheme = rng.choice(("letters", "numbered", "short"))
        rng.shuffle(names)
        fresh = (candidate for candidate in _scheme(scheme) if program.is_free(candidate))
        return tuple(sorted(zip(names, fresh, strict=False))) or None

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the new names in the place of the old ones."""
        groups = _renameable(program, _bindings_by_function(program).get(node, []))
        replacements: dict[cst.CSTNode, Replacement] = {}
        for old, new in parameters:
            if old not in groups:
                raise ProgramError(
                    f"rename_locals cannot rename {old!r} here: the record is for another text"
                )
            for binding in groups[old]:
                for occurrence in binding.occurrences:
                    replacements[occurrence] = occurrence.with_changes(value=new)
        return replace(program, replacements)


def _scheme(name: str) -> Iterator[str]:
    if name == "letters":
        yield from _LETTERS
        yield from (first + second for first in _LETTERS for second in _LETTERS)
    prefix = {"letters": "name", "numbered": "var_", "short": "v"}[name]
    yield from (f"{prefix}{number}" for number in count(1))


@lru_cache(maxsize=8)
def _bindings_by_function(program: Program) -> dict[cst.CSTNode, list[Binding]]:
    """The bindings of each function's own scope and of the lambdas and comprehensions in it."""
    found: dict[cst.CSTNode, list[Binding]] = {}
    for scope in program.scopes:
        function = _function_of_scope(program, scope)
        if function is not None:
            names = sorted({assignment.name for assignment in scope.assignments})
            found.setdefault(function, []).extend(find_binding(program, scope, name) for name in names)
    return found


def _function_of_scope(program: Program, scope: Scope) -> cst.FunctionDef | None:
    if not isinstance(scope, LocalScope) or isinstance(scope, ClassScope):
        return None
    return scope.node if isinstance(scope.node, cst.FunctionDef) else program.function_of(scope.node)


def _renameable(program: Program, bindings: list[Binding]) -> dict[str, list[Binding]]:
    """The bindings grouped by name, without the names of which one must stay."""
    groups: dict[str, list[Binding]] = {}
    for binding in bindings:
        groups.setdefault(binding.name, []).append(binding)
    return {name: group for name, group in groups.items() if all(_may_change(program, one) for one in group)}


def _may_change(program: Program, binding: Binding) -> bool:
    name = binding.name
    if (
        not binding.is_plain
        or name in program.shared_names
        or name.startswith("_")
        or name in {"self", "cls"}
    ):
        return False
    if _is_parameter(program, binding) and (program.spreads_keywords or name in program.keyword_names):
        return False
    return not any(is_printed(program, occurrence) for occurrence in binding.occurrences)


def _is_parameter(program: Program, binding: Binding) -> bool:
    return any(isinstance(program.parent(store), cst.Param) for store in binding.stores)
