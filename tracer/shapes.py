"""The data inside instances of a program's own classes, read without running any of their code.

A dataclass, a named tuple and a simple instance are data when everything that they consist of is in their
attributes. As a literal each is `Point(x=1, y=2)`; read back, without the class, it is a `Record`.
"""

import builtins
import sys
from abc import ABCMeta
from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword
from types import GetSetDescriptorType, MemberDescriptorType
from unicodedata import normalize

CONSTRUCTORS = frozenset({
    "Counter", "Decimal", "Fraction", "OrderedDict", "bytearray", "complex", "date", "datetime",
    "defaultdict", "deque", "float", "frozenset", "range", "set", "time", "timedelta", "timezone",
})  # fmt: skip
RESERVED = CONSTRUCTORS | frozenset(dir(builtins))
"""Names that are constructors of the grammar, or no class of a program: a `Record` has none of them."""

_TRANSPARENT_BASES = frozenset({"object", "Generic", "Protocol", "ABC"})
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made by a class statement, or at least at run time


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an instance without its class: the class's name and the attributes, in order."""

    name: str
    fields: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How to get at the attributes of a class's instances; `fields` are those with a given order."""

    fields: tuple[str, ...] = ()
    slots: tuple[tuple[str, MemberDescriptorType], ...] = ()
    namespace: GetSetDescriptorType | None = None
    is_tuple: bool = False


_shapes: dict[type, _Shape | None] = {}


def fields_of(value: object) -> Sequence[tuple[str, object]] | None:
    """Return (attribute, value) pairs in canonical order, None for what is no simple instance.

    The fields of a dataclass or named tuple come in the order of their definition, other attributes by name.
    """
    cls = type(value)
    if type(cls) is not type and type(cls) is not ABCMeta:
        return None  # a metaclass of one's own may do anything
    if cls is Record and isinstance(value, Record):
        return value.fields
    if cls not in _shapes:
        _shapes[cls] = _shape(cls)
    shape = _shapes[cls]
    if shape is None:
        return None
    attributes: dict[str, object] = {}
    if shape.namespace is not None:
        attributes.update(shape.namespace.__get__(value))
    if shape.is_tuple:
        parts: tuple[object, ...] = tuple(tuple.__iter__(value))  # type: ignore[arg-type]
        if attributes or len(parts) != len(shape.fields):
            return None
        return tuple(zip(shape.fields, parts, strict=True))
    for name, slot in shape.slots:
        try:
            attributes[name] = slot.__get__(value)
        except AttributeError:  # not assigned
            continue
    first = [name for name in shape.fields if name in attributes]
    if not all(map(_is_readable, attributes)):
        return None
    rest = sorted(name for name in attributes if name not in shape.fields)
    return [(name, attributes[name]) for name in (*first, *rest)]


def name_of(value: object) -> str:
    """Return the name of the class of a value, or the name that a `Record` carries."""
    if type(value) is Record:
        return value.name
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def _is_readable(name: object) -> bool:
    """Tell whether a name can be written in a literal and is read back as it is."""
    if type(name) is not str or not name.isidentifier() or iskeyword(name) or name == "__debug__":
        return False
    return name.isascii() or normalize("NFKC", name) == name


def _shape(cls: type) -> _Shape | None:
    if cls.__name__ in RESERVED or not _is_readable(cls.__name__) or not cls.__flags__ & _HEAP_TYPE:
        return None
    fields: tuple[str, ...] = ()
    slots: list[tuple[str, MemberDescriptorType]] = []
    namespace = None
    is_tuple = False
    for base in cls.__mro__:
        members = base.__dict__
        if base is tuple and isinstance(getattr(cls, "_fields", None), tuple):
            is_tuple = True
            fields = cls._fields  # type: ignore[attr-defined]
            if not all(map(_is_readable, fields)):
                return None
            continue
        if base.__name__ in _TRANSPARENT_BASES and _is_library(base):
            continue
        if _is_library(base):
            return None
        if not fields and isinstance(members.get("__dataclass_fields__"), dict):
            fields = tuple(members["__dataclass_fields__"])
        for name, member in members.items():
            if type(member) is MemberDescriptorType:
                slots.append((_unmangled(name, base), member))
            elif name == "__dict__":
                if type(member) is not GetSetDescriptorType:
                    return None
                namespace = member if namespace is None else namespace
    if is_tuple:
        return _Shape(fields, namespace=namespace, is_tuple=True)
    return _Shape(fields, tuple(slots), namespace) if slots or namespace is not None else None


def _unmangled(name: str, base: type) -> str:
    return (
        f"_{base.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
    )


def _is_library(cls: type) -> bool:
    module = cls.__dict__.get("__module__")
    return type(module) is not str or module.partition(".")[0] in sys.stdlib_module_names
