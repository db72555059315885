"""Locks one program in: what every fork does to itself before it runs a line of the program."""

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from tracer.isolation import landlock, libc, namespaces, seccomp
from tracer.isolation.libraries import needed as libraries_needed

CHANNEL = 3
"""Descriptor of the result channel, in every program."""

STANDARD_LIBRARY = os.path.dirname(os.__file__)  # noqa: PTH120

_NOBODY = 65534
_STACK_BYTES = 64 << 20
_DESCRIPTORS = 24
_CAPABILITIES_V3 = 0x20080522


Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Walls:
    """What holds for all forks of a zygote, and what each of them has still to do.

    Attributes:
        layers: the layers that hold for a fork that has done all this.
        steps: what it does to itself, in order. Little more than calls of C functions: each Python object
            that a fork touches for the first time costs it the copy of a page of memory.
        filter: the seccomp filter to install after that, None without seccomp.
    """

    layers: tuple[str, ...]
    steps: tuple[Step, ...]
    filter: seccomp.Filter | None


def readable() -> namespaces.Readable:
    """Return what programs can read: the standard library, without what is installed beside it."""
    hidden = (f"{STANDARD_LIBRARY}/{name}" for name in ("site-packages", "dist-packages"))
    libraries = libraries_needed(STANDARD_LIBRARY) if sys.platform == "linux" else {}
    return namespaces.Readable(STANDARD_LIBRARY, tuple(filter(os.path.isdir, hidden)), libraries)


def prepare(
    around: list[str], show: namespaces.Readable, without: frozenset[str], missing: dict[str, str]
) -> Walls:
    """Lock this process in as far as a zygote can be, and make ready what its forks will need.

    Args:
        around: Layers that this process is in already.
        show: What programs can read.
        without: Layers to leave out.
        missing: Gets layer -> reason for each that this machine does not give.
    """

    def attempt(layer: str, action: Callable[[], Any]) -> Any:
        if layer in without:
            missing[layer] = "left out by the caller"
            return None
        try:
            return action()
        except (OSError, AttributeError) as error:
            missing[layer] = str(error)
            return None

    layers = ["process", *around, "limits" if _limit(_FIXED) and _can_limit(_OF_A_FORK) else "some_limits"]
    steps: list[Step] = [partial(_limit, _OF_A_FORK)] if "some_limits" in layers else [*_setting(_OF_A_FORK)]
    # a user namespace of our own holds one user; there, programs lose the powers of it instead
    user = attempt("user", _nobody) if "user_namespace" not in around else None
    if user is not None:
        steps += _becoming(user)
    filter_ = None
    if sys.platform == "linux":
        if "user_namespace" in around:
            _drop_capabilities()
        if "pid_namespace" not in layers:  # else the zygote's end ends all
            steps.append(libc.prepared("prctl", libc.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
        attempt("no_new_privs", lambda: libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1))
        if "no_new_privs" not in missing:
            layers.append("no_new_privs")
            attempt("landlock", lambda: landlock.leave_only(show.folder, show.hidden, show.libraries))
            layers += [] if "landlock" in missing else ["landlock"]
            filter_ = attempt("seccomp", lambda: _seccomp(bool({"landlock", "private_root"} & set(layers))))
    else:
        missing["seccomp"] = "it is of Linux"
    layers += [] if user is None else ["user"]
    layers += [] if filter_ is None else ["seccomp"]
    return Walls(tuple(layers), tuple(steps), filter_)


def lock(walls: Walls) -> None:
    """Give up, in a fork, everything that no program needs.

    Raises:
        OSError: one of the walls does not stand.
    """
    for step in walls.steps:
        if step() == -1:
            raise OSError("a system call failed")
    os.closerange(CHANNEL + 1, _DESCRIPTORS * 4)
    if walls.filter is not None:
        walls.filter.install(os.getpid())


def limit(cpu_s: int, memory_bytes: int) -> bool:
    """Set the limits that the caller chose; False if one does not hold."""
    # Where CPU seconds end, SIGXCPU tells why; a second later nothing can stop the end.
    return _limit(((_CPU, cpu_s, cpu_s + 1), (_MEMORY, memory_bytes, memory_bytes)))


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
    for name, value in {"FSIZE": 0, "NOFILE": _DESCRIPTORS, "CORE": 0, "STACK": _STACK_BYTES}.items()
]
_OF_A_FORK = ((_number("NPROC"), 0, 0),)  # a zygote must fork


def _tops() -> dict[int, int]:
    """Return the hard limits that we began with: later ones are no higher."""
    numbers = {_CPU, _MEMORY, *(number for number, _, _ in (*_FIXED, *_OF_A_FORK))} - {-1}
    return {number: resource.getrlimit(number)[1] for number in numbers}


_TOPS = _tops()


def _limit(limits: Iterable[tuple[int, int, int]]) -> bool:
    held = True
    for number, soft, hard in limits:
        try:
            _set_limit(number, soft, hard)
        except (KeyError, OSError, ValueError):  # macOS has no working RLIMIT_AS
            held = False
    return held


def _set_limit(number: int, soft: int, hard: int) -> None:
    top = _TOPS[number]
    if top != resource.RLIM_INFINITY:
        soft, hard = min(soft, top), min(hard, top)
    resource.setrlimit(number, (soft, hard))


def _can_limit(limits: Iterable[tuple[int, int, int]]) -> bool:
    return all(number in _TOPS for number, _, _ in limits)


def _setting(limits: Iterable[tuple[int, int, int]]) -> Iterator[Step]:
    for number, soft, hard in limits:
        yield partial(resource.setrlimit, number, (soft, hard))


def _becoming(user: int) -> Iterator[Step]:
    yield partial(os.setgroups, ())
    yield partial(os.setresgid, user, user, user)
    yield partial(os.setresuid, user, user, user)


def _seccomp(reads_files: bool) -> seccomp.Filter:
    machine = os.uname().machine
    program = seccomp.build(machine, channel=CHANNEL, reads_files=reads_files)
    if program is None:
        raise OSError(f"no table of system calls for {machine}")
    try:
        libc.prctl(libc.PR_SET_SECCOMP, 2)  # no filter given: EFAULT where the kernel has the feature
    except OSError as error:
        if error.errno != 14:
            raise
    return seccomp.Filter(program)


def _nobody() -> int | None:
    if os.geteuid() != 0 or not hasattr(os, "setresuid"):
        raise OSError("only root can run programs as another user")
    return _NOBODY


def _drop_capabilities() -> None:
    """Give up the powers that come with a user namespace of one's own."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITIES_V3, 0))
    libc.call("capset", header, ctypes.create_string_buffer(bytes(24)))
