"""Which expressions can be evaluated once more, or earlier or later, without anybody noticing."""

import libcst as cst

from variants.analysis.bindings import find_owner
from variants.analysis.bound import is_surely_bound
from variants.analysis.inference import SEQUENCE, WHOLE
from variants.analysis.program import Program
from variants.analysis.scopes import LocalScope

#: What a failing evaluation may raise; `_UNKNOWN` where more than one type of exception is possible.
Failures = frozenset[str]
_NEVER: Failures = frozenset()
_UNKNOWN: Failures = frozenset({"any"})
_SIZED = SEQUENCE | {"dict", "set"}
_REAL = WHOLE | {"float"}
_LITERALS = cst.Integer | cst.Float | cst.SimpleString | cst.Imaginary
#: Builtins that neither change nor use up their arguments.
_PURE_CALLS = frozenset(
    {"len", "abs", "ord", "chr", "int", "str", "float", "bool", "isinstance", "round", "repr", "type"}
)
#: Methods that change nothing, whatever builtin type they belong to.
_PURE_METHODS = frozenset(
    {
        *("lower", "upper", "strip", "lstrip", "rstrip", "isdigit", "isalpha", "isalnum", "isspace"),
        *("isupper", "islower", "startswith", "endswith", "title", "capitalize", "swapcase", "replace"),
        *("isnumeric", "isdecimal", "istitle", "isidentifier", "find", "rfind", "index", "count", "get"),
        *("split", "rsplit", "partition", "zfill", "ljust", "rjust", "center", "casefold", "isascii"),
    }
)
_STR_TESTS = frozenset({"lower", "upper", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower"})
_ITERATOR_MAKERS = frozenset(
    {"iter", "map", "filter", "zip", "enumerate", "reversed", "itertools", "open", "finditer", "merge"}
)


def is_literal(node: cst.BaseExpression) -> bool:
    """Whether a node is a number, string, True, False or None, with or without a sign."""
    if isinstance(node, cst.UnaryOperation):
        return isinstance(node.operator, cst.Minus) and isinstance(node.expression, cst.Integer | cst.Float)
    if isinstance(node, cst.Name):
        return node.value in {"True", "False", "None"}
    if isinstance(node, cst.ConcatenatedString):
        return is_literal(node.left) and is_literal(node.right)
    return isinstance(node, _LITERALS)


def is_steady(program: Program, node: cst.BaseExpression) -> bool:
    """Whether nothing that other expressions do in between can change what a node evaluates to."""
    if isinstance(node, cst.Name):
        return is_literal(node) or _is_own_name(program, node)
    if isinstance(node, cst.UnaryOperation):
        return not isinstance(node.operator, cst.Not) and is_steady(program, node.expression)
    if isinstance(node, cst.BinaryOperation):
        sides = (node.left, node.right)
        return all(is_steady(program, s) and program.types.is_only(s, _REAL | {"str"}) for s in sides)
    return is_literal(node)


def _is_own_name(program: Program, node: cst.Name) -> bool:
    scope = program.scope(node)
    if scope is None or node.value in program.shared_names or node.value in program.global_names:
        return False
    return isinstance(find_owner(scope, node.value), LocalScope)


def is_pure(program: Program, node: cst.BaseExpression) -> bool:
    """Whether evaluating a node changes nothing, and twice gives the same twice (it may fail)."""
    if isinstance(node, cst.Name) or is_literal(node):
        return True
    if not program.has_plain_types:
        return False
    if isinstance(node, cst.BooleanOperation | cst.BinaryOperation):
        return is_pure(program, node.left) and is_pure(program, node.right)
    if isinstance(node, cst.UnaryOperation):
        return is_pure(program, node.expression)
    if isinstance(node, cst.Tuple | cst.List):
        return all(isinstance(e, cst.Element) and is_pure(program, e.value) for e in node.elements)
    if isinstance(node, cst.Attribute):
        return is_pure(program, node.value)
    if isinstance(node, cst.Subscript):
        return is_pure(program, node.value) and all(_is_pure_index(program, e.slice) for e in node.slice)
    if isinstance(node, cst.Comparison):
        return _is_pure_comparison(program, node)
    return isinstance(node, cst.Call) and _is_pure_call(program, node)


def _is_pure_index(program: Program, index: cst.BaseSlice) -> bool:
    if isinstance(index, cst.Index):
        return is_pure(program, index.value)
    assert isinstance(index, cst.Slice)
    parts = (index.lower, index.upper, index.step)
    return all(part is None or is_pure(program, part) for part in parts)


def _is_pure_comparison(program: Program, node: cst.Comparison) -> bool:
    if not is_pure(program, node.left):
        return False
    for target in node.comparisons:
        if not is_pure(program, target.comparator):
            return False
        if isinstance(target.operator, cst.In | cst.NotIn) and not _is_container(program, target.comparator):
            return False
    return True


def _is_container(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a membership test does not use its right side up, as it does with an iterator."""
    if program.types.is_only(node, _SIZED):
        return True
    return program.names.isdisjoint(_ITERATOR_MAKERS) and not program.nodes(cst.Yield, cst.GeneratorExp)


def _is_pure_call(program: Program, node: cst.Call) -> bool:
    if any(a.star or a.keyword or not is_pure(program, a.value) for a in node.args):
        return False
    if isinstance(node.func, cst.Attribute):
        return node.func.attr.value in _PURE_METHODS and is_pure(program, node.func.value)
    return program.calls_builtin(node, *_PURE_CALLS)


def is_repeatable(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a node can be evaluated twice in a row, or once instead, with a comparison in between."""
    if isinstance(node, cst.Name):
        return is_literal(node) or program.has_plain_types or _is_own_name(program, node)
    return is_literal(node) or (program.has_plain_types and is_pure(program, node))


def failures(program: Program, node: cst.BaseExpression) -> Failures:
    """What a pure expression may raise where all values are of builtin types."""
    if is_literal(node):
        return _NEVER
    if isinstance(node, cst.Name):
        return _NEVER if is_surely_bound(program, node) else _UNKNOWN
    if isinstance(node, cst.UnaryOperation) and program.types.is_only(node.expression, _REAL):
        return failures(program, node.expression)
    if isinstance(node, cst.Tuple | cst.List):
        return _joined(*(failures(program, element.value) for element in node.elements))
    if isinstance(node, cst.BinaryOperation):
        return _operation_failures(program, node)
    if isinstance(node, cst.Subscript):
        return _item_failures(program, node)
    return _call_failures(program, node) if isinstance(node, cst.Call) else _UNKNOWN


def _joined(*parts: Failures) -> Failures:
    together = _NEVER.union(*parts)
    return together if len(together) < 2 else _UNKNOWN


def _operation_failures(program: Program, node: cst.BinaryOperation) -> Failures:
    sides = _joined(failures(program, node.left), failures(program, node.right))
    if not all(program.types.is_only(side, WHOLE) for side in (node.left, node.right)):
        return _UNKNOWN
    if isinstance(node.operator, cst.Add | cst.Subtract | cst.Multiply):
        return sides
    if isinstance(node.operator, cst.FloorDivide | cst.Modulo):
        divisor = node.right
        if isinstance(divisor, cst.Integer) and int(divisor.evaluated_value) != 0:
            return sides
        return _joined(sides, frozenset({"ZeroDivisionError"}))
    return _UNKNOWN


def _item_failures(program: Program, node: cst.Subscript) -> Failures:
    if len(node.slice) != 1:
        return _UNKNOWN
    index = node.slice[0].slice
    parts = [failures(program, node.value)]
    if isinstance(index, cst.Slice):
        if index.step is not None or not program.types.is_only(node.value, SEQUENCE):
            return _UNKNOWN
        bounds = [bound for bound in (index.lower, index.upper) if bound is not None]
        if not all(program.types.is_only(bound, WHOLE) for bound in bounds):
            return _UNKNOWN
        return _joined(*parts, *(failures(program, bound) for bound in bounds))
    assert isinstance(index, cst.Index)
    parts.append(failures(program, index.value))
    if not program.types.is_only(index.value, WHOLE):
        return _UNKNOWN
    if program.types.is_only(node.value, SEQUENCE):
        return _joined(*parts, frozenset({"IndexError"}))
    # Whatever the name holds, a whole number that it has no item for always raises the same.
    if isinstance(node.value, cst.Name):
        return _joined(*parts, frozenset({f"{node.value.value}[int]"}))
    return _UNKNOWN


def _call_failures(program: Program, node: cst.Call) -> Failures:
    parts = [failures(program, argument.value) for argument in node.args]
    if program.calls_builtin(node, "len") and len(node.args) == 1:
        is_sized = program.types.is_only(node.args[0].value, _SIZED)
        return _joined(*parts, _NEVER if is_sized else frozenset({"TypeError"}))
    if (
        isinstance(node.func, cst.Attribute)
        and node.func.attr.value in _STR_TESTS
        and not node.args
        and program.types.is_only(node.func.value, frozenset({"str"}))
    ):
        return failures(program, node.func.value)
    return _UNKNOWN


def never_fails(program: Program, node: cst.BaseExpression) -> bool:
    """Whether a pure expression surely has a value, where all values are of builtin types."""
    return not failures(program, node)


def can_swap(program: Program, left: cst.BaseExpression, right: cst.BaseExpression) -> bool:
    """Whether two expressions that are both evaluated can be so in the other order."""
    if is_pure(program, left) and is_pure(program, right):
        first, second = failures(program, left), failures(program, right)
        return not first or not second or (first == second != _UNKNOWN)
    for steady, other in ((left, right), (right, left)):
        if is_steady(program, steady) and not failures(program, steady) and not _rebinds(program, other):
            return True
    return False


def _rebinds(program: Program, node: cst.CSTNode) -> bool:
    inside = program.nodes(cst.NamedExpr, cst.Await, cst.Yield)
    return any(program.encloses(node, other) for other in inside)
