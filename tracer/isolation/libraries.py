"""The shared libraries that extension modules of the standard library need: programs may import them."""

import os
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

_MODULES = (
    "zlib", "_bz2", "_lzma", "_ssl", "_hashlib", "_ctypes", "_sqlite3", "_uuid", "_curses", "_curses_panel",
    "readline", "_dbm", "_gdbm", "pyexpat", "_crypt",
)  # fmt: skip


def needed(known: str) -> dict[str, list[str]]:
    """Return path -> other names in its folder, of the libraries outside the folder `known` that are needed.

    A fork imports the modules and looks at its own memory: the loader knows best what it takes.
    """
    reads, writes = os.pipe()
    pid = os.fork()
    if not pid:
        with suppress(BaseException):
            os.close(reads)
            os.write(writes, "\n".join(_newly_mapped(known)).encode())
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        paths = pipe.read().decode().split("\n")
    os.waitpid(pid, 0)
    return {path: list(_other_names(path)) for path in paths if path}


def _newly_mapped(known: str) -> list[str]:
    before = _mapped()
    for name in _MODULES:
        with suppress(ImportError):  # an interpreter built without it
            import_module(name)
    return sorted(path for path in _mapped() - before if not path.startswith(known + os.sep))


def _mapped() -> set[str]:
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:  # noqa: PTH123
        paths = {line.rstrip("\n").partition("/")[2] for line in maps}
    return {"/" + path for path in paths if ".so" in path and not path.endswith(" (deleted)")}


def _other_names(path: str) -> Iterator[str]:
    """Yield the links in the folder of a library that lead to it: the loader asks for one of them."""
    folder, own = os.path.split(path)
    stem = own.partition(".so")[0].partition("-")[0]
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(stem) and entry.is_symlink() and os.path.realpath(entry.path) == path:
                yield entry.name
