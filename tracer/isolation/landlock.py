"""Takes the file system away, but for folders to read (Linux 5.13; later kernels also TCP and signals)."""

import ctypes
import os
import struct
from collections.abc import Collection, Iterable

from tracer.isolation import libc

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_PATH_BENEATH = 1

# version of the interface -> how many rights of the file system it knows
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS_NOW = 16


def version() -> int:
    """Return the kernel's version of the interface; raises `OSError` where there is none."""
    return libc.call("syscall", _CREATE, 0, 0, 1)


def leave_only(folder: str, hidden: Collection[str], files: Iterable[str]) -> None:
    """Restrict this process and its forks for good to reading; it must have no_new_privs.

    Args:
        folder: What is in it can be read,
        hidden: but for these folders, of which the names can be listed only.
        files: Can be read, too.
    """
    abi = version()
    attributes = struct.pack("=Q", (1 << _RIGHTS.get(abi, _RIGHTS_NOW)) - 1)
    if abi >= 4:
        attributes += struct.pack("=Q", 0b11)  # bind and connect TCP
    if abi >= 6:
        attributes += struct.pack("=Q", 0b11)  # abstract Unix sockets, and signals to outside
    packed = ctypes.create_string_buffer(attributes, len(attributes))
    rules = libc.call("syscall", _CREATE, packed, len(attributes), 0)
    try:
        _allow(rules, folder, _READ_DIR)
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.path not in hidden:
                    _allow(rules, entry.path, _READ_FILE | (_READ_DIR if entry.is_dir() else 0))
        for path in files:
            _allow(rules, path, _READ_FILE)
        libc.call("syscall", _RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
        libc.call("syscall", _ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
