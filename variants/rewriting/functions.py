"""Functions at the top of a module: which ones are simple, and new ones put before others."""

from collections.abc import Sequence

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import compound

_GAP = (cst.EmptyLine(indent=False), cst.EmptyLine(indent=False))


def top_function(program: Program, node: cst.CSTNode) -> cst.FunctionDef | None:
    """The function that a node belongs to, where the module itself defines it under no condition."""
    function = program.function_of(node)
    is_top = function is not None and isinstance(program.parent(function), cst.Module)
    return function if is_top else None


def is_ordinary(program: Program, function: cst.FunctionDef) -> bool:
    """Whether calling a function runs its body to the end: no generator, no coroutine."""
    return function.asynchronous is None and not program.nodes_within(function, cst.Yield, cst.Await)


def notices_end(program: Program) -> bool:
    """Whether a generator or object could tell when a call is over and its variables are gone."""
    if "__del__" in program.names:
        return True
    return bool(program.nodes(cst.Yield)) and bool(program.nodes(cst.Try, cst.TryStar, cst.With))


def new_function(
    program: Program, name: str, parameters: Sequence[str], body: Sequence[cst.BaseStatement]
) -> cst.FunctionDef:
    """A function from its name, the names of its parameters and its statements."""
    made = compound(program, f"def {name}({', '.join(parameters)}):", body)
    assert isinstance(made, cst.FunctionDef)
    return made


def put_before(
    function: cst.FunctionDef, new: cst.FunctionDef, changed: cst.FunctionDef
) -> list[cst.FunctionDef]:
    """A new function and the changed one that it is put before; comments stay with the changed one.

    Args:
        function: The function as it stands in the program.
        new: What comes before it.
        changed: What comes in its place.
    """
    lines = list(function.leading_lines)
    blank: list[cst.EmptyLine] = []
    while lines and lines[0].comment is None:
        blank.append(lines.pop(0))
    return [new.with_changes(leading_lines=blank), changed.with_changes(leading_lines=[*_GAP, *lines])]


def parameters_of(function: cst.FunctionDef) -> list[cst.Param] | None:
    """The parameters where all of them can be passed by position and none has a default; else None."""
    given = function.params
    if given.star_kwarg is not None or given.kwonly_params or isinstance(given.star_arg, cst.Param):
        return None
    found = [*given.posonly_params, *given.params]
    return None if any(parameter.default is not None for parameter in found) else found
