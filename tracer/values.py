"""Canonical typed literals: the one text form of a value, and the way back (`tracer.literals`).

The grammar is Python's own literals plus `set()`, `frozenset({...})` and `float('nan')` and its kin;
`complex(1.0, 2.0)`, `range(0, 9)`, `bytearray(b'')`; `deque([1])`, `Counter({'a': 1})`,
`defaultdict(list, {})`, `OrderedDict({...})`; `Decimal('1.5')`, `Fraction(1, 2)`,
`datetime.date(2020, 1, 31)` and its kin; and `Point(x=1, y=2)` for a dataclass, a named tuple or a simple
instance (`tracer.shapes`).

Two values have the same literal iff they are equal and of equal types (dict order included; classes of a
program are told apart by name). A value without a literal has a *marker* in its place, a text that begins
with `<` and so can never be gold: `<opaque function>`, `<cyclic list>`, `<truncated list>`. A value that is
over a cap is a marker as a whole; it is never shortened. No code of a program's classes is run.
"""

import math
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from types import NoneType
from typing import Any

from tracer.literals import (
    ATOMS,
    FACTORIES,
    MAX_CHARS,
    MAX_DEPTH,
    MAX_NODES,
    LiteralError,
    literal_value,
    parse_expression,
    parse_literal,
)
from tracer.shapes import fields_of, name_of

__all__ = [
    "MAX_CHARS", "MAX_DEPTH", "MAX_NODES", "LiteralError", "comparison_key", "is_marker", "literal",
    "literal_value", "parse_expression", "parse_literal",
]  # fmt: skip

_SAME_IN_PYTHON = frozenset({NoneType, bool, int, str, bytes})
_PLAIN_NESTING = frozenset({list, tuple, dict})
_ATOMIC = frozenset(ATOMS)
_UNHASHABLE = frozenset({list, dict, set, bytearray, deque, defaultdict, OrderedDict, Counter})
_PAIRS = frozenset({dict, defaultdict, OrderedDict, Counter})
_SIZED = frozenset({list, tuple, set, frozenset, deque}) | _PAIRS
_HASHED_BY_PYTHON = _ATOMIC | {complex, range, Decimal, Fraction, date, datetime, time, timedelta}


class _NoLiteralError(Exception):
    """Carries the marker of a value, or of a part of it, that has no literal."""


def literal(value: object) -> str:
    """Return the canonical literal of `value`, or a marker (see `is_marker`) where it has none."""
    if type(value) in _ATOMIC:
        return _atom(value, True)
    text = _quick(value)
    return _render(value, keep_order=True) if text is None else text


def comparison_key(value: object) -> str:
    """Return a text that two values share iff an answer counts as the same: equal value, equal type.

    Like Python's `==`, it ignores the order of a dict and the sign of zero; unlike it, it tells `True`
    from `1` and `1.0`, a tuple from a list, and finds NaN equal to NaN. The attributes of an instance may
    come in any order.
    """
    return _atom(value, False) if type(value) in _ATOMIC else _render(value, keep_order=False)


def is_marker(text: str) -> bool:
    """Tell whether `text` stands for a value that has no literal."""
    return text.startswith("<")


def _quick(value: Any) -> str | None:
    """Return the literal of a small list, tuple or dict of plain values: Python's own text is canonical."""
    if type(value) not in _PLAIN_NESTING or not _is_small_and_plain(value):
        return None
    try:
        text = repr(value)
    except ValueError:  # an int past sys.get_int_max_str_digits()
        return None
    return text if len(text) <= MAX_CHARS else None


def _is_small_and_plain(value: Any) -> bool:
    """Tell whether a tree holds nothing but plain atoms, lists, tuples and dicts, well within the caps.

    It is walked level by level: what holds itself, or shares its parts without end, soon has too many nodes.
    """
    level: list[Any] = [value]
    left = MAX_NODES - 1
    for _ in range(MAX_DEPTH - 1):
        below: list[Any] = []
        for item in level:
            if type(item) is dict:
                if not _SAME_IN_PYTHON.issuperset(map(type, item)):
                    return False
                left -= 2 * len(item)
                parts: Any = item.values()
            else:
                left -= len(item)
                parts = item
            if left < 0:
                return False
            if not _SAME_IN_PYTHON.issuperset(map(type, parts)):
                below.extend(part for part in parts if type(part) not in _SAME_IN_PYTHON)
        if not below:
            return True
        if not _PLAIN_NESTING.issuperset(map(type, below)):
            return False
        level = below
    return False


