"""Whether reading a name can fail because nothing is bound to it yet."""

import builtins

import libcst as cst

from variants.analysis.bindings import find_owner
from variants.analysis.program import Program
from variants.analysis.scopes import ComprehensionScope, GlobalScope, Scope

_CONSTANTS = frozenset({"True", "False", "None"})
_JUMPS = cst.Return | cst.Raise | cst.Break | cst.Continue


def is_surely_bound(program: Program, name: cst.Name) -> bool:
    """Whether a read of a name surely finds a value: a parameter, or one assigned on every way to it."""
    return name.value in _CONSTANTS or is_bound_at(program, name, name.value)


def is_bound_at(program: Program, node: cst.CSTNode, name: str) -> bool:
    """Whether a name that a statement or expression mentions surely has a value when that begins."""
    scope = program.scope(node)
    if scope is None:
        return False
    owner = find_owner(scope, name)
    if owner is None:
        return hasattr(builtins, name) and program.is_builtin(name)
    if name in program.shared_names or _may_vanish(program, name):
        return False
    if isinstance(owner, GlobalScope):
        return any(_is_at_top(program, binding) for binding in _binding_nodes(owner, name))
    if any(isinstance(binding, cst.Param) for binding in _binding_nodes(owner, name)):
        return True
    return _is_assigned_before(program, node, name, owner)


def _binding_nodes(owner: Scope, name: str) -> list[cst.CSTNode]:
    return [found.node for found in owner.assignments[name]]


def _may_vanish(program: Program, name: str) -> bool:
    """Whether a ``del`` or the end of an ``except ... as`` takes the name away somewhere."""
    caught = [program.parent(alias) for alias in program.nodes(cst.AsName) if _names(alias.name, name)]
    if any(isinstance(parent, cst.ExceptHandler | cst.ExceptStarHandler) for parent in caught):
        return True
    deletions = program.nodes(cst.Del)
    return bool(deletions) and any(
        node.value == name and any(program.encloses(deletion, node) for deletion in deletions)
        for node in program.nodes(cst.Name)
    )


def _is_at_top(program: Program, node: cst.CSTNode) -> bool:
    """Whether the module itself runs a binding, under no condition."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        return isinstance(program.parent(node), cst.Module)
    for ancestor in program.ancestors(node):
        if isinstance(ancestor, cst.SimpleStatementLine):
            return isinstance(program.parent(ancestor), cst.Module)
        if isinstance(ancestor, cst.BaseCompoundStatement | cst.BaseComp | cst.NamedExpr):
            return False
    return False


def _is_assigned_before(program: Program, node: cst.CSTNode, name: str, owner: Scope) -> bool:
    child = node
    for ancestor in program.ancestors(node):
        if isinstance(ancestor, cst.FunctionDef | cst.Lambda | cst.ClassDef):
            return False  # of an outer function only the parameters are known to be bound
        if isinstance(ancestor, cst.CompFor) and child is ancestor.iter and _is_of(owner, ancestor, program):
            return False
        if isinstance(owner, ComprehensionScope) and ancestor is owner.node:
            return True
        if isinstance(ancestor, cst.For) and child is ancestor.body and _names(ancestor.target, name):
            return True
        if isinstance(ancestor, cst.IndentedBlock):
            before = ancestor.body[: next(i for i, part in enumerate(ancestor.body) if part is child)]
            if any(binds(statement, name) for statement in before):
                return True
        child = ancestor
    return False


def _is_of(owner: Scope, clause: cst.CompFor, program: Program) -> bool:
    return isinstance(owner, ComprehensionScope) and program.encloses(owner.node, clause)


def _names(target: cst.BaseExpression, name: str) -> bool:
    """Whether a target binds a name."""
    if isinstance(target, cst.Tuple | cst.List):
        return any(_names(element.value, name) for element in target.elements)
    return isinstance(target, cst.Name) and target.value == name


def binds(statement: cst.CSTNode, name: str) -> bool:
    """Whether a statement has bound a name once it is over."""
    if isinstance(statement, cst.SimpleStatementLine | cst.SimpleStatementSuite):
        return any(binds(part, name) for part in statement.body)
    if isinstance(statement, cst.Assign):
        return any(_names(target.target, name) for target in statement.targets)
    if isinstance(statement, cst.AnnAssign):
        return statement.value is not None and _names(statement.target, name)
    if isinstance(statement, cst.AugAssign):
        return _names(statement.target, name)
    if isinstance(statement, cst.FunctionDef):
        return statement.name.value == name
    if isinstance(statement, cst.IndentedBlock):
        return any(binds(part, name) or _leaves(part) for part in statement.body)
    if isinstance(statement, cst.If) and statement.orelse is not None:
        orelse = statement.orelse
        return binds(statement.body, name) and binds(
            orelse if isinstance(orelse, cst.If) else orelse.body, name
        )
    return False


def _leaves(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[-1], _JUMPS)
