"""The binary form in which an observer's report leaves the sandbox: columns of numbers, and tables of texts.

Nothing in it can name a type or run code, so what an untrusted process sends can be read: every length is
looked at before anything is taken, and whatever does not fit raises `MalformedError`. Numbers are read by
`array.frombytes`, texts are cut out of one block when they are asked for.
"""

import struct
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import le

_NUMBER = struct.Struct("<q")
_ITEM = array("i").itemsize
LONGEST_NAME = 10_000


class MalformedError(ValueError):
    """Bytes that no observer wrote."""


class Packer:
    """Puts a report together; `Unpacker` reads it in the same order."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def number(self, value: int) -> None:
        """Add a number of 64 bits."""
        self._parts.append(_NUMBER.pack(value))

    def block(self, body: bytes) -> None:
        """Add bytes with their length."""
        self._parts += (_NUMBER.pack(len(body)), body)

    def text(self, text: str | None) -> None:
        """Add a text, or None."""
        if text is None:
            self.number(-1)
        else:
            self.block(text.encode("utf-8", "surrogatepass"))

    def numbers(self, values: Iterable[int]) -> None:
        """Add a column of numbers of 32 bits."""
        self.block((values if type(values) is array else array("i", values)).tobytes())

    def table(self, entries: Sequence[bytes]) -> None:
        """Add a table of byte strings."""
        self.numbers(map(len, entries))
        self.block(b"".join(entries))

    def texts(self, texts: Iterable[str]) -> None:
        """Add a table of texts."""
        self.table([text.encode("utf-8", "surrogatepass") for text in texts])

    def body(self) -> bytes:
        """Return all that was added."""
        return b"".join(self._parts)


class Unpacker:
    """Reads a report, part by part.

    Every method raises `MalformedError` where the bytes are not what it reads.
    """

    def __init__(self, body: bytes | bytearray | memoryview) -> None:
        self._view = memoryview(body)
        self._at = 0

    def number(self, low: int, high: int) -> int:
        """Read a number between `low` and `high`."""
        value: int
        (value,) = _NUMBER.unpack(self._take(_NUMBER.size))
        if not low <= value <= high:
            raise MalformedError(f"{value} is not between {low} and {high}")
        return value

    def block(self, longest: int | None = None) -> memoryview:
        """Read bytes, without a copy."""
        left = len(self._view) - self._at
        return self._take(self.number(0, left if longest is None else min(longest, left)))

    def text(self, longest: int = LONGEST_NAME) -> str | None:
        """Read a text of at most `longest` bytes, or None."""
        length = self.number(-1, longest)
        return None if length < 0 else decoded(self._take(length))

    def required(self, longest: int = LONGEST_NAME) -> str:
        """Read a text that must be there."""
        text = self.text(longest)
        if text is None:
            raise MalformedError("a text is missing")
        return text

    def numbers(
        self, low: int = -(1 << 31), high: int = (1 << 31) - 1, *, length: int | None = None
    ) -> "array[int]":
        """Read a column of numbers, all of them between `low` and `high`."""
        block = self.block()
        if len(block) % _ITEM:
            raise MalformedError("a column is cut")
        column = array("i")
        column.frombytes(block)
        if length is not None and len(column) != length:
            raise MalformedError(f"a column has {len(column)} numbers instead of {length}")
        if column and (min(column) < low or max(column) > high):
            raise MalformedError(f"a column has a number that is not between {low} and {high}")
        return column

    def starts(self, rows: int, total: int) -> "array[int]":
        """Read where each of `rows` rows begins in a column of `total` numbers, and where the last ends."""
        column = self.numbers(0, total, length=rows + 1)
        if column[0] != 0 or column[-1] != total or not all(map(le, column, column[1:])):
            raise MalformedError("rows do not follow each other")
        return column

    def table(self) -> "Table":
        """Read a table of byte strings."""
        lengths = self.numbers(0)
        return Table(lengths, self.block())

    def texts(self, longest: int = LONGEST_NAME) -> list[str]:
        """Read a table of texts of at most `longest` bytes each."""
        table = self.table()
        return [decoded(table.entry(index, longest)) for index in range(len(table))]

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self._at != len(self._view):
            raise MalformedError(f"{len(self._view) - self._at} bytes follow")

    def _take(self, length: int) -> memoryview:
        if length > len(self._view) - self._at:
            raise MalformedError("it is cut")
        part = self._view[self._at : self._at + length]
        self._at += length
        return part


class Table:
    """Byte strings in one block, cut out when they are asked for."""

    def __init__(self, lengths: "array[int]", block: memoryview) -> None:
        self._ends = array("q", accumulate(lengths))
        self._block = block
        if (self._ends[-1] if self._ends else 0) != len(block):
            raise MalformedError("the lengths of a table do not add up")

    def __len__(self) -> int:
        return len(self._ends)

    def entry(self, index: int, longest: int | None = None) -> memoryview:
        """Return one of them; raises `MalformedError` if it is longer than `longest`."""
        part = self._block[self._ends[index - 1] if index else 0 : self._ends[index]]
        if longest is not None and len(part) > longest:
            raise MalformedError(f"an entry has {len(part)} bytes, more than {longest}")
        return part


def decoded(view: memoryview) -> str:
    """Return the text that bytes stand for; raises `MalformedError` if they stand for none."""
    try:
        return str(view, "utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise MalformedError(f"no text: {error.reason}") from None
