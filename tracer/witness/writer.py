"""Values as literals, for the second observer: the grammar of `tracer.values`, written independently of it.

A value without a literal gives a text that begins with `<`. No code of a program's classes is run: types are
looked at through `type` itself, attributes through the descriptors that the interpreter made.
"""

import builtins
import math
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from keyword import iskeyword
from types import GetSetDescriptorType, MemberDescriptorType, NoneType
from typing import Any
from unicodedata import normalize

MOST_NODES = 2_000
MOST_CHARS = 20_000
DEEPEST = 50

_SIMPLE = frozenset({NoneType, bool, int, float, str})
_CHANGEABLE = (list, dict, set, bytearray, deque, defaultdict, OrderedDict, Counter)
_FACTORIES = (list, dict, set, tuple, int, float, str, bool, bytes)
_RESERVED = frozenset(dir(builtins)) | {
    *("Counter", "Decimal", "Fraction", "OrderedDict", "date", "datetime", "defaultdict", "deque"),
    *("time", "timedelta", "timezone"),
}
_MADE_AT_RUN_TIME = 512  # Py_TPFLAGS_HEAPTYPE
_BASES_WITHOUT_DATA = ("object", "Generic", "Protocol", "ABC")

_mro_of = type.__dict__["__mro__"].__get__
_name_of = type.__dict__["__name__"].__get__
_flags_of = type.__dict__["__flags__"].__get__
_members_of = type.__dict__["__dict__"].__get__
_getset = type.__dict__["__dict__"]


class _UnwritableError(Exception):
    """Carries the marker of a value that has no literal."""


def is_simple(kind: type) -> bool:
    """Tell whether values of exactly this type are None, a boolean, a number or a text."""
    return kind is int or kind is str or kind is float or kind is bool or kind is NoneType


def text_of(value: Any) -> str:
    """Return the literal or marker of any value."""
    return simple(value) if is_simple(type(value)) else written(value)[0]


def written(value: Any) -> tuple[str, bool]:
    """Return the literal or marker of a value, and whether it holds nothing but simple values and containers.

    Simple are None, booleans, numbers and texts; containers are lists, tuples, dicts and sets of such.
    """
    kind = type(value)
    if kind is list or kind is tuple or kind is dict:
        text = _in_one_go(value)
        if text is not None:
            return text, True
    writing = _Writing(str(_name_of(kind)))
    try:
        text = writing.write(value, 0)
    except _UnwritableError as marker:
        return str(marker), False
    if len(text) > MOST_CHARS:
        return f"<truncated {_name_of(kind)}>", False
    return text, writing.only_simple


def simple(value: Any) -> str:
    """Return the literal or marker of None, a boolean, a number or a text."""
    if type(value) is float:
        return repr(value) if math.isfinite(value) else f"float('{value!r}')"
    if type(value) is str and len(value) > MOST_CHARS:
        return "<truncated str>"
    if type(value) is int and value.bit_length() > 2 * MOST_CHARS:
        return "<truncated int>"
    try:
        return repr(value)
    except ValueError:  # more digits than Python writes
        return "<truncated int>"


def _in_one_go(value: Any) -> str | None:
    """Return the text of a flat list, tuple or dict, or of rows of simple values; None for any other.

    Python's own text of them is the literal, and the interpreter writes it much faster.
    """
    parts: list[Any] = [*value, *value.values()] if type(value) is dict else [*value]
    if len(parts) >= MOST_NODES:
        return None
    kinds = set(map(type, parts))
    if not kinds <= _SIMPLE:
        if not kinds <= {*_SIMPLE, list, tuple}:
            return None
        rows = [part for part in parts if type(part) is list or type(part) is tuple]
        if len(parts) + sum(map(len, rows)) >= MOST_NODES:
            return None
        for row in rows:
            kinds.update(map(type, row))
        if not kinds <= {*_SIMPLE, list, tuple}:
            return None
        if any(type(cell) is list or type(cell) is tuple for row in rows for cell in row):
            return None
    try:
        text = repr(value)
    except ValueError:
        return None
    if float in kinds and ("nan" in text or "inf" in text):
        return None
    return text if len(text) <= MOST_CHARS else None


