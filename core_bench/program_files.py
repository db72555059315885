"""The one door for program files: every command that takes one reads it here."""

from pathlib import Path

from core_bench.errors import CoreBenchError
from tracer import ProgramError, read_source


def read_program(path: Path) -> str:
    """Return the text of a program as Python decodes it (byte order mark, coding cookie, ends of lines).

    Raises:
        CoreBenchError: the file cannot be read or decoded; it and the reason are named.
    """
    try:
        return read_source(path)
    except ProgramError as error:
        raise CoreBenchError(
            str(error),
            "Save it as UTF-8, or name its encoding at its top (# coding: NAME), if it is a Python program.",
        ) from None
    except OSError as error:
        raise CoreBenchError(f"{path} cannot be read: {error.strerror}", "Check its permissions.") from None
