"""Calls into the C library that Python has no function for; every failure is an `OSError`."""

import ctypes
import os
from collections.abc import Callable
from functools import lru_cache, partial

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(function: str, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Call a function that returns -1 and sets `errno` on failure.

    Raises:
        OSError: it failed, or this C library has no such function.
    """
    entry = getattr(_library(), function, None)
    if entry is None:
        raise OSError(f"the C library has no {function}")
    # Integers go as long: a variadic function such as syscall() reads whole registers.
    result = entry(*(ctypes.c_long(item) if isinstance(item, int) else item for item in arguments))
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), function)
    return int(result)


def prctl(option: int, value: int | ctypes.Array[ctypes.c_char], third: object = 0) -> None:
    """Set an attribute of this process (Linux)."""
    call("prctl", option, value, third if isinstance(third, bytes | ctypes.Array) else 0, 0, 0)


def prepared(function: str, *arguments: int | bytes) -> Callable[[], int]:
    """Return a call that does as little in Python as can be; it returns -1 on failure, without the reason."""
    entry = getattr(ctypes.CDLL(None), function)
    return partial(entry, *arguments)
