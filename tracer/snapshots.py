"""Snapshots of values: as small and as quick as exactness allows.

Atoms are kept as they are. A list, dict, set or tuple of built-in types is packed by `marshal`, which runs in
C, never calls code of the program, tells types apart, and is about six times as quick as text; equal bytes
mean equal literals. Everything else is kept as its canonical text. `tracer.packed` reads the bytes again,
without `marshal`: they come from a process that may be forging them.
"""

import marshal
from collections import deque
from itertools import chain
from types import NoneType
from typing import Any

from tracer.literals import MAX_CHARS, MAX_DEPTH, MAX_NODES
from tracer.shapes import name_of
from tracer.values import literal

ATOMS = frozenset({NoneType, bool, int, float, str})

_ORDERED = frozenset({list, tuple, dict})
_ROWS = frozenset({list, tuple, set, frozenset})
_NESTING = _ROWS | {dict}
_SIZED = _NESTING | {deque}
_PACKED_BYTES = 100_000  # nothing longer has a literal within the caps
_FORMAT = 2  # the newest marshal format without back references: equal values give equal bytes
_IMMUTABLE = frozenset({tuple, frozenset, bytes, complex, range, *ATOMS})

PLAIN, MIXED = b"P", b"M"
"""First byte of packed contents. Plain ones hold no sets, of which equal ones may be packed in different
orders, and no bytes, which `marshal` does not tell from other buffers."""

CLEAR = 4_000
"""Bytes; what is packed in fewer has a literal within the caps, so that other bytes are another value."""

Packed = bytes | str
"""Contents of a value: packed, or as a literal or marker."""


def pack(value: Any, before: Packed | None = None) -> Packed:
    """Return the contents of a value that is no atom; `before` is what the same variable held last.

    Lengths are looked at first: of a value over the caps only its marker is kept, and it is not gone through.
    """
    if type(before) is bytes and before[:1] == PLAIN:
        try:
            body = marshal.dumps(value, _FORMAT)
            if len(body) + 1 == len(before) and before.endswith(body):  # the usual case, much the quickest
                return before
        except ValueError:  # it has come to hold something else
            pass
    kind = type(value)
    if kind in _SIZED and (2 * len(value) if kind is dict else len(value)) >= MAX_NODES:
        return _truncated(value)
    if kind not in _NESTING:
        return _marshalled(value, MIXED) if kind is bytes else literal(value)
    if type(before) is str and before.startswith("<truncated") and _has_long_texts(value):
        return before
    parts = value.values() if kind is dict else value
    if kind is dict and not ATOMS.issuperset(map(type, value)):
        return _walked(value)
    if ATOMS.issuperset(map(type, parts)):
        return _marshalled(value, MIXED if kind is set or kind is frozenset else PLAIN)
    if _ROWS.issuperset(map(type, parts)):
        # The usual nesting, rows of atoms, is gone through in C.
        if sum(map(len, parts)) >= MAX_NODES:
            return _truncated(value)
        if ATOMS.issuperset(map(type, chain.from_iterable(parts))):
            return _marshalled(value, PLAIN if _ORDERED.issuperset(map(type, (value, *parts))) else MIXED)
    return _walked(value)


def is_mutable(value: Any) -> bool:
    """Tell whether it can be asked of a value if another name stands for the very same object."""
    return type(value) not in _IMMUTABLE


def _truncated(value: object) -> str:
    return f"<truncated {name_of(value)}>"


def _has_long_texts(value: Any) -> bool:
    """Tell, cheaply, whether the texts right inside a container are over the cap by themselves."""
    parts = [*value, *value.values()] if type(value) is dict else value
    return sum(len(part) for part in parts if type(part) is str or type(part) is bytes) > MAX_CHARS


def _marshalled(value: Any, form: bytes) -> Packed:
    packed = form + marshal.dumps(value, _FORMAT)
    return packed if len(packed) <= _PACKED_BYTES else literal(value)


def _walked(value: Any) -> Packed:
    """Pack a tree of built-in types within the caps on nodes and depth; write any other value as text.

    A list that holds itself, or the same list over and over, would have `marshal` write for ever.
    """
    level: list[Any] = [value]
    left = MAX_NODES
    form = PLAIN
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            left -= 1 + (2 * len(item) if kind is dict else len(item))
            if left < 0:
                return literal(value)
            parts = [*item, *item.values()] if kind is dict else item
            if kind is set or kind is frozenset or not ATOMS.issuperset(map(type, parts)):
                inside = [part for part in parts if type(part) not in ATOMS]
                deeper = [part for part in inside if type(part) is not bytes]
                if len(deeper) < len(inside) or kind is set or kind is frozenset:
                    form = MIXED
                below += deeper
        if not below:
            return _marshalled(value, form)
        if not _NESTING.issuperset(map(type, below)):
            return literal(value)
        level = below
    return literal(value)
