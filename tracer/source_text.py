"""The text of a program: what a line of it is, and how it is read from a file. Both as Python does it."""

import io
import re
import tokenize
from pathlib import Path

from tracer.program import ProgramError

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def source_lines(text: str, *, keepends: bool = False) -> list[str]:
    r"""Return the lines of a program as Python counts them: only \n, \r\n and \r end one.

    `str.splitlines` knows more ends (a form feed, U+2028, ...): lines that are numbered by it are not those
    that a trace or a syntax tree names.
    """
    lines = _LINE.findall(text)[:-1]  # at the very end the pattern fits once more, to nothing
    return lines if keepends else [line.rstrip("\r\n") for line in lines]


def read_source(path: Path) -> str:
    r"""Read a program from a file as Python does: byte order mark, coding cookie, all ends of lines as \n.

    Raises:
        ProgramError: it cannot be decoded; the file and the reason are named.
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    encoding = "utf-8"
    try:
        encoding = _encoding(data)
        text = data.decode(encoding)  # "utf-8-sig" where a byte order mark stands there
    except UnicodeDecodeError as error:
        raise ProgramError(
            f"{path} is not {encoding.upper()} text (byte {error.start} is {error.object[error.start]:#04x})"
        ) from None
    except (SyntaxError, LookupError, UnicodeError) as error:
        raise ProgramError(f"{path} cannot be decoded: {error}") from None
    return io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)


def _encoding(data: bytes) -> str:
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:
        data.decode("utf-8")  # where this is what hinders, it says which byte
        raise
