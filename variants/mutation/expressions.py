"""Mutation operators on expressions: each gives the nodes that may stand in the place of one."""

import ast
from collections.abc import Iterator, Mapping

from variants.mutation.places import Place

_STRICTNESS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mod,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_COMMUTATIVE = ast.Mult | ast.BitAnd | ast.BitOr | ast.BitXor
#: Functions and methods that are easily taken for one another.
_CALLS = {
    **{"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"},
    **{"upper": "lower", "lower": "upper", "isupper": "islower", "islower": "isupper", "sorted": "list"},
    **{"startswith": "endswith", "endswith": "startswith", "isalpha": "isdigit", "isdigit": "isalpha"},
    **{"lstrip": "rstrip", "rstrip": "lstrip", "strip": "lstrip", "find": "rfind", "rfind": "find"},
    **{"keys": "values", "values": "keys", "union": "intersection", "intersection": "union"},
    **{"append": "extend", "extend": "append"},
}


def shifted(node: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression's value plus one and minus one."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield number(node.value + 1)
        yield number(node.value - 1)
        return
    if (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    ):
        value = node.operand.value
        if type(value) is int:
            yield number(1 - value)
            yield number(-value - 1)
            return
    yield ast.BinOp(node, ast.Add(), number(1))
    yield ast.BinOp(node, ast.Sub(), number(1))


def number(value: int) -> ast.expr:
    """A node for an integer; a negative one is a minus sign and a constant, as in the source."""
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def range_bound(place: Place) -> Iterator[ast.AST]:
    """`range(n)` ends one later or earlier; a start that is written out moves, too."""
    node = place.node
    if isinstance(node, ast.Call) and _is_named(node.func, "range") and not node.keywords:
        for index in range(min(len(node.args), 2)):
            for bound in shifted(node.args[index]):
                yield ast.Call(node.func, [*node.args[:index], bound, *node.args[index + 1 :]], [])


def index_off_by_one(place: Place) -> Iterator[ast.AST]:
    """`x[i]` takes the item after or before."""
    node = place.node
    if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple | ast.JoinedStr):
        if isinstance(node.slice, ast.Constant) and not isinstance(node.slice.value, int):
            return
        for index in shifted(node.slice):
            yield ast.Subscript(node.value, index, node.ctx)


def slice_bound(place: Place) -> Iterator[ast.AST]:
    """A bound of a slice moves by one; one that is missing takes an item off that end; a step turns round."""
    node = place.node
    if not isinstance(node, ast.Slice):
        return
    turned_back = isinstance(node.step, ast.UnaryOp)
    lowers = shifted(node.lower) if node.lower is not None else [number(-2 if turned_back else 1)]
    uppers = shifted(node.upper) if node.upper is not None else [number(0 if turned_back else -1)]
    yield from (ast.Slice(lower, node.upper, node.step) for lower in lowers)
    yield from (ast.Slice(node.lower, upper, node.step) for upper in uppers)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)


def constant_off_by_one(place: Place) -> Iterator[ast.AST]:
    """A number is one larger or smaller."""
    node = place.node
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield from shifted(node)
    elif isinstance(node, ast.Constant) and type(node.value) is float:
        yield from (ast.Constant(value) for value in (node.value + 1, node.value - 1) if value >= 0)


def constant_replaced(place: Place) -> Iterator[ast.AST]:
    """True for False, an empty string for a full one, a full one for an empty one."""
    node = place.node
    if not isinstance(node, ast.Constant) or isinstance(place.parent, ast.MatchSingleton):
        return
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, str):
        yield ast.Constant("" if node.value else "x")
        if node.value:
            yield ast.Constant(f"{node.value}x")


def comparison_strictness(place: Place) -> Iterator[ast.AST]:
    """`<` for `<=`, and the like."""
    return _compared(place, _STRICTNESS)


def comparison_swapped(place: Place) -> Iterator[ast.AST]:
    """`<` for `>`, `==` for `!=`, `in` for `not in`, and the like."""
    return _compared(place, _COMPARISONS)


def _compared(place: Place, others: Mapping[type[ast.cmpop], type[ast.cmpop]]) -> Iterator[ast.AST]:
    node = place.node
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            other = others.get(type(operator))
            if other is not None:
                ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)


