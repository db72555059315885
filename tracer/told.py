"""What a process says of one call, as it crosses from the child to the parent: written there, checked here.

Texts longer than a result may have are never packed, and nothing is believed that the harness would not say.
"""

from dataclasses import dataclass
from typing import Literal

from tracer.wire import MalformedError, Packer, Unpacker

Status = Literal[
    "returned", "raised", "timeout", "memory", "output", "crashed", "tampered", "bad_program", "bad_input"
]
Mode = Literal["run", "record", "witness", "observe", "witness_expressions"]
"""What is to be seen of a call: its outcome, or also what one of the observers reports."""

# What a child may say; of the others, only the parent knows.
_STATUSES: tuple[Status, ...] = (
    "returned",
    "raised",
    "memory",
    "output",
    "crashed",
    "bad_program",
    "bad_input",
)
_NUMBERS = {status: number for number, status in enumerate(_STATUSES)}

MAX_MESSAGE = 500
MAX_NAME = 200
_MAX_NAMES = 64
_LITERAL_BYTES = 1 << 20  # `literal` stops at 20,000 characters, before they are escaped
_UTF8 = 4  # bytes a character, at most


@dataclass(slots=True)
class Told:
    """The fields of an `Outcome`, before anybody believes them.

    Attributes:
        sources: what the program reached that differs from run to run (`tracer.isolation.sources`).
        meddling: how it looked at, or changed, its own observation.
        report: what a `Watcher` reports, in its own binary form.
    """

    status: Status
    value: str | None = None
    exception: str | None = None
    message: str | None = None
    arguments: str | None = None
    stdout: str = ""
    sources: tuple[str, ...] = ()
    meddling: tuple[str, ...] = ()
    report: bytes | memoryview = b""


def pack(told: Told, *, output_chars: int, result_bytes: int) -> tuple[bytes, bytes | memoryview]:
    """Return the fields as bytes, and the report that follows them as it is."""
    if _is_too_large(told, output_chars, result_bytes):
        told = Told("output", message="the result is larger than the limit")
    packer = Packer()
    packer.number(_NUMBERS[told.status])
    packer.text(told.value)
    packer.text(told.exception and told.exception[:MAX_NAME])
    packer.text(told.message and told.message[:MAX_MESSAGE])
    packer.text(told.arguments)
    packer.text(told.stdout)
    for names in (told.sources, told.meddling):
        packer.texts([name[:MAX_NAME] for name in names[:_MAX_NAMES]])
    packer.number(len(told.report))
    return packer.body(), told.report


def most_bytes(result_bytes: int) -> int:
    """Return the most bytes that `pack` gives."""
    return _UTF8 * (result_bytes + (MAX_NAME + 2) * 2 * _MAX_NAMES + MAX_NAME + MAX_MESSAGE + 64)


def _is_too_large(told: Told, output_chars: int, result_bytes: int) -> bool:
    literals = [text for text in (told.value, told.arguments) if text is not None]
    return (
        len(told.stdout) > output_chars
        or sum(map(len, (*literals, told.stdout, told.report))) > result_bytes
        or any(_UTF8 * len(text) > _LITERAL_BYTES for text in literals)
    )


def unpack(body: memoryview, *, output_chars: int) -> Told:
    """Read what `pack` gave, written one after the other; the report stays where it is.

    Raises:
        MalformedError: these are no fields that `pack` writes.
    """
    unpacker = Unpacker(body)
    told = Told(
        status=_STATUSES[unpacker.number(0, len(_STATUSES) - 1)],
        value=unpacker.text(_LITERAL_BYTES),
        exception=unpacker.text(_UTF8 * MAX_NAME),
        message=unpacker.text(_UTF8 * MAX_MESSAGE),
        arguments=unpacker.text(_LITERAL_BYTES),
        stdout=unpacker.required(_UTF8 * output_chars),
        sources=_names(unpacker),
        meddling=_names(unpacker),
        report=unpacker.block(),
    )
    unpacker.end()
    _check(told)
    return told


def _names(unpacker: Unpacker) -> tuple[str, ...]:
    table = unpacker.table()
    if len(table) > _MAX_NAMES:
        raise MalformedError(f"{len(table)} names")
    return tuple(str(table.entry(index, _UTF8 * MAX_NAME), "utf-8", "replace") for index in range(len(table)))


def _check(told: Told) -> None:
    """Make sure that the fields go together as those of an honest child do."""
    ended = told.status in ("returned", "raised")
    if ended != (told.arguments is not None):
        raise MalformedError("arguments go with an end of the call")
    if (told.status == "returned") != (told.value is not None):
        raise MalformedError("a value goes with a return")
    if (told.status == "raised") != (told.exception is not None):
        raise MalformedError("an exception goes with a raise")
    if told.report and not ended:
        raise MalformedError("a report goes with an end of the call")
