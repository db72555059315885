"""Writes a value as text, in the grammar that `tracer.values` documents, with code of its own.

No code of a program runs: types are told apart by identity, and the methods of the builtin types are called
by name. What has no literal gives a text that begins with `<`: `<opaque ...>` for what surely has none, and
`<unsure ...>` where the oracle does not know.
"""

import abc
import collections
import datetime
import decimal
import fractions
import types
from collections.abc import Callable
from typing import Any, Generic, Protocol

MAX_NODES = 20_000
MAX_DEPTH = 90

_getattr = getattr
_id = id
_sorted = sorted
_list = list
_join = ", ".join
_int_repr = int.__repr__
_float_repr = float.__repr__


class _NoTextError(Exception):
    """Carries the text of a value that has no literal."""


class _Budget:
    """How many parts may still be written, and the containers that are being written."""

    def __init__(self) -> None:
        self.left = MAX_NODES
        self.open: list[int] = []


_Write = Callable[[Any, _Budget], str]


def text_of(value: Any) -> str:
    """Return the literal of a value, or a text that begins with `<`."""
    plain = _ATOMS.get(_id(type(value)))
    if plain is not None:
        try:
            return plain(value)
        except ValueError:
            return "<unsure int>"
    try:
        return _write(value, _Budget())
    except _NoTextError as error:
        return str(error)


def names_an_object(value: Any) -> bool:
    """Tell whether a value is of a kind whose identity a program can rely on."""
    return _id(type(value)) not in _ATOMS


def _float(value: float) -> str:
    text = _float_repr(value)
    return f"float('{text}')" if text in ("nan", "inf", "-inf") else text


def _complex(value: complex) -> str:
    return f"complex({_float(value.real)}, {_float(value.imag)})"


_ATOMS: dict[int, Callable[[Any], str]] = {
    _id(type(None)): lambda value: "None",
    _id(bool): bool.__repr__,
    _id(int): _int_repr,
    _id(float): _float,
    _id(str): str.__repr__,
    _id(bytes): bytes.__repr__,
    _id(complex): _complex,
}


def _write(value: Any, budget: _Budget) -> str:
    budget.left -= 1
    if budget.left < 0:
        raise _NoTextError("<unsure large>")
    kind = type(value)
    plain = _ATOMS.get(_id(kind))
    if plain is not None:
        try:
            return plain(value)
        except ValueError:
            raise _NoTextError("<unsure int>") from None
    container = _CONTAINERS.get(_id(kind))
    if container is None:
        return _instance(value, budget)
    return _nested(value, container, budget)


def _nested(value: Any, write: _Write, budget: _Budget) -> str:
    if _id(value) in budget.open:
        raise _NoTextError("<opaque cyclic>")
    if len(budget.open) >= MAX_DEPTH:
        raise _NoTextError("<unsure deep>")
    budget.open.append(_id(value))
    text = write(value, budget)
    budget.open.pop()
    return text


def _items(values: Any, budget: _Budget) -> list[str]:
    return [_write(value, budget) for value in values]


def _list_text(value: Any, budget: _Budget) -> str:
    return f"[{_join(_items(list.__iter__(value), budget))}]"


def _tuple_text(value: Any, budget: _Budget) -> str:
    parts = _items(tuple.__iter__(value), budget)
    return f"({parts[0]},)" if len(parts) == 1 else f"({_join(parts)})"


def _pairs(pairs: Any, budget: _Budget) -> str:
    return "{" + _join([f"{_write(key, budget)}: {_write(item, budget)}" for key, item in pairs]) + "}"


def _dict_text(value: Any, budget: _Budget) -> str:
    return _pairs(_list(dict.items(value)), budget)


def _members(iterator: Any, budget: _Budget) -> str:
    members = _list(iterator)
    if all(type(member) is int for member in members):
        return "{" + _join(_items(_sorted(members), budget)) + "}"
    return "{" + _join(_sorted(_items(members, budget))) + "}"


def _set_text(value: Any, budget: _Budget) -> str:
    return _members(set.__iter__(value), budget) if set.__len__(value) else "set()"


def _frozenset_text(value: Any, budget: _Budget) -> str:
    if not frozenset.__len__(value):
        return "frozenset()"
    return f"frozenset({_members(frozenset.__iter__(value), budget)})"


def _deque_text(value: Any, budget: _Budget) -> str:
    parts = _join(_items(_list(collections.deque.__iter__(value)), budget))
    most = _getattr(collections.deque, "maxlen").__get__(value)
    return f"deque([{parts}])" if most is None else f"deque([{parts}], maxlen={most})"