def arithmetic_swapped(place: Place) -> Iterator[ast.AST]:
    """`+` for `-`, `//` for `%`, and the like; also in augmented assignments."""
    node = place.node
    if isinstance(node, ast.BinOp | ast.AugAssign):
        is_format = isinstance(node, ast.BinOp) and _is_string(node.left) and isinstance(node.op, ast.Mod)
        other = ARITHMETIC.get(type(node.op))
        if other is None or is_format:
            return
        if isinstance(node, ast.BinOp):
            yield ast.BinOp(node.left, other(), node.right)
        else:
            yield ast.AugAssign(node.target, other(), node.value)


def operands_swapped(place: Place) -> Iterator[ast.AST]:
    """`b - a` for `a - b`, where the order may matter."""
    node = place.node
    if not isinstance(node, ast.BinOp) or ast.dump(node.left) == ast.dump(node.right):
        return
    is_format = _is_string(node.left) and isinstance(node.op, ast.Mod)
    is_sum = isinstance(node.op, ast.Add) and (_is_number(node.left) or _is_number(node.right))
    if not (is_format or is_sum or isinstance(node.op, _COMMUTATIVE)):
        yield ast.BinOp(node.right, node.op, node.left)


def boolean_swapped(place: Place) -> Iterator[ast.AST]:
    """`and` for `or`, and the other way."""
    node = place.node
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def boolean_operand_dropped(place: Place) -> Iterator[ast.AST]:
    """`a and b` without `a`, and without `b`."""
    node = place.node
    if isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            left = [*node.values[:index], *node.values[index + 1 :]]
            yield left[0] if len(left) == 1 else ast.BoolOp(node.op, left)


def condition_negated(place: Place) -> Iterator[ast.AST]:
    """The condition of an `if`, a `while`, a ternary, an `assert` or a comprehension turned round."""
    node, parent = place.node, place.parent
    is_filter = isinstance(parent, ast.comprehension) and place.field == "ifs"
    is_test = isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert) and place.field == "test"
    if isinstance(node, ast.expr) and (is_filter or is_test) and not isinstance(node, ast.Constant):
        yield _negated(node)


def unary_dropped(place: Place) -> Iterator[ast.AST]:
    """`x` for `-x`, `not x` and `~x`."""
    node = place.node
    if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.UAdd):
        yield node.operand


def filter_dropped(place: Place) -> Iterator[ast.AST]:
    """A comprehension without one of its conditions."""
    node = place.node
    if isinstance(node, ast.comprehension):
        for index in range(len(node.ifs)):
            left = [*node.ifs[:index], *node.ifs[index + 1 :]]
            yield ast.comprehension(node.target, node.iter, left, node.is_async)


def arguments_swapped(place: Place) -> Iterator[ast.AST]:
    """Two neighbouring arguments of a call in the other order."""
    node = place.node
    if not isinstance(node, ast.Call) or any(isinstance(one, ast.Starred) for one in node.args):
        return
    for index in range(len(node.args) - 1):
        first, second = node.args[index : index + 2]
        if ast.dump(first) != ast.dump(second):
            yield ast.Call(
                node.func, [*node.args[:index], second, first, *node.args[index + 2 :]], node.keywords
            )


def argument_dropped(place: Place) -> Iterator[ast.AST]:
    """A call without one of its keyword arguments, or without its last of several."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    for index in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, [*node.keywords[:index], *node.keywords[index + 1 :]])
    if len(node.args) > 1:
        yield ast.Call(node.func, node.args[:-1], node.keywords)


def call_swapped(place: Place) -> Iterator[ast.AST]:
    """`max` for `min`, `any` for `all`, `list` for `sorted`, `upper` for `lower`, and the like."""
    node = place.node
    if not isinstance(node, ast.Call):
        return
    function = node.func
    if isinstance(function, ast.Name) and function.id in _CALLS:
        keywords = [] if function.id == "sorted" else node.keywords
        yield ast.Call(ast.Name(_CALLS[function.id], ast.Load()), node.args, keywords)
    elif isinstance(function, ast.Attribute) and function.attr in _CALLS:
        other = ast.Attribute(function.value, _CALLS[function.attr], ast.Load())
        yield ast.Call(other, node.args, node.keywords)


def _negated(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    return ast.UnaryOp(ast.Not(), node)


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
