"""Functions that call themselves, and where they do."""

from dataclasses import dataclass

import libcst as cst

from variants.analysis.bindings import captures, find_binding
from variants.analysis.bound import is_surely_bound
from variants.analysis.program import Program
from variants.rewriting.functions import is_ordinary, notices_end, parameters_of


@dataclass(frozen=True, slots=True)
class Recursion:
    """A top-level function that calls itself.

    Attributes:
        function: The function.
        parameters: The names of its parameters, all passed by position.
        calls: Its calls of itself, each with as many arguments.
    """

    function: cst.FunctionDef
    parameters: tuple[str, ...]
    calls: tuple[cst.Call, ...]


def find_recursion(program: Program, function: cst.FunctionDef) -> Recursion | None:
    """The calls of a function to itself, where all that it names itself for is to be called so."""
    parameters = parameters_of(function)
    if not isinstance(program.parent(function), cst.Module) or not parameters or function.decorators:
        return None
    if not is_ordinary(program, function) or notices_end(program):
        return None
    name = function.name.value
    inside = [use for use in program.nodes_within(function.body, cst.Name) if use.value == name]
    calls = [program.parent(use) for use in inside]
    found = tuple(call for call in calls if isinstance(call, cst.Call) and len(call.args) == len(parameters))
    if (
        not found
        or len(found) != len(calls)
        or not _is_only(program, name)
        or not _is_closed(program, function)
    ):
        return None
    if any(argument.star or argument.keyword is not None for call in found for argument in call.args):
        return None
    return Recursion(function, tuple(parameter.name.value for parameter in parameters), found)


def _is_only(program: Program, name: str) -> bool:
    """Whether the name is bound once in the program."""
    bound = [one for scope in program.scopes for one in scope.assignments if one.name == name]
    return len(bound) == 1 and name not in program.shared_names


def _is_closed(program: Program, function: cst.FunctionDef) -> bool:
    """Whether the variables are the function's own, and a round never reads what an earlier one left."""
    odd = (cst.FunctionDef, cst.ClassDef, cst.Global, cst.Nonlocal, cst.Del, cst.Import, cst.ImportFrom)
    if program.nodes_within(function.body, *odd):
        return False
    inner = program.scope(function.body)
    assert inner is not None
    for name in sorted({assignment.name for assignment in inner.assignments}):
        binding = find_binding(program, inner, name)
        if not binding.is_plain or captures(program, binding):
            return False
        if not all(is_surely_bound(program, load) for load, _ in binding.loads):
            return False
    return True