class _Writing:
    def __init__(self, whole: str) -> None:
        self.only_simple = True
        self._whole = whole
        self._nodes = 0
        self._chars = 0
        self._around: list[int] = []
        self._hashed = 0

    def write(self, value: Any, depth: int) -> str:
        """Return the literal of a value that is in `depth` others."""
        kind = type(value)
        self._count(1)
        if kind is NoneType or kind is bool or kind is int or kind is float or kind is str:
            text = simple(value)
            if text[0] == "<":
                raise _UnwritableError(text)
            self._chars += len(text)
            if self._chars > MOST_CHARS:
                raise _UnwritableError(f"<truncated {self._whole}>")
            return text
        if kind is bytes:
            self.only_simple = False
            if len(value) > MOST_CHARS:
                raise _UnwritableError("<truncated bytes>")
            return repr(value)
        name = str(_name_of(kind))
        if id(value) in self._around:
            raise _UnwritableError(f"<cyclic {name}>")
        if depth >= DEEPEST:
            raise _UnwritableError(f"<truncated {name}>")
        if self._hashed and any(kind is one for one in _CHANGEABLE):
            raise _UnwritableError(f"<opaque {self._whole}>")
        self._around.append(id(value))
        text = self._container(value, kind, name, depth + 1)
        self._around.pop()
        return text

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            raise _UnwritableError(f"<truncated {self._whole}>")

    def _container(self, value: Any, kind: type, name: str, depth: int) -> str:  # noqa: PLR0912
        if kind is list:
            return f"[{self._sequence(value, depth)}]"
        if kind is tuple:
            inside = self._sequence(value, depth)
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        if kind is dict:
            return self._pairs(list(dict.items(value)), name, depth)
        if kind is set:
            return f"{{{self._members(value, name, depth)}}}" if value else "set()"
        if kind is frozenset:
            return f"frozenset({{{self._members(value, name, depth)}}})" if value else "frozenset()"
        self.only_simple = False
        if kind is deque:
            end = "" if value.maxlen is None else f", maxlen={value.maxlen}"
            return f"deque([{self._sequence(value, depth)}]{end})"
        if kind is OrderedDict or kind is Counter:
            return self._named_dict(value, name, depth)
        if kind is defaultdict:
            factory = value.default_factory
            if factory is not None and not any(factory is one for one in _FACTORIES):
                raise _UnwritableError(f"<opaque {name}>")
            made_by = "None" if factory is None else str(_name_of(factory))
            return f"defaultdict({made_by}, {self._pairs(list(dict.items(value)), name, depth)})"
        if kind is complex:
            return f"complex({simple(value.real)}, {simple(value.imag)})"
        if kind is range:
            parts = [value.start, value.stop, *([] if value.step == 1 else [value.step])]
            return f"range({', '.join(map(simple, parts))})"
        if kind is Fraction:
            return f"Fraction({simple(value.numerator)}, {simple(value.denominator)})"
        if kind is bytearray or kind is Decimal or kind is date or kind is timedelta:
            return self._own(value)
        if kind is datetime or kind is time:
            if value.tzinfo is not None and value.tzinfo is not UTC:
                raise _UnwritableError(f"<opaque {name}>")
            return self._own(value)
        return self._instance(value, kind, name, depth)

    def _own(self, value: Any) -> str:
        text = repr(value)
        self._chars += len(text)
        if self._chars > MOST_CHARS:
            raise _UnwritableError(f"<truncated {self._whole}>")
        return text

    def _sequence(self, value: Any, depth: int) -> str:
        if len(value) > MOST_NODES - self._nodes:
            raise _UnwritableError(f"<truncated {self._whole}>")
        return ", ".join([self.write(item, depth) for item in value])

    def _hashable(self, value: Any, depth: int) -> str:
        self._hashed += 1
        text = self.write(value, depth)
        self._hashed -= 1
        return text

    def _pairs(self, items: list[tuple[Any, Any]], name: str, depth: int) -> str:
        if 2 * len(items) > MOST_NODES - self._nodes:
            raise _UnwritableError(f"<truncated {self._whole}>")
        keys = [self._hashable(key, depth) for key, _ in items]
        _require_distinct(keys, name)
        values = [self.write(item, depth) for _, item in items]
        return "{" + ", ".join([f"{key}: {item}" for key, item in zip(keys, values, strict=True)]) + "}"

    def _members(self, value: Any, name: str, depth: int) -> str:
        if len(value) > MOST_NODES - self._nodes:
            raise _UnwritableError(f"<truncated {self._whole}>")
        members = list(value)
        texts = [self._hashable(member, depth) for member in members]
        _require_distinct(texts, name)
        if all(type(member) is int or type(member) is bool for member in members):
            order = sorted(range(len(members)), key=lambda place: (members[place], texts[place]))
            return ", ".join([texts[place] for place in order])
        return ", ".join(sorted(texts))

    def _named_dict(self, value: Any, name: str, depth: int) -> str:
        if object.__getattribute__(value, "__dict__"):
            raise _UnwritableError(f"<opaque {name}>")
        items = list(dict.items(value))
        if type(value) is OrderedDict and items:
            # Its own order is behind a lookup of each key, which must be a matter of the interpreter alone.
            if not all(_hashes_itself(key) for key, _ in items):
                raise _UnwritableError(f"<opaque {name}>")
            items = [(key, dict.__getitem__(value, key)) for key in OrderedDict.__iter__(value)]
        return f"{name}({self._pairs(items, name, depth)})" if items else f"{name}()"

    def _instance(self, value: Any, kind: type, name: str, depth: int) -> str:
        fields = _attributes(value, kind, name)
        if fields is None:
            raise _UnwritableError(f"<opaque {name}>")
        parts = [f"{field}={self.write(item, depth)}" for field, item in fields]
        return f"{name}({', '.join(parts)})"