def _render(value: object, *, keep_order: bool) -> str:
    try:
        return _Writer(name_of(value), keep_order).write(value)
    except _NoLiteralError as marker:
        return str(marker)


def _atom(value: object, keep_order: bool) -> str:
    if type(value) is float:
        if not math.isfinite(value):
            return f"float('{value!r}')"
        if value == 0.0 and not keep_order:
            return "0.0"
    elif type(value) is int and value.bit_length() > 4 * MAX_CHARS // 2:
        return "<truncated int>"
    elif isinstance(value, str | bytes) and len(value) > MAX_CHARS:
        return f"<truncated {type(value).__name__}>"
    try:
        return repr(value)
    except ValueError:  # an int past sys.get_int_max_str_digits()
        return "<truncated int>"


class _Writer:
    """Writes one value; `kind` is the type that a marker names when a cap is reached."""

    def __init__(self, kind: str, keep_order: bool) -> None:
        self._kind = kind
        self._keep_order = keep_order
        self._nodes = MAX_NODES
        self._chars = MAX_CHARS
        self._parents: list[int] = []
        self._keys = 0  # how many dict keys and set members we are inside of

    def write(self, value: object) -> str:
        kind = type(value)
        if kind in _ATOMIC:
            text = _atom(value, self._keep_order)
            if is_marker(text):
                raise _NoLiteralError(text)
            self._spend(len(text))
            return text
        if id(value) in self._parents:
            raise _NoLiteralError(f"<cyclic {name_of(value)}>")
        if len(self._parents) >= MAX_DEPTH:
            raise _NoLiteralError(f"<truncated {name_of(value)}>")
        if kind in _SIZED and (len(value) << (kind in _PAIRS)) >= self._nodes:  # type: ignore[arg-type]
            raise _NoLiteralError(f"<truncated {self._kind}>")  # before any part of it is looked at
        self._spend(2)
        writer = _WRITERS.get(kind)
        if self._keys and kind in _UNHASHABLE:
            # An instance can be a key whatever is in it; what is read back of it could not.
            raise _NoLiteralError(f"<opaque {self._kind}>")
        self._parents.append(id(value))
        text = self._instance(value) if writer is None else writer(self, value)
        self._parents.pop()
        return text

    def _spend(self, chars: int) -> None:
        self._nodes -= 1
        self._chars -= chars
        if self._nodes < 0 or self._chars < 0:
            raise _NoLiteralError(f"<truncated {self._kind}>")

    def _key(self, value: object) -> str:
        self._keys += 1
        text = self.write(value)
        self._keys -= 1
        return text

    def _list(self, value: Iterable[object]) -> str:
        return f"[{', '.join(map(self.write, value))}]"

    def _tuple(self, value: tuple[object, ...]) -> str:
        if len(value) == 1:
            return f"({self.write(value[0])},)"
        return f"({', '.join(map(self.write, value))})"

    def _dict(self, value: dict[object, object], *, ordered: bool = False) -> str:
        keys = [self._key(key) for key in dict.keys(value)]
        if _collide(keys):
            raise _NoLiteralError(f"<opaque {name_of(value)}>")
        pairs = [f"{key}: {self.write(item)}" for key, item in zip(keys, dict.values(value), strict=True)]
        return f"{{{', '.join(pairs if self._keep_order or ordered else sorted(pairs))}}}"

    def _set(self, value: set[Any] | frozenset[Any]) -> str:
        """Write set members in an order that does not depend on hashes."""
        texts = [(self._key(member), member) for member in value]
        if all(type(member) in (int, bool) for _, member in texts):
            texts.sort(key=lambda pair: (int(pair[1]), pair[0]))
        else:
            texts.sort(key=lambda pair: pair[0])
        written = [text for text, _ in texts]
        if _collide(written):
            raise _NoLiteralError(f"<opaque {name_of(value)}>")
        members = f"{{{', '.join(written)}}}" if written else ""
        return f"frozenset({members})" if type(value) is frozenset else members or "set()"

    def _complex(self, value: complex) -> str:
        return f"complex({self.write(value.real)}, {self.write(value.imag)})"

    def _range(self, value: range) -> str:
        start, stop, step = value.start, value.stop, value.step
        if not self._keep_order:  # ranges of the same numbers are equal
            start, step = (start if len(value) else 0), (step if len(value) > 1 else 1)
            stop = start + len(value) * step
        last = "" if step == 1 else f", {self.write(step)}"
        return f"range({self.write(start)}, {self.write(stop)}{last})"

    def _deque(self, value: deque[object]) -> str:
        limit = "" if value.maxlen is None else f", maxlen={value.maxlen}"
        return f"deque({self._list(value)}{limit})"

    def _defaultdict(self, value: defaultdict[object, object]) -> str:
        factory = value.default_factory
        if factory is None:
            return f"defaultdict(None, {self._dict(value)})"
        for name, kind in FACTORIES.items():
            if factory is kind:
                return f"defaultdict({name}, {self._dict(value)})"
        raise _NoLiteralError("<opaque defaultdict>")  # what it would give for a key is not known

    def _ordered(self, value: "OrderedDict[object, object]") -> str:
        """Write an OrderedDict in its own order, which is not that of the dict that it is based on."""
        self._require_no_attributes(value)
        # To go through it in its order is to look its keys up: that would run the code of a key's class.
        if not all(map(_is_hashed_by_python, dict.keys(value))):
            raise _NoLiteralError("<opaque OrderedDict>")
        own = {key: dict.__getitem__(value, key) for key in OrderedDict.__iter__(value)}
        return f"OrderedDict({self._dict(own, ordered=True)})" if own else "OrderedDict()"

    def _counter(self, value: Any) -> str:
        self._require_no_attributes(value)
        return f"Counter({self._dict(value)})" if len(value) else "Counter()"

    def _require_no_attributes(self, value: object) -> None:
        """Refuse a value that carries more than its literal would say."""
        if object.__getattribute__(value, "__dict__"):
            raise _NoLiteralError(f"<opaque {name_of(value)}>")

    def _decimal(self, value: Decimal) -> str:
        if not self._keep_order and value.is_finite():
            sign, digits, power = value.as_tuple()
            exponent = int(power)
            whole = int("".join(map(str, digits)))
            if whole == 0:
                return "Decimal('0')"
            while whole % 10 == 0:
                whole, exponent = whole // 10, exponent + 1
            return f"Decimal('{'-' * sign}{whole}E{exponent}')"
        return self._python(value)

    def _fraction(self, value: Fraction) -> str:
        return f"Fraction({self.write(value.numerator)}, {self.write(value.denominator)})"

    def _clock(self, value: datetime | time) -> str:
        if value.tzinfo is not None and value.tzinfo is not UTC:
            raise _NoLiteralError(f"<opaque {name_of(value)}>")
        return self._python(value)

    def _python(self, value: object) -> str:
        """Write a value of a built-in type of which Python's own text is canonical."""
        text = repr(value)
        self._spend(len(text))
        return text

    def _instance(self, value: object) -> str:
        fields = fields_of(value)
        if fields is None:
            raise _NoLiteralError(f"<opaque {name_of(value)}>")
        parts = [f"{name}={self.write(item)}" for name, item in fields]
        self._spend(sum(len(name) for name, _ in fields))
        return f"{name_of(value)}({', '.join(parts if self._keep_order else sorted(parts))})"