_FACTORIES = (list, dict, set, tuple, int, float, str, bool, bytes)


def _defaultdict_text(value: Any, budget: _Budget) -> str:
    factory = _getattr(collections.defaultdict, "default_factory").__get__(value)
    if factory is None:
        name = "None"
    else:
        known = [kind.__name__ for kind in _FACTORIES if kind is factory]
        if not known:
            raise _NoTextError("<opaque defaultdict>")
        name = known[0]
    return f"defaultdict({name}, {_dict_text(value, budget)})"


def _ordered_text(value: Any, budget: _Budget) -> str:
    pairs = _list(collections.OrderedDict.items(value))
    return f"OrderedDict({_pairs(pairs, budget) if pairs else ''})"


def _counter_text(value: Any, budget: _Budget) -> str:
    return f"Counter({_dict_text(value, budget) if dict.__len__(value) else ''})"


_CONTAINERS: dict[int, _Write] = {
    _id(list): _list_text,
    _id(tuple): _tuple_text,
    _id(dict): _dict_text,
    _id(set): _set_text,
    _id(frozenset): _frozenset_text,
    _id(bytearray): lambda value, budget: bytearray.__repr__(value),
    _id(range): lambda value, budget: range.__repr__(value),
    _id(collections.deque): _deque_text,
    _id(collections.Counter): _counter_text,
    _id(collections.defaultdict): _defaultdict_text,
    _id(collections.OrderedDict): _ordered_text,
    _id(decimal.Decimal): lambda value, budget: decimal.Decimal.__repr__(value),
    _id(fractions.Fraction): lambda value, budget: fractions.Fraction.__repr__(value),
    _id(datetime.date): lambda value, budget: datetime.date.__repr__(value),
    _id(datetime.time): lambda value, budget: datetime.time.__repr__(value),
    _id(datetime.datetime): lambda value, budget: datetime.datetime.__repr__(value),
    _id(datetime.timedelta): lambda value, budget: datetime.timedelta.__repr__(value),
}

_SURELY_OPAQUE: tuple[type, ...] = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, types.GeneratorType,
    types.CoroutineType, type, property, staticmethod, classmethod, zip, map, filter, enumerate, reversed,
    type(iter([])), type(iter(())), type(iter({})), type(iter("")), type(iter(range(1))), BaseException,
)  # fmt: skip

_OPEN_BASES = (object, Generic, Protocol, abc.ABC)


def _instance(value: Any, budget: _Budget) -> str:
    kind = type(value)
    if kind is object:
        raise _NoTextError("<opaque object>")
    classes = type.__dict__["__mro__"].__get__(kind)
    if any(base is one for base in classes for one in _SURELY_OPAQUE):
        raise _NoTextError("<opaque>")
    if type(kind) is not type and type(kind) is not abc.ABCMeta:
        raise _NoTextError("<unsure metaclass>")
    return _nested(value, _fields_text, budget)


def _fields_text(value: Any, budget: _Budget) -> str:
    kind = type(value)
    found = _fields(value, kind)
    name = type.__dict__["__name__"].__get__(kind)
    return f"{name}({_join([f'{field}={_write(item, budget)}' for field, item in found])})"


def _fields(value: Any, kind: type) -> list[tuple[str, Any]]:
    classes = type.__dict__["__mro__"].__get__(kind)
    if tuple in classes:
        names = type.__dict__["__dict__"].__get__(kind).get("_fields")
        if classes[1:] != (tuple, object) or type(names) is not tuple:
            raise _NoTextError("<unsure tuple>")
        return _list(zip(names, tuple.__iter__(value), strict=True))
    first: list[str] = []
    found: dict[str, Any] = {}
    for cls in classes:
        if any(cls is base for base in _OPEN_BASES):
            continue
        members = type.__dict__["__dict__"].__get__(cls)
        if members.get("__module__") != "program":
            raise _NoTextError("<unsure library>")
        if not first and type(members.get("__dataclass_fields__")) is dict:
            first = _list(members["__dataclass_fields__"])
        for name, member in _list(members.items()):
            if type(member) is types.GetSetDescriptorType and name == "__dict__":
                found.update(member.__get__(value))
            elif type(member) is types.MemberDescriptorType:
                try:
                    found[name] = member.__get__(value)
                except AttributeError:
                    continue
    order = [name for name in first if name in found]
    rest = _sorted(name for name in found if name not in order)
    return [(name, found[name]) for name in [*order, *rest]]
