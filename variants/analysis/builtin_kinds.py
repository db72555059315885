"""What Python's own operators, functions and methods return for its own types."""

from collections.abc import Iterable

import libcst as cst

Kinds = frozenset[str]
Parts = Iterable[Kinds]
Expressions = Iterable[cst.BaseExpression]

_ANY: Kinds = frozenset({"any"})
_RAISES: Kinds = frozenset()
_INT: Kinds = frozenset({"int"})
_STR: Kinds = frozenset({"str"})
_TEXT: Kinds = frozenset({"str", "bytes"})
_BOOL: Kinds = frozenset({"bool"})
_LIST: Kinds = frozenset({"list"})
#: A number of unknown type is "number".
_NUMBERS = frozenset({"int", "bool", "float", "complex", "number"})
_JOINABLE = frozenset({"str", "tuple", "list", "bytes"})

CONSTANTS: dict[str, Kinds] = {
    "True": _BOOL,
    "False": _BOOL,
    "None": frozenset({"NoneType"}),
}

#: Builtin functions whose result has the same type for all arguments.
RESULTS: dict[str, Kinds] = {
    **dict.fromkeys(("len", "ord", "hash", "id", "int"), _INT),
    **dict.fromkeys(("str", "repr", "ascii", "chr", "bin", "hex", "oct", "format", "input"), _STR),
    **dict.fromkeys(("bool", "isinstance", "issubclass", "callable", "hasattr", "any", "all"), _BOOL),
    "float": frozenset({"float"}),
    "divmod": frozenset({"tuple"}),
    "tuple": frozenset({"tuple"}),
    "list": _LIST,
    "sorted": _LIST,
    "set": frozenset({"set"}),
    "dict": frozenset({"dict"}),
    "range": frozenset({"range"}),
}

#: Builtin functions that give the elements of their first argument.
PASSING = ("sorted", "reversed", "list", "set", "tuple", "iter")

#: Methods of `str` that give a list of strings.
SPLITTERS = frozenset({"split", "rsplit", "splitlines"})

_STR_METHODS: dict[str, Kinds] = {
    **dict.fromkeys(SPLITTERS, _LIST),
    **dict.fromkeys(("partition", "rpartition"), frozenset({"tuple"})),
    **dict.fromkeys(("count", "find", "rfind", "index", "rindex"), _INT),
    **dict.fromkeys(
        ("startswith", "endswith", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit"), _BOOL
    ),
    **dict.fromkeys(("isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle"), _BOOL),
    **dict.fromkeys(("isdigit", "isupper"), _BOOL),
    **dict.fromkeys(("capitalize", "casefold", "center", "expandtabs", "format", "format_map", "join"), _STR),
    **dict.fromkeys(("ljust", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rjust"), _STR),
    **dict.fromkeys(("rstrip", "strip", "swapcase", "title", "translate", "upper", "zfill"), _STR),
}
_METHODS: dict[str, dict[str, Kinds]] = {
    "str": _STR_METHODS,
    "list": {"count": _INT, "index": _INT, "copy": _LIST},
    "tuple": {"count": _INT, "index": _INT},
    "dict": {"copy": frozenset({"dict"})},
    "set": {"copy": frozenset({"set"})},
}
#: What a method gives by its name alone, whatever builtin type it belongs to.
_BY_NAME: dict[str, Kinds] = {
    **dict.fromkeys(("find", "rfind", "index", "rindex"), _INT),
    **{name: kinds for name, kinds in _STR_METHODS.items() if kinds in (_BOOL, _LIST)},
    **dict.fromkeys(("casefold", "format", "format_map"), _STR),
    **dict.fromkeys(
        ("lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "swapcase"), _TEXT
    ),
    **dict.fromkeys(("zfill", "ljust", "rjust", "center", "removeprefix", "removesuffix", "join"), _TEXT),
}


def method_by_name(name: str) -> Kinds:
    """The types that ``anything.name(...)`` returns in a program where all types are builtin."""
    return _BY_NAME.get(name, _ANY)


def method(receiver: Kinds, name: str) -> Kinds:
    """The types that ``receiver.name(...)`` returns."""
    results = [_METHODS.get(kind, {}).get(name, _ANY) for kind in receiver]
    return _ANY if _ANY in results else _RAISES.union(*results)


def elements_of(kinds: Kinds) -> Kinds:
    """The types of what an iteration over values of these types gives."""
    if not kinds <= {"str", "range", "bytes"}:
        return _ANY
    return frozenset("str" if kind == "str" else "int" for kind in kinds)


def binary(operator: str, left: str, right: str) -> Kinds:
    """The types of ``left operator right`` (operators by their libcst class names); empty where it raises."""
    if "any" in {left, right}:
        return _ANY
    if {left, right} <= _NUMBERS:
        return _arithmetic(operator, left, right)
    if operator == "Modulo" and left == "str":
        return _STR
    if operator == "Add" and left in _JOINABLE:
        return frozenset({left}) if left == right else _RAISES
    if operator == "Multiply":
        return _repeated(left, right)
    return _RAISES if {left, right} <= _NUMBERS | {"str", "tuple", "NoneType"} else _ANY


def scalar_with_any(operator: str, left: str) -> Kinds:
    """The types of ``left operator anything`` where anything is of a builtin type."""
    if left in _NUMBERS and operator in {"Add", "Subtract", "Divide", "FloorDivide", "Modulo"}:
        return frozenset({"number"})
    if (left == "str" and operator in {"Add", "Modulo"}) or (
        left in {"tuple", "bytes"} and operator == "Add"
    ):
        return frozenset({left})
    return _ANY


def unknown_with_any(operator: str, left: str) -> Kinds:
    """Anything: the right operand may bring an operator of its own."""
    return _ANY


def _arithmetic(operator: str, left: str, right: str) -> Kinds:
    if operator in {"BitAnd", "BitOr", "BitXor"} and left == right == "bool":
        return _BOOL
    for widest in ("number", "complex"):
        if widest in {left, right}:
            return frozenset({widest})
    if operator == "Divide" or "float" in {left, right}:
        return frozenset({"float"})
    return _INT


def _repeated(left: str, right: str) -> Kinds:
    for sequence, count in ((left, right), (right, left)):
        if sequence in _JOINABLE and count in {"int", "bool"}:
            return frozenset({sequence})
    return _RAISES if {left, right} <= _NUMBERS | {"str", "tuple", "NoneType"} else _ANY
