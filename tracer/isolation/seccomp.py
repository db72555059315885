"""The list of system calls that a program may make, as a seccomp filter (x86_64 and aarch64).

What is not listed fails with EPERM, so that the program gets an ordinary `PermissionError`; a call for
another architecture kills it. Arguments are checked where a call is harmless only in part: files open for
reading only, signals go to the program itself, sockets come in unnamed pairs, and the result channel
cannot be closed or replaced.
"""

import ctypes
import errno
import struct

from tracer.isolation import libc

# name -> number on x86_64, on aarch64 (None: that architecture has no such call)
_ALLOWED: dict[str, tuple[int, int | None]] = {
    # descriptors that are open already
    "read": (0, 63), "readv": (19, 65), "pread64": (17, 67), "write": (1, 64), "writev": (20, 66),
    "lseek": (8, 62), "fstat": (5, 80), "fcntl": (72, 25), "dup": (32, 23), "getdents64": (217, 61),
    "fstatfs": (138, 44),
    # names of files: what they give is up to landlock and the private root
    "stat": (4, None), "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291), "access": (21, None),
    "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78),
    "getcwd": (79, 17), "umask": (95, 166),
    # memory
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "mremap": (25, 216), "madvise": (28, 233),
    "brk": (12, 214),
    # its own signals
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132), "restart_syscall": (219, 128),
    # who am I
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getpgrp": (111, None),
    "getpgid": (121, 155), "getsid": (124, 156), "getgroups": (115, 158), "uname": (63, 160),
    "sysinfo": (99, 179), "times": (100, 153), "getrusage": (98, 165), "sched_getaffinity": (204, 123),
    # time and waiting
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101), "gettimeofday": (96, 169), "time": (201, None), "getrandom": (318, 278),
    "futex": (202, 98), "sched_yield": (24, 124), "membarrier": (324, 283),
    # an event loop with nothing outside the process in it
    "select": (23, None), "pselect6": (270, 72), "poll": (7, None), "ppoll": (271, 73),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "recvfrom": (45, 207), "sendto": (44, 206), "getsockname": (51, 204), "getsockopt": (55, 209),
    # the end
    "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip

_CHECKED: dict[str, tuple[int, int | None]] = {
    "openat": (257, 56), "close": (3, 57), "dup2": (33, None), "dup3": (292, 24), "ioctl": (16, 29),
    "kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261), "socketpair": (53, 199),
}  # fmt: skip

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x80000000
_LOAD, _AND, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x45, 0x06
_OPEN_FOR_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o20000000  # WRONLY, RDWR, CREAT, TRUNC, TMPFILE
_IOCTLS = (0x5401, 0x5413, 0x5421, 0x541B, 0x5450, 0x5451)  # TCGETS, WINSZ, FIONBIO, FIONREAD, FIO(N)CLEX
_UNIX, _STREAM, _TYPE_BITS = 1, 1, 0xF
_OWN_PID = 0x5EC0_0F1D  # stands for the process's id until a `Filter` is installed


def build(machine: str, *, channel: int, reads_files: bool) -> bytes | None:
    """Return the filter for a machine (`os.uname().machine`), None where we have no table for it.

    Args:
        machine: Name of the architecture.
        channel: Descriptor of the result channel.
        reads_files: Whether files may be opened for reading: only where another layer says which.
    """
    if machine not in _ARCHITECTURES:
        return None
    column, audit = _ARCHITECTURES[machine]
    program = [_op(_LOAD, 4), _op(_EQUAL, audit, 1, 0), _op(_RETURN, _KILL), _op(_LOAD, 0)]
    for numbers in _ALLOWED.values():
        program += _when(numbers[column], [_op(_RETURN, _ALLOW)])
    for name, numbers in _CHECKED.items():
        if name != "openat" or reads_files:
            program += _when(numbers[column], _check(name, channel))
    program.append(_op(_RETURN, _REFUSE))
    return b"".join(program)


class Filter:
    """A filter, laid out in memory so that a fork has little left to do."""

    def __init__(self, program: bytes) -> None:
        own = struct.pack("=I", _OWN_PID)
        self._places = [at for at in range(0, len(program), 4) if program[at : at + 4] == own]
        self._instructions = ctypes.create_string_buffer(program, len(program))
        address = ctypes.addressof(self._instructions)
        header = struct.pack("@HP", len(program) // 8, address)
        self._install = libc.prepared("prctl", libc.PR_SET_SECCOMP, 2, header)  # 2: SECCOMP_MODE_FILTER
        self._write_pid = struct.Struct("=I").pack_into

    def install(self, pid: int) -> None:
        """Lock this process in; it must have no_new_privs. Raises `OSError` where the kernel refuses."""
        for place in self._places:
            self._write_pid(self._instructions, place, pid)
        if self._install() == -1:
            raise OSError("the kernel refuses the filter")


def _op(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _when(number: int | None, then: list[bytes]) -> list[bytes]:
    return [] if number is None else [_op(_EQUAL, number, 0, len(then)), *then]


def _argument(index: int) -> bytes:
    return _op(_LOAD, 16 + 8 * index)  # the low half, on the little-endian machines of the tables


def _one_of(index: int, *values: int) -> list[bytes]:
    passing = [part for value in values for part in (_op(_EQUAL, value, 0, 1), _op(_RETURN, _ALLOW))]
    return [_argument(index), *passing, _op(_RETURN, _REFUSE)]


def _other_than(index: int, value: int) -> list[bytes]:
    return [_argument(index), _op(_EQUAL, value, 0, 1), _op(_RETURN, _REFUSE), _op(_RETURN, _ALLOW)]


def _check(name: str, channel: int) -> list[bytes]:
    match name:
        case "openat":
            refuse = [_op(_ANY_BIT, _OPEN_FOR_WRITING, 0, 1), _op(_RETURN, _REFUSE), _op(_RETURN, _ALLOW)]
            return [_argument(2), *refuse]
        case "close":
            return _other_than(0, channel)
        case "dup2" | "dup3":
            return _other_than(1, channel)
        case "ioctl":
            return _one_of(1, *_IOCTLS)
        case "kill" | "tgkill":
            return _one_of(0, _OWN_PID)
        case "prlimit64":
            return _one_of(0, 0)  # of this process; the hard limits hold
        case "socketpair":
            family = [_argument(0), _op(_EQUAL, _UNIX, 1, 0), _op(_RETURN, _REFUSE)]
            kind = [_argument(1), _op(_AND, _TYPE_BITS), _op(_EQUAL, _STREAM, 0, 1), _op(_RETURN, _ALLOW)]
            return [*family, *kind, _op(_RETURN, _REFUSE)]
    raise AssertionError(name)
