"""Which names of a function can be exchanged, and how that is done everywhere at once."""

from collections.abc import Collection, Mapping
from functools import lru_cache

import libcst as cst

from variants.analysis.bindings import Binding, find_binding, is_printed
from variants.analysis.program import Program, ProgramError
from variants.analysis.scopes import ClassScope, LocalScope, Scope
from variants.analysis.tree import Replacement
from variants.rewriting.edits import replace


def renameable(program: Program, function: cst.CSTNode) -> dict[str, list[Binding]]:
    """The bindings of a function that may get another name, those of one name together.

    Its lambdas and comprehensions are included. One binding that must keep its name keeps all of that name.
    """
    groups: dict[str, list[Binding]] = {}
    for binding in _bindings_by_function(program).get(function, []):
        groups.setdefault(binding.name, []).append(binding)
    return {name: group for name, group in groups.items() if all(_may_change(program, one) for one in group)}


def exchangeable(
    program: Program, function: cst.CSTNode, protected: Collection[str]
) -> dict[str, list[Binding]]:
    """The renameable bindings without the parameters that a caller passes by keyword."""
    return {
        name: bindings
        for name, bindings in renameable(program, function).items()
        if name not in protected or not any(is_parameter(program, binding) for binding in bindings)
    }


def rename(program: Program, function: cst.CSTNode, names: Mapping[str, str], transform: str) -> cst.Module:
    """The program's tree with names of a function exchanged.

    Raises:
        ProgramError: One of the names cannot be exchanged there.
    """
    groups = renameable(program, function)
    replacements: dict[cst.CSTNode, Replacement] = {}
    for old, new in names.items():
        if old not in groups:
            raise ProgramError(f"{transform} cannot rename {old!r} here: the record is for another text")
        for binding in groups[old]:
            for occurrence in binding.occurrences:
                replacements[occurrence] = occurrence.with_changes(value=new)
    return replace(program, replacements)


def is_parameter(program: Program, binding: Binding) -> bool:
    """Whether the name stands in a signature."""
    return any(isinstance(program.parent(store), cst.Param) for store in binding.stores)


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


def _may_change(program: Program, binding: Binding) -> bool:
    name = binding.name
    if (
        not binding.is_plain
        or name in program.shared_names
        or name.startswith("_")
        or name in {"self", "cls"}
    ):
        return False
    if is_parameter(program, binding) and (program.spreads_keywords or name in program.keyword_names):
        return False
    return not any(is_printed(program, occurrence) for occurrence in binding.occurrences)
