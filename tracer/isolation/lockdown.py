"""Locks one program in: what every fork does to itself before it runs a line of the program."""

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tracer.isolation import landlock, libc, seccomp

CHANNEL = 3
"""Descriptor of the result channel, in every program."""

STANDARD_LIBRARY = os.path.dirname(os.__file__)  # noqa: PTH120

_NOBODY = 65534
_STACK_BYTES = 64 << 20
_DESCRIPTORS = 24
_CAPABILITIES_V3 = 0x20080522


@dataclass(frozen=True, slots=True)
class Walls:
    """What a zygote prepared once for all its programs.

    Attributes:
        around: layers around the zygote itself.
        missing: layer -> reason, for each that this machine does not give.
        rules: descriptor of the landlock rules, None without landlock.
        filter: the seccomp filter, None without seccomp.
        user: the user that programs run as, None to stay who we are.
    """

    around: tuple[str, ...]
    missing: Mapping[str, str]
    rules: int | None
    filter: bytes | None
    user: int | None


def prepare(around: list[str], without: frozenset[str], missing: dict[str, str]) -> Walls:
    """Make ready what the programs of this process will need."""

    def attempt(layer: str, action: Callable[[], Any]) -> Any:
        if layer in without:
            missing[layer] = "left out by the caller"
            return None
        try:
            return action()
        except (OSError, AttributeError) as error:
            missing[layer] = str(error)
            return None

    rules = attempt("landlock", lambda: landlock.prepare([STANDARD_LIBRARY]))
    reads_files = rules is not None or "private_root" in around
    program = attempt("seccomp", lambda: _seccomp(reads_files))
    return Walls(tuple(around), missing, rules, program, attempt("user", _user))


def lock(walls: Walls) -> list[str]:
    """Give up everything that no program needs; return the layers that hold now."""
    layers = ["process", *walls.around]
    layers.append("limits" if _limit(_FIXED) else "some_limits")
    if walls.user is not None:
        os.setgroups([])
        os.setresgid(walls.user, walls.user, walls.user)
        os.setresuid(walls.user, walls.user, walls.user)
        layers.append("user")
    if sys.platform == "linux":
        layers += _lock_kernel(walls)
    os.closerange(CHANNEL + 1, _DESCRIPTORS * 8)
    if "no_new_privs" in layers and walls.filter is not None:
        seccomp.install(walls.filter, os.getpid())
        layers.append("seccomp")
    return layers


def limit(limits: Mapping[str, Any], layers: list[str]) -> None:
    """Set the limits that the caller chose, and say in `layers` if one does not hold."""
    cpu, memory = limits["cpu_s"], limits["memory_bytes"]
    # Where CPU seconds end, SIGXCPU tells why; a second later nothing can stop the end.
    if not _limit([(_CPU, cpu, cpu + 1), (_MEMORY, memory, memory)]) and "limits" in layers:
        layers[layers.index("limits")] = "some_limits"


def _lock_kernel(walls: Walls) -> list[str]:
    if "user_namespace" in walls.around:
        _drop_capabilities()
    with suppress(OSError):
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)  # changing the user would have reset it
    try:
        libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    except OSError:
        return []
    if walls.rules is None:
        return ["no_new_privs"]
    landlock.apply(walls.rules)
    return ["no_new_privs", "landlock"]


def reads_standard_library(layers: Iterable[str]) -> bool:
    """Tell whether a locked-in program can still import a module that was not imported before."""
    held = set(layers)
    opens = "seccomp" not in held or "landlock" in held or "private_root" in held
    return opens and os.access(STANDARD_LIBRARY, os.R_OK | os.X_OK)


def _number(name: str) -> int:
    return getattr(resource, f"RLIMIT_{name}", -1)


_CPU, _MEMORY = _number("CPU"), _number("AS")
_FIXED = [
    (_number(name), value, value)
    for name, value in {
        "FSIZE": 0,
        "NPROC": 0,
        "NOFILE": _DESCRIPTORS,
        "CORE": 0,
        "STACK": _STACK_BYTES,
    }.items()
]


def _limit(limits: Iterable[tuple[int, int, int]]) -> bool:
    held = True
    for number, soft, hard in limits:
        try:
            _set_limit(number, soft, hard)
        except (OSError, ValueError):  # macOS has no working RLIMIT_AS
            held = False
    return held


def _set_limit(number: int, soft: int, hard: int) -> None:
    top = resource.getrlimit(number)[1]
    if top != resource.RLIM_INFINITY:
        soft, hard = min(soft, top), min(hard, top)
    resource.setrlimit(number, (soft, hard))


def _seccomp(reads_files: bool) -> bytes:
    if sys.platform != "linux":
        raise OSError("seccomp is of Linux")
    machine = os.uname().machine
    program = seccomp.build(machine, channel=CHANNEL, reads_files=reads_files)
    if program is None:
        raise OSError(f"no table of system calls for {machine}")
    try:
        libc.prctl(libc.PR_SET_SECCOMP, 2)  # no filter given: EFAULT where the kernel has the feature
    except OSError as error:
        if error.errno != 14:
            raise
    return program


def _user() -> int | None:
    if os.geteuid() != 0:
        raise OSError("only root can run programs as another user")
    return _NOBODY


def _drop_capabilities() -> None:
    """Give up the powers that come with a user namespace of one's own."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITIES_V3, 0))
    libc.call("capset", header, ctypes.create_string_buffer(bytes(24)))
