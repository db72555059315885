"""Collections that are only gone through or searched, so that nobody can tell lists from tuples."""

import libcst as cst

from variants.analysis.bindings import find_binding, is_local
from variants.analysis.inference import WHOLE
from variants.analysis.program import Program

#: Builtins that go through their only argument and keep nothing of it.
_WALKING = ("sum", "min", "max", "sorted", "list", "tuple", "set", "any", "all", "frozenset", "enumerate")


def is_only_gone_through(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a new collection is only searched or gone through, directly or by the one name it gets."""
    parent = program.parent(node)
    if not isinstance(parent, cst.Assign):
        return _is_gone_through(program, node)
    target = parent.targets[0].target
    scope = program.scope(target)
    if len(parent.targets) != 1 or not isinstance(target, cst.Name) or scope is None:
        return False
    if not is_local(program, scope, target.value):
        return False
    binding = find_binding(program, scope, target.value)
    if not binding.is_plain or binding.stores != (target,) or not binding.loads:
        return False
    return all(_is_gone_through(program, load) or _is_looked_at(program, load) for load, _ in binding.loads)


def _is_looked_at(program: Program, node: cst.Name) -> bool:
    """Whether it is `len(node)`, or an element `node[i]` that is read."""
    parent = program.parent(node)
    if isinstance(parent, cst.Arg):
        call = program.parent(parent)
        return call is not None and program.calls_builtin(call, "len")
    if not isinstance(parent, cst.Subscript) or parent.value is not node or len(parent.slice) != 1:
        return False
    return not _is_target(program, parent) and program.types.is_only(_index(parent), WHOLE)


def _is_target(program: Program, node: cst.Subscript) -> bool:
    """Whether the element is written or deleted, also as one of several."""
    group = cst.BaseElement | cst.Tuple | cst.List
    outer = next(ancestor for ancestor in program.ancestors(node) if not isinstance(ancestor, group))
    return isinstance(outer, cst.AssignTarget | cst.AugAssign | cst.Del | cst.For | cst.CompFor)


def _index(node: cst.Subscript) -> cst.BaseExpression:
    part = node.slice[0].slice
    return part.value if isinstance(part, cst.Index) else cst.Ellipsis()


def _is_gone_through(program: Program, node: cst.BaseExpression) -> bool:
    parent = program.parent(node)
    if isinstance(parent, cst.For | cst.CompFor):
        return parent.iter is node
    if isinstance(parent, cst.ComparisonTarget):
        return isinstance(parent.operator, cst.In | cst.NotIn) and _ends(program, parent)
    if not isinstance(parent, cst.Arg) or parent.star or parent.keyword is not None:
        return False
    call = program.parent(parent)
    assert isinstance(call, cst.Call)
    if call.args[0] is not parent:
        return False
    if isinstance(call.func, cst.Attribute):
        is_join = call.func.attr.value == "join" and len(call.args) == 1
        return is_join and program.types.is_only(call.func.value, frozenset({"str"}))
    has_keys_only = all(argument.keyword is not None for argument in call.args[1:])
    return has_keys_only and program.calls_builtin(call, *_WALKING)


def _ends(program: Program, target: cst.ComparisonTarget) -> bool:
    """Whether the comparison compares the display with nothing else."""
    comparison = program.parent(target)
    return isinstance(comparison, cst.Comparison) and len(comparison.comparisons) == 1
