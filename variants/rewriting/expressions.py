"""Expressions as text: with the parentheses that they need and no others, and negated."""

import ast
import re

import libcst as cst

from variants.analysis.inference import WHOLE
from variants.analysis.program import Program

#: More than this, and a person breaks the line.
LINE_LENGTH = 100
LOOSEST, TERNARY, OR, AND, NOT, COMPARISON = 0, 2, 3, 4, 5, 6
ATOM = 16
_OPERATORS: dict[type[cst.CSTNode], int] = {
    **dict.fromkeys((cst.BitOr, cst.BitOrAssign), 7),
    **dict.fromkeys((cst.BitXor, cst.BitXorAssign), 8),
    **dict.fromkeys((cst.BitAnd, cst.BitAndAssign), 9),
    **dict.fromkeys((cst.LeftShift, cst.RightShift, cst.LeftShiftAssign, cst.RightShiftAssign), 10),
    **dict.fromkeys((cst.Add, cst.Subtract, cst.AddAssign, cst.SubtractAssign), 11),
    **dict.fromkeys((cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo, cst.MatrixMultiply), 12),
    **dict.fromkeys((cst.MultiplyAssign, cst.DivideAssign, cst.FloorDivideAssign, cst.ModuloAssign), 12),
    **dict.fromkeys((cst.Power, cst.PowerAssign), 14),
}
_UNARY, _AWAIT = 13, 15
_FLIPPED: dict[type[cst.BaseCompOp], str] = {
    cst.Equal: "!=",
    cst.NotEqual: "==",
    cst.In: "not in",
    cst.NotIn: "in",
    cst.Is: "is not",
    cst.IsNot: "is",
}
_FLIPPED_WHERE_ORDERED: dict[type[cst.BaseCompOp], str] = {
    cst.LessThan: ">=",
    cst.LessThanEqual: ">",
    cst.GreaterThan: "<=",
    cst.GreaterThanEqual: "<",
}
_ALWAYS_PARENTHESISED = cst.GeneratorExp | cst.Yield | cst.NamedExpr | cst.Tuple


def precedence(node: cst.BaseExpression) -> int:
    """How tightly an expression binds; one in parentheses is an atom."""
    if node.lpar:
        return ATOM
    if isinstance(node, cst.BinaryOperation):
        return _OPERATORS[type(node.operator)]
    if isinstance(node, cst.BooleanOperation):
        return AND if isinstance(node.operator, cst.And) else OR
    if isinstance(node, cst.UnaryOperation):
        return NOT if isinstance(node.operator, cst.Not) else _UNARY
    fixed: dict[type[cst.CSTNode], int] = {
        cst.Comparison: COMPARISON,
        cst.IfExp: TERNARY,
        cst.Await: _AWAIT,
        cst.Lambda: TERNARY - 1,
        cst.Tuple: LOOSEST,
        cst.NamedExpr: LOOSEST,
        cst.Yield: LOOSEST,
        cst.GeneratorExp: LOOSEST,
    }
    return fixed.get(type(node), ATOM)


def operator_precedence(operator: cst.CSTNode) -> int:
    """How tightly a binary operator, or the one of an augmented assignment, binds."""
    return _OPERATORS[type(operator)]


def bare(node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression without the parentheses round it, where they only group."""
    if isinstance(node, _ALWAYS_PARENTHESISED):
        return node
    return node.with_changes(lpar=(), rpar=())


def text(program: Program, node: cst.BaseExpression, level: int = LOOSEST) -> str:
    """The expression's text for a place that asks for at least this precedence."""
    inner = bare(node)
    source = _on_one_line(program.text(inner))
    if _stands_alone(source):
        return f"({source})" if precedence(inner) < level else source
    return program.text(node) if node.lpar else f"({source})"


def _on_one_line(source: str) -> str:
    """The text without line breaks, where it is short and they mean nothing; else as it is."""
    if "\n" not in source or len(source) > 200 or "#" in source:
        return source
    joined = re.sub(r"(?<=[(\[{])\s*\n\s*|\s*\n\s*(?=[)\]}])", "", source)
    joined = re.sub(r"\s*\n\s*", " ", joined)
    if len(joined) > 79:
        return source
    # A line break in a string is not like the others.
    same = ast.dump(ast.parse(f"({joined})")) == ast.dump(ast.parse(f"({source})"))
    return joined if same else source


def _stands_alone(source: str) -> bool:
    """Whether the text is one expression without the brackets it came from (it may hold line breaks)."""
    if "\n" not in source:
        return True
    try:
        cst.parse_expression(source)
    except cst.ParserSyntaxError:
        return False
    return True


def negation(program: Program, node: cst.BaseExpression, level: int = LOOSEST) -> str:
    """Text with the opposite truth value: De Morgan on and/or, comparisons flipped only where exact."""
    node = bare(node)
    if isinstance(node, cst.BooleanOperation):
        return _de_morgan(program, node, level)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        return text(program, node.expression, level)
    flipped = _flipped(program, node) if isinstance(node, cst.Comparison) else None
    if flipped is not None:
        return f"({flipped})" if level > COMPARISON else flipped
    if isinstance(node, cst.Comparison):
        result = f"not ({program.text(node)})"
    else:
        result = f"not {text(program, node, NOT)}"
    return f"({result})" if level > NOT else result


def _de_morgan(program: Program, node: cst.BooleanOperation, level: int) -> str:
    word, own = ("or", OR) if isinstance(node.operator, cst.And) else ("and", AND)
    left, right = negation(program, node.left, own), negation(program, node.right, own)
    result = f"{left} {word} {right}"
    return f"({result})" if own < level or not _stands_alone(result) else result


def _flipped(program: Program, node: cst.Comparison) -> str | None:
    if len(node.comparisons) != 1:
        return None
    target = node.comparisons[0]
    if "__ne__" in program.names:
        return None
    operator = _FLIPPED.get(type(target.operator))
    if operator is None and _is_totally_ordered(program, node.left, target.comparator):
        operator = _FLIPPED_WHERE_ORDERED[type(target.operator)]
    if operator is None:
        return None
    result = f"{program.text(node.left)} {operator} {program.text(target.comparator)}"
    return result if _stands_alone(result) else f"({result})"


def _is_totally_ordered(program: Program, left: cst.BaseExpression, right: cst.BaseExpression) -> bool:
    """Whether ``not a < b`` is ``a >= b``: true for int and str, false for float (NaN) and set."""
    types = program.types
    return any(
        types.is_only(left, kind) and types.is_only(right, kind) for kind in (WHOLE, frozenset({"str"}))
    )


def fits_on_line(program: Program, statement: cst.CSTNode, line: str) -> bool:
    """Whether a first line of a statement would be one that people write."""
    depth = sum(isinstance(outer, cst.IndentedBlock) for outer in program.ancestors(statement))
    return "\n" not in line and 4 * depth + len(line) <= LINE_LENGTH
