"""Whether statements of a loop can run in another order, or apart, without anybody noticing."""

from collections.abc import Iterable, Sequence

import libcst as cst

from variants.analysis.bindings import find_binding, find_owner, is_repeated
from variants.analysis.changes import changes_of, is_new, keeps_items
from variants.analysis.effects import effect_of
from variants.analysis.inference import NUMBER, SEQUENCE, WHOLE
from variants.analysis.program import Program
from variants.rewriting.edits import block_of, only_statement
from variants.rewriting.loops import is_changed

_REITERABLE = SEQUENCE | {"dict", "set"}
_ITERATORS = frozenset({"iter", "map", "filter", "zip", "enumerate", "reversed", "open", "groupby", "count"})
Failures = frozenset[str]
_ANYTHING: Failures = frozenset({"any"})
_SUMS = cst.AddAssign | cst.SubtractAssign | cst.MultiplyAssign
_SEEN = cst.Attribute | cst.Subscript | cst.Comparison | cst.ComparisonTarget | cst.Return | cst.For


def gives_the_same_again(program: Program, loop: cst.For) -> bool:
    """Whether going through a loop's iterable a second time gives the same items."""
    source = loop.iter
    if isinstance(source, cst.Name):
        is_known = program.types.is_only(source, _REITERABLE) or _is_given(program, source)
        return is_known and keeps_items(program, loop, source)
    if not program.calls_builtin(source, "range") or not isinstance(source, cst.Call):
        return False
    return all(is_constant(program, loop, argument) for argument in source.args)


def _is_given(program: Program, name: cst.Name) -> bool:
    """Whether a name is a parameter that is given a literal, which is no iterator."""
    scope = program.scope(name)
    owner = find_owner(scope, name.value) if scope is not None else None
    if owner is None or not program.has_plain_types:
        return False
    stores = find_binding(program, owner, name.value).stores
    is_parameter = bool(stores) and all(isinstance(program.parent(store), cst.Param) for store in stores)
    makes_none = program.names.isdisjoint(_ITERATORS) and not program.nodes(cst.Yield, cst.GeneratorExp)
    return is_parameter and (makes_none or len(program.nodes(cst.FunctionDef)) == 1)


def is_constant(program: Program, loop: cst.For, argument: cst.Arg) -> bool:
    """Whether an argument of a range is the same before and after a loop, and can be evaluated again."""
    value = argument.value
    if argument.star or argument.keyword is not None:
        return False
    if program.calls_builtin(value, "len") and isinstance(value, cst.Call) and len(value.args) == 1:
        items = value.args[0].value
        return isinstance(items, cst.Name) and keeps_items(program, loop, items)
    if isinstance(value, cst.BinaryOperation):
        sides = (value.left, value.right)
        is_sum = isinstance(value.operator, cst.Add | cst.Subtract)
        return is_sum and all(is_constant(program, loop, cst.Arg(side)) for side in sides)
    return isinstance(value, cst.Integer) or (
        isinstance(value, cst.Name) and not is_changed(program, loop, value)
    )


def stored_by(program: Program, loop: cst.For, statements: Iterable[cst.BaseStatement]) -> set[str] | None:
    """The variables that get values or items and that nobody else sees; None where something else is done."""
    found: set[str] = set()
    for statement in statements:
        effects = changes_of(program, statement)
        if effects.is_unclear or effects.prints or effects.deep:
            return None
        if not all(_is_unseen(program, loop, name) for name in effects.changed):
            return None
        found |= effects.stores | effects.changed
    return found


def _is_unseen(program: Program, loop: cst.For, name: str) -> bool:
    """Whether an object that a variable means was made for it, and is known by no other name."""
    scope = program.scope(loop)
    owner = find_owner(scope, name) if scope is not None else None
    if owner is None or owner is not scope or not is_new(program, owner, name):
        return False
    for load, _ in find_binding(program, owner, name).loads:
        parent = program.parent(load)
        is_later = program.order(load) > program.order(loop) and not program.encloses(loop, load)
        if is_later and not is_repeated(program, loop):
            continue  # who gets to know it then finds the same
        is_length = isinstance(parent, cst.Arg) and program.calls_builtin(
            program.parent(parent) or parent, "len", "sum", "max", "min", "sorted", "set", "tuple"
        )
        if not (isinstance(parent, _SEEN | cst.AugAssign) or is_length):
            return False
    return True


def failures_of(program: Program, statements: Sequence[cst.BaseStatement]) -> Failures:
    """The exceptions that running statements can raise; `any` where they are not known."""
    return frozenset[str]().union(*(_failures(program, statement) for statement in statements))


def fail_alike(*parts: Failures) -> bool:
    """Whether parts of a program can change places as far as exceptions tell."""
    together = frozenset[str]().union(*parts)
    return sum(bool(part) for part in parts) < 2 or (len(together) == 1 and "any" not in together)


def _failures(program: Program, statement: cst.BaseStatement) -> Failures:
    if isinstance(statement, cst.If):
        inner = failures_of(program, block_of(statement.body).body) | raised_by(program, statement.test)
        if isinstance(statement.orelse, cst.If):
            return inner | _failures(program, statement.orelse)
        rest = () if statement.orelse is None else block_of(statement.orelse.body).body
        return inner | failures_of(program, rest)
    small = only_statement(statement)
    if isinstance(small, cst.Assign):
        is_name = all(isinstance(target.target, cst.Name) for target in small.targets)
        return raised_by(program, small.value) if is_name else _ANYTHING
    if isinstance(small, cst.AugAssign):
        return _added(program, small)
    call = small.value if isinstance(small, cst.Expr) else None
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
        return _ANYTHING
    is_list = program.types.is_only(call.func.value, frozenset({"list"}))
    argument = call.args[0]
    if call.func.attr.value != "append" or not is_list or argument.star or argument.keyword is not None:
        return _ANYTHING
    return raised_by(program, argument.value) | raised_by(program, call.func.value)


def _added(program: Program, step: cst.AugAssign) -> Failures:
    """How a step such as `total += x` can fail."""
    if not isinstance(step.target, cst.Name):
        return _ANYTHING
    inner = raised_by(program, step.target) | raised_by(program, step.value)
    sides = (step.target, step.value)
    if isinstance(step.operator, _SUMS) and all(program.types.is_only(side, WHOLE) for side in sides):
        return inner
    is_text = all(program.types.is_only(side, frozenset({"str"})) for side in sides)
    if is_text and isinstance(step.operator, cst.AddAssign):
        return inner
    is_number = program.has_plain_types and program.types.is_only(step.target, NUMBER)
    if is_number and isinstance(step.operator, cst.AddAssign | cst.SubtractAssign):
        return inner | {"TypeError"}
    return _ANYTHING


def raised_by(program: Program, node: cst.BaseExpression) -> Failures:
    """The exceptions that evaluating an expression can raise; `any` where it may change something, too."""
    effect = effect_of(program, node)
    return _ANYTHING if effect.changes or effect.rebinds else effect.raises
