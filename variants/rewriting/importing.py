"""Names from modules, and the lines that import them."""

from collections.abc import Mapping

import libcst as cst

from variants.analysis.program import Program
from variants.analysis.tree import Replacement
from variants.rewriting.edits import only_statement, replace, simple


def is_from(program: Program, node: cst.BaseExpression, module: str, name: str) -> bool:
    """Whether an expression is a name of a module, as `from module import name` or `module.name`."""
    if isinstance(node, cst.Name):
        return node.value == name and imports(program, module, name)
    if not isinstance(node, cst.Attribute) or node.attr.value != name or not isinstance(node.value, cst.Name):
        return False
    bound = [one for scope in program.scopes for one in scope.assignments if one.name == module]
    return node.value.value == module and len(bound) == 1 and isinstance(bound[0].node, cst.Import)


def imports(program: Program, module: str, name: str) -> bool:
    """Whether the program imports a name from a module, at its top, and binds it nowhere else."""
    bound = [one for scope in program.scopes for one in scope.assignments if one.name == name]
    node = bound[0].node if len(bound) == 1 else None
    if not isinstance(node, cst.ImportFrom) or node.module is None or node.relative:
        return False
    line = program.parent(node)
    is_top = line is not None and isinstance(program.parent(line), cst.Module)
    return is_top and program.text(node.module) == module


def can_import(program: Program, module: str, name: str) -> bool:
    """Whether a name is imported from a module already, or is free to be."""
    return imports(program, module, name) or program.is_free(name)


def replace_and_import(
    program: Program, edits: Mapping[cst.CSTNode, Replacement], module: str, name: str
) -> cst.Module:
    """The program's tree with nodes exchanged and, where it is missing, a line that imports a name."""
    made = replace(program, edits)
    if imports(program, module, name):
        return made
    line = simple(program, f"from {module} import {name}")
    place = 0
    for index, statement in enumerate(made.body):
        small = only_statement(statement)
        is_docstring = index == 0 and isinstance(small, cst.Expr) and isinstance(small.value, cst.BaseString)
        if not isinstance(small, cst.Import | cst.ImportFrom) and not is_docstring:
            break
        place = index + 1
    body = list(made.body)
    if place == 0 and body and not getattr(body[0], "leading_lines", ()):
        gap = [cst.EmptyLine(indent=False), cst.EmptyLine(indent=False)]
        body[0] = body[0].with_changes(leading_lines=gap)
    return made.with_changes(body=[*body[:place], line, *body[place:]])
