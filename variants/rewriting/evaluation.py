"""In which order a statement evaluates its parts, and what an expression needs where it is put."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from variants.analysis.effect import commute
from variants.analysis.effects import effect_of, effects_of
from variants.analysis.program import Program
from variants.analysis.tree import rebuild
from variants.rewriting.edits import only_statement
from variants.rewriting.expressions import (
    AND,
    ATOM,
    COMPARISON,
    LOOSEST,
    NOT,
    OR,
    TERNARY,
    bare,
    operator_precedence,
    precedence,
)

#: What hands over control or assigns a name in the middle of an expression.
_DISTURBING = cst.NamedExpr | cst.Await | cst.Yield
_UNARY = 13


@dataclass(frozen=True, slots=True)
class Part:
    """An expression that a statement certainly evaluates, once.

    Attributes:
        node: The expression.
        before: What is evaluated before it, without the operations that it is an operand of.
    """

    node: cst.BaseExpression
    before: tuple[cst.BaseExpression, ...]


def parts_of(statement: cst.CSTNode) -> Iterator[Part]:
    """The expressions that a line, an if (its test) or a for (its iterable) evaluates before all else."""
    root, before = _root(statement)
    if root is not None:
        yield from _walk(root, before)


def root_of(statement: cst.CSTNode) -> cst.BaseExpression | None:
    """The expression that a statement starts with."""
    return _root(statement)[0]


def can_come_first(program: Program, part: Part) -> bool:
    """Whether a part can be evaluated before everything that comes before it."""
    if is_disturbing(program, part.node):
        return False
    return not part.before or can_change_places(program, part.before, part.node)


def can_change_places(
    program: Program, before: tuple[cst.BaseExpression, ...], node: cst.BaseExpression
) -> bool:
    """Whether an expression can move across others that do not use its result."""
    if any(is_disturbing(program, other) for other in before):
        return False
    return commute(effects_of(program, before), effect_of(program, node))


def is_disturbing(program: Program, node: cst.CSTNode) -> bool:
    """Whether evaluating a node may assign a name on the way, or stop in the middle."""
    inside = program.nodes(cst.NamedExpr, cst.Await, cst.Yield)
    return bool(inside) and any(program.encloses(node, other) for other in inside)


def mentions(program: Program, node: cst.CSTNode, *names: str) -> bool:
    """Whether one of the names occurs in a node."""
    return any(other.value in names for other in names_in(node))


def names_in(node: cst.CSTNode) -> Iterator[cst.Name]:
    """All names within a node, in source order."""
    if isinstance(node, cst.Name):
        yield node
    for child in node.children:
        yield from names_in(child)


def needed_precedence(program: Program, node: cst.BaseExpression) -> int:
    """How tightly an expression must bind to stand in the place of this one."""
    parent = program.parent(node)
    if isinstance(parent, cst.BinaryOperation):
        level = operator_precedence(parent.operator)
        is_power = isinstance(parent.operator, cst.Power)
        if node is parent.left:
            return level + 1 if is_power else level
        return _UNARY if is_power else level + 1
    if isinstance(parent, cst.UnaryOperation):
        return NOT if isinstance(parent.operator, cst.Not) else _UNARY
    if isinstance(parent, cst.BooleanOperation):
        level = AND if isinstance(parent.operator, cst.And) else OR
        return level if node is parent.left else level + 1
    if isinstance(parent, cst.Comparison | cst.ComparisonTarget | cst.BaseElement):
        return COMPARISON + 1
    if isinstance(parent, cst.IfExp):
        return TERNARY if node is parent.orelse else OR
    if isinstance(parent, cst.CompFor | cst.CompIf):
        return OR
    if isinstance(parent, cst.Attribute | cst.Subscript | cst.Call | cst.Await):
        return ATOM
    return LOOSEST


def fitted(program: Program, old: cst.BaseExpression, new: cst.BaseExpression) -> cst.BaseExpression:
    """An expression with the parentheses that it needs to take another one's place."""
    inner = bare(new) if "\n" not in program.tree.code_for_node(new) else new
    level = needed_precedence(program, old)
    is_loose = precedence(inner) < level or (isinstance(inner, cst.Tuple) and not inner.lpar)
    if not is_loose and not (isinstance(inner, cst.Integer) and level == ATOM):
        return inner
    return inner.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def put_name(root: cst.CSTNode, old: cst.BaseExpression, name: str) -> cst.CSTNode:
    """A tree with a name in the place of an expression."""
    return rebuild(root, {old: cst.Name(name)})


def _root(statement: cst.CSTNode) -> tuple[cst.BaseExpression | None, tuple[cst.BaseExpression, ...]]:
    if isinstance(statement, cst.If):
        return statement.test, ()
    if isinstance(statement, cst.For):
        return (statement.iter, ()) if statement.asynchronous is None else (None, ())
    small = only_statement(statement)
    if isinstance(small, cst.AugAssign):
        return small.value, (small.target,)
    if isinstance(small, cst.Assert):
        return small.test, ()
    if isinstance(small, cst.Assign | cst.AnnAssign | cst.Return | cst.Expr):
        return small.value, ()
    return None, ()


def _walk(node: cst.BaseExpression, before: tuple[cst.BaseExpression, ...]) -> Iterator[Part]:
    yield Part(node, before)
    for operand in _operands(node):
        yield from _walk(operand, before)
        before = (*before, operand)


def _operands(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """What an expression always evaluates first, in order."""
    if isinstance(node, cst.BinaryOperation):
        return [node.left, node.right]
    if isinstance(node, cst.UnaryOperation):
        return [node.expression]
    if isinstance(node, cst.BooleanOperation):
        return [node.left]
    if isinstance(node, cst.Comparison):
        return [node.left, node.comparisons[0].comparator]
    if isinstance(node, cst.IfExp):
        return [node.test]
    if isinstance(node, cst.Attribute):
        return [node.value]
    if isinstance(node, cst.Call):
        return _call_operands(node)
    if isinstance(node, cst.Subscript):
        return _subscript_operands(node)
    if isinstance(node, cst.List | cst.Tuple | cst.Set):
        return _up_to_star([(e.value, isinstance(e, cst.StarredElement)) for e in node.elements])
    if isinstance(node, cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp):
        return [] if node.for_in.asynchronous is not None else [node.for_in.iter]
    return _dict_operands(node) if isinstance(node, cst.Dict) else []


def _call_operands(node: cst.Call) -> list[cst.BaseExpression]:
    arguments = [(argument.value, argument.star != "") for argument in node.args]
    return [node.func, *_up_to_star(arguments)]


def _dict_operands(node: cst.Dict) -> list[cst.BaseExpression]:
    found: list[cst.BaseExpression] = []
    for element in node.elements:
        if not isinstance(element, cst.DictElement):
            return found
        found += [element.key, element.value]
    return found


def _subscript_operands(node: cst.Subscript) -> list[cst.BaseExpression]:
    found = [node.value]
    for element in node.slice:
        if isinstance(element.slice, cst.Index):
            found.append(element.slice.value)
        elif isinstance(element.slice, cst.Slice):
            bounds = (element.slice.lower, element.slice.upper, element.slice.step)
            found += [bound for bound in bounds if bound is not None]
    return found


def _up_to_star(members: list[tuple[cst.BaseExpression, bool]]) -> list[cst.BaseExpression]:
    """The members before the first starred one: that one is gone through before the next is evaluated."""
    found = []
    for value, is_starred in members:
        if is_starred:
            break
        found.append(value)
    return found
