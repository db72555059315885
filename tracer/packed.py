"""Reads snapshots of containers: marshal's format 2, of the types that `tracer.snapshots` packs only.

`marshal.loads` may crash on bytes that `marshal.dumps` did not write; this reader raises `MalformedError`,
and takes time and memory in proportion to the bytes.
"""

import struct
from collections.abc import Callable
from typing import Any

from tracer.literals import MAX_DEPTH
from tracer.values import literal
from tracer.wire import MalformedError, decoded

_INT = struct.Struct("<i")
_FLOAT = struct.Struct("<d")
_ATOMS: dict[str, object] = {"N": None, "T": True, "F": False}
_SEQUENCES: dict[str, Callable[[list[Any]], object]] = {
    "(": tuple,
    "[": list,
    "<": set,
    ">": frozenset,
}
_KINDS = {"(": "tuple", "[": "list", "<": "set", ">": "frozenset", "{": "dict"}
_DIGIT_BITS = 15
_END: Any = object()


class _TooDeepError(Exception):
    """A tree that is nested deeper than any literal."""


def literal_of(packed: memoryview) -> str:
    """Return the literal or marker of a packed value; raises `MalformedError` for other bytes."""
    reader = _Reader(packed)
    try:
        value = reader.value(0)
    except _TooDeepError:
        return f"<truncated {_KINDS[chr(packed[0])]}>"
    except (struct.error, IndexError, TypeError, OverflowError) as error:  # cut, or an unhashable key
        raise MalformedError(f"no packed value: {error}") from None
    if reader.at != len(packed):
        raise MalformedError("something follows a packed value")
    return literal(value)


class _Reader:
    def __init__(self, packed: memoryview) -> None:
        self._packed = packed
        self.at = 0

    def value(self, depth: int, *, end_is_legal: bool = False) -> Any:
        """Read one value; `depth` is the number of containers that it is in."""
        code = chr(self._packed[self.at])
        self.at += 1
        if code in _ATOMS:
            return _ATOMS[code]
        if code == "i":
            return self._int()
        if code == "g":
            (number,) = _FLOAT.unpack(self._take(_FLOAT.size))
            return number
        if code == "u":
            return decoded(self._take(self._length()))
        if code == "s":
            return bytes(self._take(self._length()))
        if code == "l":
            return self._long()
        if code == "0" and end_is_legal:
            return _END
        if code not in _KINDS:
            raise MalformedError(f"a packed value has the code {code!r}")
        if depth > MAX_DEPTH:
            raise _TooDeepError
        if code == "{":
            return self._dict(depth + 1)
        return _SEQUENCES[code]([self.value(depth + 1) for _ in range(self._length())])

    def _dict(self, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        while (key := self.value(depth, end_is_legal=True)) is not _END:
            found[key] = self.value(depth)
        return found

    def _int(self) -> int:
        number: int
        (number,) = _INT.unpack(self._take(_INT.size))
        return number

    def _length(self) -> int:
        """Read a length; each part of a value takes a byte at least."""
        length = self._int()
        if not 0 <= length <= len(self._packed) - self.at:
            raise MalformedError(f"a packed value has the length {length}")
        return length

    def _long(self) -> int:
        count = self._int()
        digits = memoryview(bytes(self._take(2 * abs(count)))).cast("H")
        number = 0
        for digit in reversed(digits):
            if digit >> _DIGIT_BITS:
                raise MalformedError("a packed number has a digit that is too large")
            number = number << _DIGIT_BITS | digit
        return -number if count < 0 else number

    def _take(self, length: int) -> memoryview:
        part = self._packed[self.at : self.at + length]
        if len(part) != length:
            raise MalformedError("a packed value is cut")
        self.at += length
        return part
