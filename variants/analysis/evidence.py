"""What the text shows about values that no assignment in it proves: how they are used, and annotations."""

import re
from functools import lru_cache

import libcst as cst

from variants.analysis.bindings import Binding, find_binding, find_owner, is_local
from variants.analysis.builtin_kinds import SPLITTERS, Kinds
from variants.analysis.inference import ANY, SEQUENCE
from variants.analysis.program import Program

_STR: Kinds = frozenset({"str"})
_LIST: Kinds = frozenset({"list"})
_ANNOTATIONS = {
    "str": _STR,
    "list": _LIST,
    "List": _LIST,
    "tuple": frozenset({"tuple"}),
    "Sequence": SEQUENCE,
}
_OF_LISTS = frozenset({"append", "insert", "sort", "reverse", "extend"})
_OF_STRINGS = frozenset(
    {
        *(
            "capitalize",
            "center",
            "endswith",
            "find",
            "isalnum",
            "isalpha",
            "isdecimal",
            "isdigit",
            "islower",
        ),
        *("isnumeric", "isspace", "istitle", "isupper", "ljust", "lower", "lstrip", "partition", "replace"),
        *("rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith"),
        *("strip", "swapcase", "title", "translate", "upper", "zfill", "casefold", "encode"),
    }
)
_MAKING_STRINGS = frozenset(
    {"capitalize", "casefold", "center", "join", "ljust", "lower", "lstrip", "replace", "rjust", "rstrip"}
    | {"strip", "swapcase", "title", "translate", "upper", "zfill"}
)
_LOOKING = frozenset({"isinstance", "type", "hasattr", "callable", "issubclass"})


def shown_kinds(program: Program, node: cst.BaseExpression, depth: int = 3) -> Kinds:
    """The types that an expression has wherever the program gets on with it as it is written.

    In a program whose values are all of builtin types, a method that only strings have shows a string, a
    slice a sequence. A program that asks for types itself shows nothing.
    """
    kinds = program.types.kinds(node)
    if kinds != ANY or depth == 0 or not _is_telling(program):
        return kinds
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        method = node.func.attr.value
        if method in SPLITTERS:
            return _LIST
        return _STR if method in _MAKING_STRINGS else ANY
    if isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Slice):
        inner = shown_kinds(program, node.value, depth - 1)
        return inner if inner <= SEQUENCE else SEQUENCE
    return _variable(program, node, depth) if isinstance(node, cst.Name) else ANY


def is_sequence(program: Program, node: cst.BaseExpression) -> bool:
    """Whether the text shows that an expression has items by position."""
    kinds = shown_kinds(program, node)
    return bool(kinds) and kinds <= SEQUENCE


@lru_cache(maxsize=8)
def _is_telling(program: Program) -> bool:
    return program.has_plain_types and program.names.isdisjoint(_LOOKING)


def _variable(program: Program, name: cst.Name, depth: int) -> Kinds:
    scope = program.scope(name)
    owner = find_owner(scope, name.value) if scope is not None else None
    if owner is None or not is_local(program, owner, name.value):
        return ANY
    binding = find_binding(program, owner, name.value)
    if not binding.is_plain or not binding.stores:
        return ANY
    kinds = frozenset[str]().union(*(_stored(program, store, binding, depth) for store in binding.stores))
    return ANY if "any" in kinds else kinds


def _stored(program: Program, store: cst.Name, binding: Binding, depth: int) -> Kinds:
    """The types that one assignment shows; nothing where it keeps the type."""
    parent = program.parent(store)
    if isinstance(parent, cst.Param):
        return _parameter(program, parent, binding)
    if isinstance(parent, cst.AugAssign) and isinstance(parent.operator, cst.AddAssign):
        return frozenset()
    statement = program.parent(parent) if isinstance(parent, cst.AssignTarget) else None
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        return shown_kinds(program, statement.value, depth - 1)
    return ANY


def _parameter(program: Program, parameter: cst.Param, binding: Binding) -> Kinds:
    if parameter.star or parameter.default is not None:
        return ANY
    if parameter.annotation is not None:
        word = re.match(r"\w+", program.text(parameter.annotation.annotation))
        return _ANNOTATIONS.get(word.group(), ANY) if word else ANY
    uses = [_use(program, load) for load, _ in binding.loads]
    shown = [kinds for kinds in uses if kinds != ANY]
    return frozenset.intersection(*shown) or ANY if shown else ANY


def _use(program: Program, load: cst.Name) -> Kinds:
    """What one use of a variable shows about it."""
    parent = program.parent(load)
    if isinstance(parent, cst.Attribute) and parent.value is load:
        method = parent.attr.value
        if method in _OF_STRINGS:
            return _STR
        if method in {"index", "count"}:
            return SEQUENCE
        return _LIST if method in _OF_LISTS else ANY
    if isinstance(parent, cst.Subscript) and parent.value is load:
        return SEQUENCE if _is_by_position(parent.slice[0].slice) else ANY
    if isinstance(parent, cst.BinaryOperation) and isinstance(parent.operator, cst.Add):
        other = parent.left if parent.right is load else parent.right
        return {cst.SimpleString: _STR, cst.List: _LIST}.get(type(other), ANY)
    if isinstance(parent, cst.Arg) and _is_walked_by_index(program, parent, load.value):
        return SEQUENCE
    return ANY


def _is_by_position(index: cst.BaseSlice) -> bool:
    """Whether an index is a slice or a negative number."""
    if isinstance(index, cst.Slice):
        return True
    value = index.value if isinstance(index, cst.Index) else None
    return isinstance(value, cst.UnaryOperation) and isinstance(value.operator, cst.Minus)


def _is_walked_by_index(program: Program, argument: cst.Arg, name: str) -> bool:
    """Whether a loop over range(len(xs)) or enumerate(xs) reads ``xs[i]`` in its body."""
    call = program.parent(argument)
    if call is not None and program.calls_builtin(call, "len"):
        argument_of_range = program.parent(call)
        call = program.parent(argument_of_range) if isinstance(argument_of_range, cst.Arg) else None
        target = _target(program, call, "range")
    else:
        target = _target(program, call, "enumerate")
        target = target.elements[0].value if isinstance(target, cst.Tuple) else None
    loop = program.parent(call) if call is not None else None
    if not isinstance(loop, cst.For) or not isinstance(target, cst.Name):
        return False
    return any(
        isinstance(item.value, cst.Name)
        and item.value.value == name
        and isinstance(item.slice[0].slice, cst.Index)
        and any(part.value == target.value for part in program.nodes_within(item.slice[0], cst.Name))
        for item in program.nodes_within(loop.body, cst.Subscript)
    )


def _target(program: Program, call: cst.CSTNode | None, name: str) -> cst.BaseExpression | None:
    """The target of the loop over a call of a builtin."""
    if call is None or not program.calls_builtin(call, name):
        return None
    loop = program.parent(call)
    return loop.target if isinstance(loop, cst.For) else None