def _is_hashed_by_python(key: object) -> bool:
    """Tell whether hashing and comparing a key runs no code of the program."""
    waiting = [key]
    while waiting:
        item = waiting.pop()
        if type(item) is tuple or type(item) is frozenset:
            waiting.extend(item)
        elif type(item) not in _HASHED_BY_PYTHON:
            return False
    return True


def _collide(texts: list[str]) -> bool:
    """Tell whether members or keys have the same text but are different objects, as instances can.

    Read back they would be one. NaNs are read back as different objects.
    """
    if len(set(texts)) == len(texts):
        return False
    return any("nan" not in text for text, count in Counter(texts).items() if count > 1)


_WRITERS: dict[type, Callable[[_Writer, Any], str]] = {
    list: _Writer._list,
    tuple: _Writer._tuple,
    dict: _Writer._dict,
    set: _Writer._set,
    frozenset: _Writer._set,
    complex: _Writer._complex,
    range: _Writer._range,
    bytearray: _Writer._python,
    deque: _Writer._deque,
    defaultdict: _Writer._defaultdict,
    OrderedDict: _Writer._ordered,
    Counter: _Writer._counter,
    Decimal: _Writer._decimal,
    Fraction: _Writer._fraction,
    date: _Writer._python,
    timedelta: _Writer._python,
    datetime: _Writer._clock,
    time: _Writer._clock,
}