def _require_distinct(texts: list[str], name: str) -> None:
    """Keys or members that have one text but are several could not be read back; NaNs can."""
    if len(set(texts)) < len(texts):
        for text in texts:
            if texts.count(text) > 1 and "nan" not in text:
                raise _UnwritableError(f"<opaque {name}>")


def _hashes_itself(key: Any) -> bool:
    kind = type(key)
    if kind is tuple or kind is frozenset:
        return all(map(_hashes_itself, key))
    own = (NoneType, bool, int, float, str, bytes, complex, range, Decimal, Fraction, date, datetime, time)
    return any(kind is one for one in (*own, timedelta))


def _attributes(value: Any, kind: type, name: str) -> list[tuple[str, Any]] | None:
    """Return the attributes of an instance of a program's class in canonical order, None if not simple."""
    maker = type(kind)
    if maker is not type and (_name_of(maker), maker.__module__) != ("ABCMeta", "abc"):
        return None
    if name in _RESERVED or not _is_name(name) or not _flags_of(kind) & _MADE_AT_RUN_TIME:
        return None
    if any(base is tuple for base in _mro_of(kind)):
        return _tuple_fields(value, kind)
    order: tuple[str, ...] | None = None
    found: dict[str, Any] = {}
    for base in _mro_of(kind):
        members = _members_of(base)
        if _is_of_the_library(members):
            if _name_of(base) in _BASES_WITHOUT_DATA:
                continue
            return None
        if order is None and type(members.get("__dataclass_fields__")) is dict:
            order = tuple(members["__dataclass_fields__"])
        if type(members.get("__dict__", _getset)) is not GetSetDescriptorType:
            return None
        found.update(_own_attributes(value, base, members))
    if not _has_storage(kind) or not all(map(_is_name, found)):
        return None
    first = [field for field in order or () if field in found]
    rest = sorted(set(found) - set(order or ()))
    return [(field, found[field]) for field in (*first, *rest)]


def _is_of_the_library(members: Any) -> bool:
    module = members.get("__module__")
    return type(module) is not str or module.partition(".")[0] in sys.stdlib_module_names


def _own_attributes(value: Any, base: type, members: Any) -> dict[str, Any]:
    """Return the attributes that one class of an instance gives room for."""
    found: dict[str, Any] = {}
    for key, member in members.items():
        if key == "__dict__":
            found.update(member.__get__(value))
        elif type(member) is MemberDescriptorType:
            private = key.startswith("__") and not key.endswith("__")
            field = f"_{_name_of(base).lstrip('_')}{key}" if private else key
            try:
                found[field] = member.__get__(value)
            except AttributeError:
                continue
    return found


def _has_storage(kind: type) -> bool:
    """Tell whether instances have attributes at all: an object without any stands for something else."""
    return any(
        key == "__dict__" or type(member) is MemberDescriptorType
        for base in _mro_of(kind)
        for key, member in _members_of(base).items()
    )


def _tuple_fields(value: Any, kind: type) -> list[tuple[str, Any]] | None:
    names = next((found for base in _mro_of(kind) if (found := _members_of(base).get("_fields"))), ())
    parts = list(tuple.__iter__(value))
    if type(names) is not tuple or len(names) != len(parts) or not all(map(_is_name, names)):
        return None
    for base in _mro_of(kind):
        storage = _members_of(base).get("__dict__")
        if type(storage) is GetSetDescriptorType and storage.__get__(value):
            return None
    return list(zip(names, parts, strict=True))


def _is_name(name: Any) -> bool:
    """Tell whether a literal with this name is read back as it was."""
    if type(name) is not str or not name.isidentifier() or iskeyword(name) or name == "__debug__":
        return False
    return normalize("NFKC", name) == name
