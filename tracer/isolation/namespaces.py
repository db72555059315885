"""Wraps the zygote once: no other processes, no network, and a root folder with the standard library only."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tracer.isolation import libc

_NEW_USER, _NEW_MOUNT = 0x10000000, 0x00020000
_SPACES = {"pid_namespace": 0x20000000, "network_namespace": 0x40000000, "ipc_namespace": 0x08000000}

_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_BIND, _RECURSIVE, _PRIVATE, _NOATIME, _NODIRATIME, _RELATIME = 4096, 16384, 1 << 18, 1024, 2048, 1 << 21
_DETACH = 2
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


@dataclass(frozen=True, slots=True)
class Readable:
    """What programs can read, at its own path.

    Attributes:
        folder: the standard library.
        hidden: folders in it that stay out of sight: what is installed is no business of theirs.
        libraries: path of a shared library -> names of the links beside it.
    """

    folder: str
    hidden: tuple[str, ...]
    libraries: Mapping[str, Sequence[str]]


def enter(readable: Readable, without: frozenset[str], missing: dict[str, str]) -> list[str]:
    """Enter as many namespaces as the kernel gives and return the names of the layers.

    Args:
        readable: What the new root folder shows.
        without: Layers to leave out.
        missing: Gets layer -> reason for each that the kernel refused.
    """
    layers: list[str] = []

    def attempt(layer: str, action: Callable[[], None]) -> None:
        if layer in without:
            missing[layer] = "left out by the caller"
            return
        try:
            action()
        except OSError as error:
            missing[layer] = str(error)
        else:
            layers.append(layer)

    if os.geteuid() != 0:  # without privileges, the others need a user namespace first
        attempt("user_namespace", _own_users)
    for layer, flag in _SPACES.items():
        attempt(layer, lambda flag=flag: _unshare(flag))  # type: ignore[misc]
    attempt("private_root", lambda: _new_root(readable))
    return layers


def _unshare(flags: int) -> None:
    libc.call("unshare", flags)


def _own_users() -> None:
    user, group = os.geteuid(), os.getegid()
    _unshare(_NEW_USER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write(text)


def _new_root(readable: Readable) -> None:
    """Move to an empty root folder in memory that shows what is readable, read-only, and nothing else."""
    machine = os.uname().machine
    if machine not in _PIVOT_ROOT:
        raise OSError(f"no pivot_root for {machine}")
    _unshare(_NEW_MOUNT)
    _mount("none", "/", None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", "/tmp", "tmpfs", _NOSUID | _NODEV, b"mode=755,size=1m")
    os.mkdir("/tmp/.old", 0o700)  # noqa: PTH102
    libc.call("syscall", _PIVOT_ROOT[machine], b"/tmp", b"/tmp/.old")
    os.chdir("/")
    _show_folder(readable)
    for path, names in readable.libraries.items():
        _show_library(path, names)
    libc.call("umount2", b"/.old", _DETACH)
    os.rmdir("/.old")  # noqa: PTH106
    with suppress(OSError):  # nothing can be written there in any case: the file size limit is 0
        _read_only("/")


def _show_folder(readable: Readable) -> None:
    folder = readable.folder
    os.makedirs(folder, 0o755, exist_ok=True)  # noqa: PTH103
    _mount("/.old" + folder, folder, None, _BIND | _RECURSIVE)
    _read_only(folder)
    for hidden in readable.hidden:
        _mount("tmpfs", hidden, "tmpfs", _NOSUID | _NODEV | _NOEXEC | _RDONLY, b"mode=755,size=4k")


def _show_library(path: str, names: Sequence[str]) -> None:
    folder = os.path.dirname(path)  # noqa: PTH120
    os.makedirs(folder, 0o755, exist_ok=True)  # noqa: PTH103
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    _mount("/.old" + path, path, None, _BIND)
    _read_only(path)
    for name in names:
        os.symlink(os.path.basename(path), f"{folder}/{name}")  # noqa: PTH119, PTH211


def _read_only(folder: str) -> None:
    """Remount a folder read-only, with the flags that it has: a user namespace must not drop any."""
    now = os.statvfs(folder).f_flag
    kept = {2: _NOSUID, 4: _NODEV, 8: _NOEXEC, 1024: _NOATIME, 2048: _NODIRATIME, 4096: _RELATIME}
    flags = sum(flag for bit, flag in kept.items() if now & bit)
    _mount("none", folder, None, flags | _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV)


def _mount(source: str, target: str, kind: str | None, flags: int, options: bytes | None = None) -> None:
    libc.call(
        "mount", os.fsencode(source), os.fsencode(target), kind.encode() if kind else None, flags, options
    )
