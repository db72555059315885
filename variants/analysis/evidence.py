"""What the text shows about values that no assignment in it proves: how they are used, and annotations."""

import re
from functools import lru_cache

import libcst as cst

from variants.analysis.bindings import find_binding, is_local
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


def shown_kinds(program: Program, node: cst.BaseExpression) -> Kinds:
    """The types that an expression has wherever the program gets on with it as it is written.

    In a program whose values are all of builtin types, a method that only strings have shows a string, a
    slice a sequence. A program that asks for types itself shows nothing.
    """
    kinds = program.types.kinds(node)
    if kinds != ANY or not _is_telling(program):
        return kinds
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        method = node.func.attr.value
        if method in SPLITTERS:
            return _LIST
        return _STR if method in _MAKING_STRINGS else ANY
    if isinstance(node, cst.Subscript) and isinstance(node.slice[0].slice, cst.Slice):
        inner = shown_kinds(program, node.value)
        return inner if inner <= SEQUENCE else SEQUENCE
    return _parameter(program, node) if isinstance(node, cst.Name) else ANY


def is_sequence(program: Program, node: cst.BaseExpression) -> bool:
    """Whether the text shows that an expression has items by position."""
    kinds = shown_kinds(program, node)
    return bool(kinds) and kinds <= SEQUENCE


@lru_cache(maxsize=8)
def _is_telling(program: Program) -> bool:
    return program.has_plain_types and program.names.isdisjoint(_LOOKING)


def _parameter(program: Program, name: cst.Name) -> Kinds:
    scope = program.scope(name)
    if not is_local(program, scope, name.value):
        return ANY
    assert scope is not None
    binding = find_binding(program, scope, name.value)
    if not binding.is_plain or len(binding.stores) != 1:
        return ANY
    parameter = program.parent(binding.stores[0])
    if not isinstance(parameter, cst.Param) or parameter.star or parameter.default is not None:
        return ANY
    if parameter.annotation is not None:
        word = re.match(r"\w+", program.text(parameter.annotation.annotation))
        return _ANNOTATIONS.get(word.group(), ANY) if word else ANY
    uses = [_use(program, load) for load, _ in binding.loads]
    shown = [kinds for kinds in uses if kinds != ANY]
    if not shown:
        return ANY
    common = frozenset.intersection(*shown)
    return common or ANY


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
        return SEQUENCE if isinstance(parent.slice[0].slice, cst.Slice) else ANY
    if isinstance(parent, cst.Arg) and _is_walked_by_index(program, parent, load.value):
        return SEQUENCE
    return ANY


def _is_walked_by_index(program: Program, argument: cst.Arg, name: str) -> bool:
    """Whether the argument is the one in ``for i in range(len(xs))`` with ``xs[i]`` in the body."""
    length = program.parent(argument)
    if length is None or not program.calls_builtin(length, "len"):
        return False
    outer = program.parent(length)
    call = program.parent(outer) if isinstance(outer, cst.Arg) else None
    loop = program.parent(call) if call is not None and program.calls_builtin(call, "range") else None
    if not isinstance(loop, cst.For) or not isinstance(loop.target, cst.Name):
        return False
    return any(
        isinstance(item.value, cst.Name)
        and item.value.value == name
        and isinstance(item.slice[0].slice, cst.Index)
        and isinstance(item.slice[0].slice.value, cst.Name)
        and item.slice[0].slice.value.value == loop.target.value
        for item in program.nodes_within(loop.body, cst.Subscript)
    )
