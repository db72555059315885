"""Where only the truth of an expression counts, where that is its value, and other text in its place."""

import libcst as cst

from variants.analysis.program import Program
from variants.rewriting.edits import replace
from variants.rewriting.expressions import AND, LOOSEST, OR, bare, precedence

_BOOL = frozenset({"bool"})
#: Methods that give a bool, whatever builtin type they belong to.
_BOOL_METHODS = frozenset(
    {
        *("isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric"),
        *("isprintable", "isspace", "istitle", "isupper", "startswith", "endswith"),
        *("issubset", "issuperset", "isdisjoint"),
    }
)
_OPEN = cst.If | cst.While | cst.Assign | cst.Return | cst.Arg | cst.AnnAssign | cst.Expr


def is_condition(program: Program, node: cst.BaseExpression) -> bool:
    """Whether nothing but the truth of an expression is used."""
    parent = program.parent(node)
    if isinstance(parent, cst.If | cst.While | cst.IfExp | cst.Assert | cst.CompIf):
        return parent.test is node
    if isinstance(parent, cst.UnaryOperation):
        return isinstance(parent.operator, cst.Not)
    return isinstance(parent, cst.BooleanOperation) and is_condition(program, parent)


def is_bool(program: Program, node: cst.BaseExpression) -> bool:
    """Whether an expression is surely True or False where it gives a value at all."""
    node = bare(node)
    if isinstance(node, cst.BooleanOperation):
        return is_bool(program, node.left) and is_bool(program, node.right)
    if program.has_plain_types and (isinstance(node, cst.Comparison) or _is_test(node)):
        return True
    return program.types.is_only(node, _BOOL)


def _is_test(node: cst.BaseExpression) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value in _BOOL_METHODS
    )


def negation_is_bool(program: Program, node: cst.BaseExpression) -> bool:
    """Whether the negation of an expression, written out by `negation`, is True or False."""
    node = bare(node)
    if isinstance(node, cst.BooleanOperation):
        return negation_is_bool(program, node.left) and negation_is_bool(program, node.right)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        return is_bool(program, node.expression)
    return program.has_plain_types or not isinstance(node, cst.Comparison)


def put_text(program: Program, old: cst.BaseExpression, new: str) -> cst.Module:
    """Put the text of an expression in the place of another, in parentheses where it needs them."""
    node = cst.parse_expression(new, config=program.parsing)
    if old.lpar and not node.lpar:
        if not _stands_free(program, old) or "\n" in new:
            node = node.with_changes(lpar=old.lpar, rpar=old.rpar)
    elif precedence(node) < _asked(program, old) and not _stands_free(program, old):
        node = node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return replace(program, {old: node})


def _asked(program: Program, old: cst.BaseExpression) -> int:
    """The precedence that a place asks for (and and or are associative)."""
    parent = program.parent(old)
    if isinstance(parent, cst.BooleanOperation):
        return AND if isinstance(parent.operator, cst.And) else OR
    if isinstance(parent, cst.IfExp | cst.CompIf):
        return OR
    return precedence(bare(old))


def _stands_free(program: Program, node: cst.BaseExpression) -> bool:
    """Whether an expression of any precedence can stand in a place, with a space before it."""
    parent = program.parent(node)
    if not isinstance(parent, _OPEN) or precedence(bare(node)) <= LOOSEST:
        return False
    if isinstance(parent, cst.If):
        return not _is_glued(parent.whitespace_before_test)
    if isinstance(parent, cst.While):
        return not _is_glued(parent.whitespace_after_while)
    return not isinstance(parent, cst.Return) or not _is_glued(parent.whitespace_after_return)


def _is_glued(space: object) -> bool:
    return isinstance(space, cst.SimpleWhitespace) and not space.value


def operands(node: cst.BaseExpression, operator: type[cst.BaseBooleanOp]) -> list[cst.BaseExpression]:
    """The parts of a chain of one boolean operator, from left to right; the node itself where it is none."""
    node = bare(node)
    if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, operator):
        left = node.left
        parts = operands(left, operator) if isinstance(bare(left), cst.BooleanOperation) else [left]
        return [*parts, node.right]
    return [node]
