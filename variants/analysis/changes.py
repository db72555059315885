"""What running a piece of a program may change, by name: variables, objects behind them, the output.

`effects` says for one expression whether it changes anything; this, what whole statements change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import libcst as cst

from variants.analysis.bindings import find_binding, find_owner, is_local
from variants.analysis.builtin_effects import (
    CALLING,
    CHANGING_METHODS,
    HARMLESS,
    MAKING,
    MAKING_METHODS,
    READING_METHODS,
    WALKING_METHODS,
)
from variants.analysis.evidence import shown_kinds
from variants.analysis.inference import ANY, IMMUTABLE
from variants.analysis.program import Program
from variants.analysis.scopes import Scope

_QUIET_METHODS = READING_METHODS | WALKING_METHODS
_MODULES = frozenset({"math", "string", "re"})
_UNCLEAR = (
    *(cst.Yield, cst.Await, cst.Import, cst.ImportFrom, cst.FunctionDef, cst.ClassDef, cst.With, cst.Try),
    *(cst.TryStar, cst.Global, cst.Nonlocal, cst.NamedExpr, cst.Del),
)


@dataclass(slots=True)
class Changes:
    """What a piece of a program may change.

    Attributes:
        stores: Names that are bound.
        changed: Names of objects that are changed in place.
        deep: Names of objects in which another object is changed in place.
        prints: Whether it writes or reads the terminal.
        is_unclear: Whether it may do anything else: it calls what is not known, yields, defines.
    """

    stores: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    deep: set[str] = field(default_factory=set)
    prints: bool = False
    is_unclear: bool = False

    @property
    def is_none(self) -> bool:
        """Whether nothing is changed at all."""
        return not (self.stores or self.changed or self.deep or self.prints or self.is_unclear)


@lru_cache(maxsize=64)
def changes_of(program: Program, node: cst.CSTNode) -> Changes:
    """What running a node may change, in a program whose values are all of builtin types."""
    found = Changes(is_unclear=not _is_plain(program) or bool(program.nodes_within(node, *_UNCLEAR)))
    if found.is_unclear:
        return found
    for call in program.nodes_within(node, cst.Call):
        _note_call(program, call, found)
    for part in program.nodes_within(node, cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For):
        assert isinstance(part, cst.AssignTarget | cst.AnnAssign | cst.AugAssign | cst.For)
        _note_target(program, part.target, found)
        is_name = isinstance(part, cst.AugAssign) and isinstance(part.target, cst.Name)
        if is_name and not program.types.is_only(part.target, IMMUTABLE):
            _note_change(program, part.target, found)
    return found


@lru_cache(maxsize=8)
def _is_plain(program: Program) -> bool:
    """Whether operators do what they do for builtin types, and nothing runs later than it is written."""
    if not program.has_plain_types or program.nodes(cst.Yield) or program.shared_names:
        return False
    return all(
        _is_harmless(program, call)
        for later in program.nodes(cst.Lambda, cst.GeneratorExp)
        for call in program.nodes_within(later, cst.Call)
    )


def _is_harmless(program: Program, call: cst.Call) -> bool:
    found = Changes()
    _note_call(program, call, found)
    return found.is_none


def _note_call(program: Program, call: cst.Call, found: Changes) -> None:
    if isinstance(call.func, cst.Name):
        name = call.func.value
        if program.calls_builtin(call, "print", "input"):
            found.prints = True
        elif name not in HARMLESS or not program.is_builtin(name) or not _calls_harmless(program, call):
            found.is_unclear = True
        return
    if not isinstance(call.func, cst.Attribute):
        found.is_unclear = True
        return
    name, receiver = call.func.attr.value, call.func.value
    if isinstance(receiver, cst.Name) and _is_module(program, receiver.value):
        found.is_unclear = found.is_unclear or name == "sub"
    elif name in CHANGING_METHODS:
        _note_change(program, receiver, found)
        found.is_unclear = found.is_unclear or (name == "sort" and bool(call.args))
    elif name not in _QUIET_METHODS:
        found.is_unclear = True


@lru_cache(maxsize=64)
def _is_module(program: Program, name: str) -> bool:
    """Whether a name means one of the modules that keep nothing, wherever it stands."""
    if name not in _MODULES:
        return False
    stores = [assignment.node for scope in program.scopes for assignment in scope.assignments[name]]
    return bool(stores) and all(isinstance(node, cst.Import | cst.ImportAlias) for node in stores)


def _calls_harmless(program: Program, call: cst.Call) -> bool:
    """Whether the functions that a builtin is told to call are harmless."""
    assert isinstance(call.func, cst.Name)
    if call.func.value not in CALLING:
        return True
    given = [argument.value for argument in call.args if argument.keyword and argument.keyword.value == "key"]
    if call.func.value in {"map", "filter"}:
        given += [argument.value for argument in call.args[:1]]
    return all(_is_harmless_function(program, function) for function in given)


def _is_harmless_function(program: Program, function: cst.BaseExpression) -> bool:
    if isinstance(function, cst.Lambda):
        return True  # the calls in it are looked at where they stand
    if isinstance(function, cst.Attribute):
        return function.attr.value in _QUIET_METHODS
    if not isinstance(function, cst.Name):
        return False
    return function.value == "None" or (function.value in HARMLESS and program.is_builtin(function.value))


def _note_target(program: Program, target: cst.BaseExpression, found: Changes) -> None:
    if isinstance(target, cst.Name):
        found.stores.add(target.value)
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            _note_target(program, element.value, found)
    elif isinstance(target, cst.Subscript):
        _note_change(program, target.value, found)
    else:
        found.is_unclear = True


def _note_change(program: Program, changed: cst.BaseExpression, found: Changes) -> None:
    if isinstance(changed, cst.Name):
        found.changed.add(changed.value)
    elif isinstance(changed, cst.Subscript):
        while isinstance(changed, cst.Subscript):
            changed = changed.value
        if isinstance(changed, cst.Name):
            found.deep.add(changed.value)
        else:
            found.is_unclear = True
    else:
        found.is_unclear = True


def keeps_items(program: Program, node: cst.CSTNode, name: cst.Name) -> bool:
    """Whether a local variable means the same object with the same items all the while a node runs."""
    scope = program.scope(name)
    if not is_local(program, scope, name.value):
        return False
    assert scope is not None
    binding = find_binding(program, scope, name.value)
    if not binding.is_plain or any(program.encloses(node, store) for store in binding.stores):
        return False
    if shown_kinds(program, name) <= IMMUTABLE | {"range"}:
        return not program.nodes_within(node, cst.Del)
    found = changes_of(program, node)
    if found.is_unclear or found.deep - {name.value} or name.value in found.changed:
        return False
    return all(not _may_be_same(program, name, other) for other in found.changed)


def _may_be_same(program: Program, name: cst.Name, other: str) -> bool:
    """Whether another variable may mean the same object."""
    scope = program.scope(name)
    owner = find_owner(scope, other) if scope is not None else None
    if owner is None or owner is not scope:
        return True
    binding = find_binding(program, owner, other)
    kinds, others = (
        program.types.kinds(name),
        program.types.kinds(binding.stores[0]) if binding.stores else ANY,
    )
    if ANY not in {kinds, others} and not kinds & others:
        return False
    return not (is_new(program, owner, other) and _is_given_or_new(program, owner, name.value))


def _is_given_or_new(program: Program, scope: Scope, name: str) -> bool:
    binding = find_binding(program, scope, name)
    is_given = all(isinstance(program.parent(store), cst.Param) for store in binding.stores)
    return is_given or is_new(program, scope, name)


def is_new(program: Program, scope: Scope, name: str) -> bool:
    """Whether all that is ever assigned to a local variable is made in that moment, for it alone."""
    binding = find_binding(program, scope, name)
    return binding.is_plain and all(_is_made(program, value) for value in _values(program, binding.stores))


def _values(program: Program, stores: tuple[cst.Name, ...]) -> Iterator[cst.BaseExpression | None]:
    """What is assigned; None where it is not made for this name alone."""
    for store in stores:
        target = program.parent(store)
        statement = program.parent(target) if isinstance(target, cst.AssignTarget) else target
        if isinstance(statement, cst.Assign):
            yield statement.value if len(statement.targets) == 1 else None
        elif isinstance(statement, cst.AnnAssign):
            yield statement.value
        elif not isinstance(statement, cst.AugAssign):
            yield None


def _is_made(program: Program, value: cst.BaseExpression | None) -> bool:
    made = (
        *(cst.List, cst.ListComp, cst.Dict, cst.DictComp, cst.Set, cst.SetComp, cst.BinaryOperation),
        *(cst.Integer, cst.Float, cst.SimpleString, cst.FormattedString, cst.Comparison),
    )
    if isinstance(value, made):
        return True
    if not isinstance(value, cst.Call):
        return False
    if isinstance(value.func, cst.Attribute):
        return value.func.attr.value in MAKING_METHODS
    return program.calls_builtin(value, *MAKING)
