"""What evaluating an expression can do to the rest of the program: change it, depend on it, or raise.

`purity` asks the questions that follow from it; `changes` says by name what whole statements change.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

import libcst as cst

from variants.analysis.bindings import find_owner
from variants.analysis.bound import is_surely_bound
from variants.analysis.builtin_effects import (
    ANYTHING,
    FORMATTING_METHODS,
    LOOKING,
    READING_METHODS,
    TOTAL_METHODS,
    WALKING,
    WALKING_METHODS,
)
from variants.analysis.builtin_kinds import Kinds
from variants.analysis.effect import NOTHING, UNKNOWN, Effect
from variants.analysis.inference import ANY, NUMBER, SEQUENCE, WHOLE
from variants.analysis.program import Program
from variants.analysis.scopes import LocalScope
from variants.analysis.value_kinds import HASHABLE, REAL, SIZED, have_attribute, is_plain, is_still


@lru_cache(maxsize=4096)
def effect_of(program: Program, node: cst.BaseExpression) -> Effect:
    """What evaluating an expression can do, as far as the text proves it."""
    rule = _RULES.get(type(node))
    effect = rule(program, node) if rule is not None else UNKNOWN
    return effect | Effect(rebinds=True) if effect.changes and _holds_rebinding(program, node) else effect


def _holds_rebinding(program: Program, node: cst.BaseExpression) -> bool:
    inside = program.nodes(cst.NamedExpr, cst.Await, cst.Yield)
    return any(program.encloses(node, other) for other in inside)


def effects_of(program: Program, nodes: Iterable[cst.BaseExpression]) -> Effect:
    """What evaluating several expressions can do."""
    total = NOTHING
    for node in nodes:
        total |= effect_of(program, node)
    return total


def _name(program: Program, node: cst.Name) -> Effect:
    if is_surely_bound(program, node):
        return NOTHING
    # Where nothing else can assign it, a variable that may be missing can fail, but never differ.
    return Effect(reads=not _is_own(program, node), raises=frozenset({"NameError"}))


def _is_own(program: Program, node: cst.Name) -> bool:
    """Whether a name means a variable that only the text around it assigns."""
    scope = program.scope(node)
    if scope is None or node.value in program.shared_names or node.value in program.global_names:
        return False
    return isinstance(find_owner(scope, node.value), LocalScope)


def _display(program: Program, node: cst.List | cst.Tuple) -> Effect:
    if any(isinstance(element, cst.StarredElement) for element in node.elements):
        return UNKNOWN
    return effects_of(program, (element.value for element in node.elements))


def _set(program: Program, node: cst.Set) -> Effect:
    if any(isinstance(element, cst.StarredElement) for element in node.elements):
        return UNKNOWN
    values = [element.value for element in node.elements]
    return effects_of(program, values) | _hashing(program, values)


def _dict(program: Program, node: cst.Dict) -> Effect:
    effect = NOTHING
    for element in node.elements:
        if not isinstance(element, cst.DictElement):
            return UNKNOWN
        effect |= effects_of(program, (element.key, element.value)) | _hashing(program, [element.key])
    return effect


def _hashing(program: Program, values: list[cst.BaseExpression]) -> Effect:
    if all(program.types.is_only(value, HASHABLE) for value in values):
        return NOTHING
    return Effect(raises=frozenset({"TypeError"})) if program.has_plain_types else UNKNOWN


def _unary(program: Program, node: cst.UnaryOperation) -> Effect:
    inner = effect_of(program, node.expression)
    if not is_plain(program, node.expression):
        return UNKNOWN
    if isinstance(node.operator, cst.Not):
        return inner | Effect(reads=True)
    is_signed = isinstance(node.operator, cst.Minus | cst.Plus)
    is_number = program.types.is_only(node.expression, REAL if is_signed else WHOLE)
    return inner if is_number else inner | Effect(raises=frozenset({"TypeError"}))


def _binary(program: Program, node: cst.BinaryOperation) -> Effect:
    if not is_plain(program, node.left, node.right):
        return UNKNOWN
    inner = effects_of(program, (node.left, node.right))
    types = program.types
    both = [types.kinds(node.left), types.kinds(node.right)]
    closed = cst.Add | cst.Subtract | cst.Multiply | cst.BitAnd | cst.BitOr | cst.BitXor
    if isinstance(node.operator, closed) and all(kinds and kinds <= WHOLE for kinds in both):
        return inner
    if isinstance(node.operator, cst.Add) and both[0] == both[1] and len(both[0]) == 1:
        only = next(iter(both[0]))
        if only in {"str", "float"}:
            return inner
        if only in {"list", "tuple"}:
            return inner | Effect(reads=True)
    is_divided = isinstance(node.operator, cst.FloorDivide | cst.Modulo)
    if is_divided and all(kinds and kinds <= WHOLE for kinds in both):
        is_safe = isinstance(node.right, cst.Integer) and node.right.evaluated_value != 0
        return inner if is_safe else inner | Effect(raises=frozenset({"ZeroDivisionError"}))
    return inner | Effect(reads=True, raises=ANYTHING)


def _comparison(program: Program, node: cst.Comparison) -> Effect:
    sides = [node.left, *(target.comparator for target in node.comparisons)]
    effect = effects_of(program, sides)
    for left, target in zip(sides, node.comparisons, strict=False):
        effect |= _compared(program, left, target)
    return effect


def _compared(program: Program, left: cst.BaseExpression, target: cst.ComparisonTarget) -> Effect:
    right = target.comparator
    if isinstance(target.operator, cst.Is | cst.IsNot):
        return NOTHING
    if not is_plain(program, left, right):
        return UNKNOWN
    types = program.types
    if isinstance(target.operator, cst.In | cst.NotIn):
        if not is_still(program, right):
            return UNKNOWN  # membership uses up an iterator
        is_total = types.is_only(right, frozenset({"list", "tuple"}))
        return Effect(reads=True, raises=frozenset() if is_total else frozenset({"TypeError"}))
    if isinstance(target.operator, cst.Equal | cst.NotEqual):
        scalar: Kinds = NUMBER | {"str", "NoneType"}
        return NOTHING if types.is_only(left, scalar) or types.is_only(right, scalar) else Effect(reads=True)
    kinds = types.kinds(left), types.kinds(right)
    for ordered in (WHOLE | {"float"}, frozenset({"str"})):
        if all(kind and kind <= ordered for kind in kinds):
            return NOTHING
    return Effect(reads=True, raises=frozenset({"TypeError"}))


def _boolean(program: Program, node: cst.BooleanOperation) -> Effect:
    if not is_plain(program, node.left):
        return UNKNOWN
    return effects_of(program, (node.left, node.right)) | Effect(reads=True)


def _ternary(program: Program, node: cst.IfExp) -> Effect:
    if not is_plain(program, node.test):
        return UNKNOWN
    return effects_of(program, (node.test, node.body, node.orelse)) | Effect(reads=True)


def _subscript(program: Program, node: cst.Subscript) -> Effect:
    if not is_plain(program, node.value):
        return UNKNOWN
    effect = effect_of(program, node.value) | Effect(reads=not program.types.is_only(node.value, HASHABLE))
    is_sequence = program.types.is_only(node.value, SEQUENCE)
    for element in node.slice:
        if isinstance(element.slice, cst.Index):
            index = element.slice.value
            effect |= effect_of(program, index)
            effect |= Effect(raises=_missing(program, node.value, index))
        elif isinstance(element.slice, cst.Slice):
            effect |= _slice(program, element.slice, is_sequence)
    return effect


def _missing(program: Program, value: cst.BaseExpression, index: cst.BaseExpression) -> frozenset[str]:
    """What is raised where a value has no such item."""
    if not program.types.is_only(index, WHOLE):
        return ANYTHING
    if program.types.is_only(value, SEQUENCE):
        return frozenset({"IndexError"})
    return frozenset({f"{value.value}[int]"}) if isinstance(value, cst.Name) else ANYTHING


def _slice(program: Program, node: cst.Slice, is_sequence: bool) -> Effect:
    bounds = [bound for bound in (node.lower, node.upper) if bound is not None]
    is_total = is_sequence and all(program.types.is_only(bound, WHOLE) for bound in bounds)
    step = node.step
    if step is not None:
        number = step.expression if isinstance(step, cst.UnaryOperation) else step
        is_total = is_total and isinstance(number, cst.Integer) and number.evaluated_value != 0
        bounds.append(step)
    return effects_of(program, bounds) | Effect(raises=frozenset() if is_total else ANYTHING)


def _attribute(program: Program, node: cst.Attribute) -> Effect:
    inner = effect_of(program, node.value)
    kinds = program.types.kinds(node.value)
    if kinds and have_attribute(kinds, node.attr.value):
        return inner
    return inner | Effect(reads=True, raises=ANYTHING) if program.has_plain_types else UNKNOWN


def _call(program: Program, node: cst.Call) -> Effect:
    if any(argument.star or argument.keyword is not None for argument in node.args):
        return UNKNOWN
    values = [argument.value for argument in node.args]
    if isinstance(node.func, cst.Attribute):
        return _method(program, node.func, values)
    if not isinstance(node.func, cst.Name) or not program.is_builtin(node.func.value):
        return UNKNOWN
    name, inner = node.func.value, effects_of(program, values)
    if name in LOOKING and is_plain(program, *values):
        is_total = name == "len" and len(values) == 1 and program.types.is_only(values[0], SIZED)
        return inner | Effect(reads=True, raises=frozenset() if is_total else LOOKING[name])
    if name in WALKING and program.has_plain_types and all(is_still(program, value) for value in values):
        is_total = name in {"list", "tuple", "any", "all"} and all(
            program.types.is_only(value, SIZED) for value in values
        )
        return inner | Effect(reads=True, raises=frozenset() if is_total else ANYTHING)
    return UNKNOWN


def _method(program: Program, function: cst.Attribute, values: list[cst.BaseExpression]) -> Effect:
    kinds, name = program.types.kinds(function.value), function.attr.value
    inner = effects_of(program, [function.value, *values])
    is_total = name in TOTAL_METHODS and not values and kinds != ANY and have_attribute(kinds, name)
    raising = Effect(raises=frozenset() if is_total else ANYTHING)
    if kinds == {"str"} and name not in FORMATTING_METHODS:
        return inner | raising
    if not program.has_plain_types:
        return UNKNOWN
    if name in READING_METHODS:
        return inner | raising | Effect(reads=True)
    if name in WALKING_METHODS and all(is_still(program, value) for value in values):
        return inner | raising | Effect(reads=True)
    return UNKNOWN


def _formatted(program: Program, node: cst.FormattedString) -> Effect:
    parts = [part for part in node.parts if isinstance(part, cst.FormattedStringExpression)]
    if not program.has_plain_types or any(part.format_spec for part in parts):
        return UNKNOWN
    return effects_of(program, (part.expression for part in parts)) | Effect(reads=True)


def _comprehension(program: Program, node: cst.ListComp | cst.SetComp) -> Effect:
    clause = node.for_in
    if clause.inner_for_in is not None or not is_still(program, clause.iter) or clause.asynchronous:
        return UNKNOWN
    if not isinstance(clause.target, cst.Name) or not program.has_plain_types:
        return UNKNOWN
    parts = [clause.iter, node.elt, *(condition.test for condition in clause.ifs)]
    effect = effects_of(program, parts) | Effect(reads=True)
    is_total = isinstance(node, cst.ListComp) and program.types.is_only(clause.iter, SIZED)
    return effect if is_total else effect | Effect(raises=ANYTHING)


def _concatenated(program: Program, node: cst.ConcatenatedString) -> Effect:
    return effects_of(program, (node.left, node.right))


def _nothing(program: Program, node: cst.BaseExpression) -> Effect:
    return NOTHING


_RULES: dict[type[cst.CSTNode], Callable[..., Effect]] = {
    **dict.fromkeys((cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString, cst.Ellipsis), _nothing),
    cst.Name: _name,
    cst.List: _display,
    cst.Tuple: _display,
    cst.Set: _set,
    cst.Dict: _dict,
    cst.UnaryOperation: _unary,
    cst.BinaryOperation: _binary,
    cst.Comparison: _comparison,
    cst.BooleanOperation: _boolean,
    cst.IfExp: _ternary,
    cst.Subscript: _subscript,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.FormattedString: _formatted,
    cst.ConcatenatedString: _concatenated,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
}
