"""A function that only returns an expression becomes a lambda."""

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.branches import only_part
from variants.rewriting.edits import loses_comment, replace_statement, simple
from variants.rewriting.expressions import TERNARY, fits_on_line, text
from variants.transform import Change, Family, Parameters, Transform

_REFLECTIVE = frozenset({"__name__", "__qualname__", "__doc__"})


class DefToLambda(Transform):
    """Assigns a lambda to the name of a function."""

    name: ClassVar[str] = "def_to_lambda"
    family: ClassVar[Family] = "calls"
    description: ClassVar[str] = (
        "`def g(x): return x + 1` inside a function, or as a helper, becomes a lambda"
    )
    preconditions: ClassVar[str] = (
        "The function is defined once, in another function or in the module where another function uses it, "
        "and does nothing but return an expression. Refused: decorators, annotations, docstrings, yield and "
        "await, comments inside, methods, names that another scope writes, what does not fit on a line."
    )
    changes: ClassVar[frozenset[Change]] = frozenset({"structure", "steps"})
    undoes: ClassVar[frozenset[str]] = frozenset({"lambda_to_def"})

    def candidates(self, program: Program) -> Iterator[cst.FunctionDef]:
        """Functions of one return."""
        if program.names.isdisjoint(_REFLECTIVE):
            for node in program.nodes(cst.FunctionDef):
                if _line(program, node) is not None and _is_helper(program, node):
                    yield node

    def rewrite(self, program: Program, node: cst.CSTNode, parameters: Parameters) -> cst.Module:
        """Put the assignment in the place of the definition."""
        assert isinstance(node, cst.FunctionDef)
        line = _line(program, node)
        assert line is not None
        return replace_statement(program, node, [simple(program, line)])


def _line(program: Program, node: cst.FunctionDef) -> str | None:
    part = only_part(node.body)
    if not isinstance(part, cst.Return) or part.value is None or isinstance(part.value, cst.NamedExpr):
        return None
    given = node.params
    parameters = [
        *given.posonly_params,
        *given.params,
        *given.kwonly_params,
        given.star_arg,
        given.star_kwarg,
    ]
    if any(isinstance(one, cst.Param) and one.annotation is not None for one in parameters):
        return None
    if (
        node.decorators
        or node.returns is not None
        or node.asynchronous is not None
        or loses_comment(program, node, node.leading_lines)
    ):
        return None
    if node.type_parameters is not None or program.nodes_within(node, cst.Yield, cst.Await):
        return None
    signature = program.text(node.params)
    gap = " " if signature else ""
    line = f"{node.name.value} = lambda{gap}{signature}: {text(program, part.value, TERNARY - 1)}"
    return line if "\n" not in line and fits_on_line(program, node, line) else None


def _is_helper(program: Program, node: cst.FunctionDef) -> bool:
    """Whether the name is nothing but this function, and not the program's own entry."""
    name = node.name.value
    scope = program.scope(node)
    if scope is None or len(scope.assignments[name]) != 1 or name in program.shared_names:
        return False
    if program.function_of(node) is not None:
        return True
    users = [
        program.function_of(use)
        for use in program.nodes(cst.Name)
        if use.value == name and use is not node.name
    ]
    is_top = isinstance(program.parent(node), cst.Module)
    return is_top and any(user is not None and user is not node for user in users)
