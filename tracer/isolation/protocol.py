"""What goes over the wire: orders from the caller to a zygote, records from a program to the caller.

Each record on the result channel begins with a nonce that the program never sees, then its length. The
first record is written before the program's code runs, so bytes of the program are always found out.
"""

import mmap
import os
import select
import socket
import struct
import time
from dataclasses import dataclass

NONCE_BYTES = 16
_LENGTH = struct.Struct("!I")
_HEAD = NONCE_BYTES + _LENGTH.size
_CHUNK = 1 << 20
_ORDER = struct.Struct("!cI")
_EXIT = struct.Struct("!id")

RUN, END, REPORT = b"R", b"E", b"W"
"""Orders: run a program; end it; end it and report how it ended."""


class ChannelClosedError(Exception):
    """The program ended before the awaited record."""


class DeadlineError(Exception):
    """The awaited record did not come in time."""


class TamperedError(Exception):
    """Something that the harness did not write is on the result channel."""


@dataclass(frozen=True, slots=True)
class Exit:
    """How a program's process ended: its exit code (negative: a signal), and the CPU seconds it took."""

    code: int
    cpu_s: float


def record(parts: tuple[bytes | memoryview, ...]) -> tuple[bytes | memoryview, ...]:
    """Return a record without its nonce, in parts to be written one after the other."""
    return _LENGTH.pack(sum(map(len, parts))), *parts


class Records:
    """Reads the records of one program from its result channel."""

    def __init__(self, channel: int, nonce: bytes, max_bytes: int) -> None:
        self._channel = channel
        self._nonce = nonce
        self._max_bytes = max_bytes
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)

    def next(self, seconds: float) -> memoryview:
        """Return the body of the next record: a view of the one buffer that it was read into.

        Raises:
            TamperedError: the channel has other bytes than a record of the harness.
            DeadlineError: it did not come within `seconds`.
            ChannelClosedError: the program ended before.
        """
        deadline = time.monotonic() + seconds
        head = memoryview(bytearray(_HEAD))
        self._fill(head, deadline, self._nonce)
        (length,) = _LENGTH.unpack_from(head, NONCE_BYTES)
        if length > self._max_bytes:
            raise TamperedError
        body = _buffer(length)
        self._fill(body, deadline)
        return body

    def expect_nothing(self) -> None:
        """Look whether anything follows the last record; raises `TamperedError` if so."""
        if self._poll.poll(0) and os.read(self._channel, 1):
            raise TamperedError

    def _fill(self, buffer: memoryview, deadline: float, begins: bytes = b"") -> None:
        """Read until a buffer is full; raises `TamperedError` as soon as it does not begin as it must."""
        got = 0
        while got < len(buffer):
            if not self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise DeadlineError
            count = os.readv(self._channel, [buffer[got : got + _CHUNK]])
            got += count
            if buffer[: min(got, len(begins))] != begins[:got]:
                raise TamperedError
            if not count:
                raise ChannelClosedError


def _buffer(length: int) -> memoryview:
    """Return room for a body; of a length that is a lie, no more is touched than comes."""
    if length <= _CHUNK:
        return memoryview(bytearray(length))
    return memoryview(mmap.mmap(-1, length, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


def send_order(control: socket.socket, order: bytes, body: bytes = b"") -> None:
    """Send an order to a zygote."""
    control.sendall(_ORDER.pack(order, len(body)) + body)


def receive_order(control: socket.socket) -> tuple[bytes, bytes]:
    """Return an order with its body."""
    order, length = _ORDER.unpack(receive_exactly(control, _ORDER.size))
    return order, receive_exactly(control, length)


def send_descriptor(control: socket.socket, descriptor: int) -> None:
    """Pass an open descriptor on."""
    socket.send_fds(control, [b"D"], [descriptor])


def receive_descriptor(control: socket.socket) -> int:
    """Return what `send_descriptor` passed on; raises `EOFError` if the other side is gone."""
    _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if len(descriptors) != 1:
        raise EOFError("the other side of the control channel is gone")
    os.set_inheritable(descriptors[0], False)
    return descriptors[0]


def send_exit(control: socket.socket, exit_: Exit) -> None:
    """Report how a program ended."""
    control.sendall(_EXIT.pack(exit_.code, exit_.cpu_s))


def receive_exit(control: socket.socket) -> Exit:
    """Read what `send_exit` sent."""
    return Exit(*_EXIT.unpack(receive_exactly(control, _EXIT.size)))


def send_block(control: socket.socket, body: bytes) -> None:
    """Send bytes with their length."""
    control.sendall(_LENGTH.pack(len(body)) + body)


def receive_block(control: socket.socket) -> bytes:
    """Read what `send_block` sent."""
    (length,) = _LENGTH.unpack(receive_exactly(control, _LENGTH.size))
    return receive_exactly(control, length)


def receive_exactly(control: socket.socket, length: int) -> bytes:
    """Read `length` bytes; raises `EOFError` if the other side is gone before."""
    parts = bytearray()
    while len(parts) < length:
        chunk = control.recv(min(length - len(parts), 1 << 20))
        if not chunk:
            raise EOFError("the other side of the control channel is gone")
        parts += chunk
    return bytes(parts)
