"""Snapshots of values: as small and as quick as exactness allows.

Atoms are kept as they are. A list, dict, set or tuple of built-in types is packed with `marshal`, which runs
in C, never calls code of the program, tells types apart, and is about six times as quick as text; equal
bytes mean equal literals. Everything else is kept as its canonical text. `text_of` gives the literal.
"""

import marshal
from collections import defaultdict, deque
from collections.abc import Collection
from functools import lru_cache
from gc import is_tracked
from itertools import chain
from types import NoneType
from typing import Any

from tracer.shapes import fields_of
from tracer.values import literal

ATOMS = frozenset({NoneType, bool, int, float, str})
CONTAINERS = frozenset({list, dict, set, deque})
"""Types whose methods of `tracer.effects.MUTATORS` change the object itself and nothing inside it."""

_LEAVES = ATOMS | {bytes}
_NESTING = frozenset({list, dict, set, tuple, frozenset})
_ROWS = frozenset({list, tuple, set, frozenset})
_PACKED_BYTES = 200_000
_FORMAT = 2  # the newest marshal format without back references: equal values give equal bytes
_MAX_VISITS = 2_500
_SHORT = 4_000  # bytes; the texts of all that are kept take some 20 MB at most
_SMALL = 200  # bytes; a value over a cap on nodes, characters or depth has more
_IMMUTABLE = frozenset({tuple, frozenset, bytes, complex, range, *ATOMS})

Atom = None | bool | int | float | str
Packed = bytes | str
Stored = Atom | tuple[int | None, Packed]
"""What a log keeps of a value: an atom, or (serial number of the object or None, its contents)."""


def pack(value: Any) -> tuple[Packed, bool]:
    """Return the contents of a value that is no atom, and whether it is flat: holds nothing but atoms."""
    kind = type(value)
    if kind is dict:
        # The collector does not track a dict that holds nothing but atoms: that is one look, not many.
        if not is_tracked(value) or (
            _LEAVES.issuperset(map(type, value.values())) and _LEAVES.issuperset(map(type, value))
        ):
            return _marshalled(value), True
        parts = value.values()
        plain = _LEAVES.issuperset(map(type, value)) and _is_plain_below(parts)
    elif kind in _NESTING:
        if _LEAVES.issuperset(map(type, value)):
            return _marshalled(value), True
        plain = _is_plain_below(value)
    elif kind is bytes:
        return _marshalled(value), True
    else:
        return literal(value), kind is deque and _LEAVES.issuperset(map(type, value))
    if plain or _is_plain(value):
        return _marshalled(value), False
    return literal(value), False


def plain_stored(value: Any) -> Stored:
    """Return what is kept of a value when nobody asks which object it was."""
    return value if type(value) in ATOMS else (None, pack(value)[0])


def is_mutable(value: Any) -> bool:
    """Tell whether it can be asked of a value if another name stands for the very same object."""
    return type(value) not in _IMMUTABLE


def holds_defaults(value: Any) -> bool:
    """Tell whether merely looking something up in a value can change it.

    That is a defaultdict, at the top or inside.
    """
    left = _MAX_VISITS
    waiting = [value]
    while waiting and left:
        left -= 1
        item = waiting.pop()
        if type(item) is defaultdict:
            return True
        if type(item) in _NESTING or type(item) is deque:
            waiting.extend(item.values() if type(item) is dict else item)
        elif type(item) not in _LEAVES:
            waiting.extend(part for _, part in fields_of(item) or ())
    return bool(waiting)


def text_of(stored: Stored) -> str:
    """Return the literal or marker of a stored value."""
    if type(stored) is not tuple:
        return literal(stored)
    contents = stored[1]
    if isinstance(contents, str):
        return contents
    return _text_of_short(contents) if len(contents) <= _SHORT else literal(marshal.loads(contents))


@lru_cache(maxsize=4096)
def _text_of_short(packed: bytes) -> str:
    """Return a literal that is wanted again soon: of a state that a step leaves as it is, say."""
    return literal(marshal.loads(packed))


def same(left: Stored, right: Stored) -> bool:
    """Tell whether two stored values have the same literal."""
    if type(left) is not tuple and type(right) is not tuple:
        if type(left) is not type(right):
            return False
        return repr(left) == repr(right) if type(left) is float else left == right
    if type(left) is tuple and type(right) is tuple and left[1] == right[1]:
        return type(left[1]) is type(right[1])
    if type(left) is tuple and type(right) is tuple and type(left[1]) is type(right[1]) is bytes:
        # A value above the caps is a marker, whatever it holds.
        return left[1][:1] == right[1][:1] and len(left[1]) > _SMALL and text_of(left) == text_of(right)
    return text_of(left) == text_of(right)


def _is_plain_below(parts: Collection[Any]) -> bool:
    """Tell, quickly, of the parts of a value whether they all are containers of atoms, such as rows."""
    return _ROWS.issuperset(map(type, parts)) and _LEAVES.issuperset(map(type, chain.from_iterable(parts)))


def _marshalled(value: Any) -> Packed:
    try:
        packed = marshal.dumps(value, _FORMAT)
    except ValueError:  # an untracked object of another type
        return literal(value)
    # Nothing that is longer has a literal within the caps; its marker says the same in fewer bytes.
    return packed if len(packed) <= _PACKED_BYTES else literal(value)


def _is_plain(value: Any) -> bool:
    """Tell whether `value` is a tree of built-in types that is small enough to be walked by `marshal`.

    A list that holds itself, or the same list over and over, would have it write for ever.
    """
    waiting = [value]
    left = _MAX_VISITS
    while waiting:
        left -= 1
        item = waiting.pop()
        kind = type(item)
        parts = [*item, *item.values()] if kind is dict else item
        if not _LEAVES.issuperset(map(type, parts)):
            for part in parts:
                if type(part) not in _LEAVES:
                    if type(part) not in _NESTING:
                        return False
                    waiting.append(part)
        if left < len(waiting):
            return False
    return True
