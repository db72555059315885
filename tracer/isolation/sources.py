"""Where non-determinism comes from: what a program reaches of it is noted by name, and varied on purpose.

Put up in a fork that runs one call, before the program is loaded. A program can reach all that is in this
module, so nothing of the harness is in it. Each source keeps its meaning, but gives another value for another
`variation`: clocks are moved, ids and hashes are shifted, generators start from another seed.
"""

import os
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from functools import wraps
from types import FunctionType, ModuleType
from typing import Any

ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]{6,}")

_LIBRARY = (os.path.dirname(os.__file__) + os.sep, "<frozen ")  # noqa: PTH120
_PLAIN = frozenset({int, float, complex, bool, range, Fraction, Decimal})
_DAY_S = 86_400
_CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime")
_CALENDAR = {
    "localtime": 0,
    "gmtime": 0,
    "ctime": 0,
    "asctime": 0,
    "strftime": 1,
}  # arguments before the time
_JUNK_SIZES = range(16, 513, 16)

# Reached through these, a clock or the environment serves the interpreter and not the program's result.
_PASSED_ON = ("/os.py", "/_collections_abc.py", "<frozen os>", "<frozen _collections_abc>")


class Sources:
    """The sources of one run.

    Attributes:
        reached: names of those that were reached, in order, without repeats.
    """

    def __init__(self, variation: int) -> None:
        self.reached: dict[str, None] = {}
        self._variation = variation
        self._junk: list[object] = []

    def put_up(self, builtins: ModuleType) -> None:
        """Replace every source by one that notes and varies; `builtins` are the program's own."""
        self._shift_addresses()
        self._put_up_builtins(builtins)
        self._put_up_clocks()
        self._put_up_random()
        self._put_up_system()
        self._put_up_threads()

    def look_at(self, texts: tuple[str | None, ...]) -> None:
        """Note addresses in what a call gave."""
        if any(text is not None and ADDRESS.search(text) for text in texts):
            self._note("address in repr")

    def noted_input(self) -> None:
        """Note that the standard input was asked for."""
        self._note("input")

    def _note(self, name: str) -> None:
        self.reached[name] = None

    def _noting(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function, updated=())
        def noting(*args: Any, **kwargs: Any) -> Any:
            self._note(name)
            return function(*args, **kwargs)

        return noting

    def _shift_addresses(self) -> None:
        """Have objects of every size lie elsewhere than in another variation."""
        for size in _JUNK_SIZES:
            self._junk += [bytes(size - 16) + b"x" for _ in range(7 + 13 * self._variation)]
        self._junk += [[None] * count for count in range(1, 40 * self._variation)]

    # Builtins

    def _put_up_builtins(self, builtins: ModuleType) -> None:
        shift = 0x1A0 * self._variation
        mask = 0x5A5A * self._variation
        number, digest = id, hash

        def own_id(value: object, /) -> int:
            self._note("id")
            return number(value) + shift

        def own_hash(value: object, /) -> int:
            found = digest(value)
            if _is_stable(value):
                return found
            self._note("hash")
            return found ^ mask

        for name, function in (("id", own_id), ("hash", own_hash)):
            function.__name__ = function.__qualname__ = name
            function.__module__ = "builtins"
            setattr(builtins, name, function)

    # Clocks

    def _put_up_clocks(self) -> None:
        shift = 37 * _DAY_S * self._variation
        for name in _CLOCKS:
            for clock, unit in ((name, 1), (f"{name}_ns", 10**9)):
                if hasattr(time, clock):
                    setattr(time, clock, self._clock(getattr(time, clock), shift * unit))
        for name, before in _CALENDAR.items():
            setattr(time, name, self._calendar(getattr(time, name), before, time.localtime, time.gmtime))
        os.times = self._noting("clock", os.times)
        self._put_up_datetime(shift)

    def _clock(self, clock: Callable[..., Any], shift: int) -> Callable[..., Any]:
        @wraps(clock, updated=())
        def moved(*args: Any) -> Any:
            if _asked_by_program():
                self._note("clock")
            return clock(*args) + shift

        return moved

    def _calendar(
        self, function: Callable[..., Any], before: int, local: Callable[..., Any], utc: Callable[..., Any]
    ) -> Callable[..., Any]:
        """Return a function of `time` that takes the present where it is given no time."""
        now = time.time
        reads_tuple = function.__name__ in ("asctime", "strftime")

        @wraps(function, updated=())
        def moved(*args: Any) -> Any:
            if len(args) > before and args[before] is not None:
                return function(*args)
            if _asked_by_program():
                self._note("clock")
            return function(*args[:before], local(now()) if reads_tuple else now())

        return moved

    def _put_up_datetime(self, shift: int) -> None:
        """Replace the present of the types of `datetime`, which take no attributes from Python."""
        import datetime

        moved_by = datetime.timedelta(seconds=shift)
        for kind, names in ((datetime.datetime, ("now", "utcnow")), (datetime.date, ("today",))):
            for name in names:
                original = vars(kind)[name]
                _set_in_type(kind, name, classmethod(self._present(original, name, moved_by)))

    def _present(self, original: Any, name: str, moved_by: Any) -> Callable[..., Any]:
        def present(cls: type, *args: Any, **kwargs: Any) -> Any:
            self._note("clock")
            return original.__get__(None, cls)(*args, **kwargs) + moved_by

        present.__name__ = name
        return present

    # Random numbers

    def _put_up_random(self) -> None:
        import random

        instance: Any = random._inst
        seed = random.Random.seed
        seeded: set[int] = set()
        note, variation = self._note, self._variation

        def own_seed(self: Any, a: Any = None, version: int = 2) -> None:
            if a is None:
                note("random without a seed")
                a = variation
            seeded.add(id(self))
            seed(self, a, version)

        random.Random.seed = own_seed  # type: ignore[method-assign]
        seed(instance, variation)
        for name in [name for name in random.__all__ if hasattr(instance, name) and name[0].islower()]:
            setattr(random, name, self._unless_seeded(getattr(instance, name), seeded, id(instance)))
        random.seed = instance.seed
        random.setstate = self._seeding(instance.setstate, seeded, id(instance))
        self._put_up_system_random(random)

    def _unless_seeded(
        self, method: Callable[..., Any], seeded: set[int], instance: int
    ) -> Callable[..., Any]:
        @wraps(method, updated=())
        def drawn(*args: Any, **kwargs: Any) -> Any:
            if instance not in seeded:
                self._note("random without a seed")
            return method(*args, **kwargs)

        return drawn

    @staticmethod
    def _seeding(method: Callable[..., Any], seeded: set[int], instance: int) -> Callable[..., Any]:
        @wraps(method, updated=())
        def set_state(state: Any) -> None:
            seeded.add(instance)
            method(state)

        return set_state

    def _put_up_system_random(self, random: Any) -> None:
        """Note the bytes of the operating system, and what is made of them."""
        drawn = self._noting("os.urandom", os.urandom)
        os.urandom = random._urandom = drawn
        if hasattr(os, "getrandom"):
            os.getrandom = self._noting("os.urandom", os.getrandom)
        with suppress(ImportError):  # then the program cannot import it either
            import uuid

            for name in ("uuid1", "uuid4"):
                setattr(uuid, name, self._noting("uuid", getattr(uuid, name)))
        with suppress(ImportError):
            import secrets

            for name in ("token_bytes", "token_hex", "token_urlsafe", "randbelow", "choice", "randbits"):
                setattr(secrets, name, self._noting("secrets", getattr(secrets, name)))

    # The process

    def _put_up_system(self) -> None:
        for name in ("getpid", "getppid"):
            setattr(os, name, self._shifted("process id", getattr(os, name)))
        kind: Any = type(os.environ)
        known: set[object] = set()
        for name in ("__getitem__", "__iter__", "__len__", "__repr__"):
            setattr(kind, name, self._reading(getattr(kind, name), known))
        write = kind.__setitem__

        def set_item(environment: Any, key: object, value: object) -> None:
            known.add(key)
            write(environment, key, value)

        kind.__setitem__ = set_item

    def _shifted(self, name: str, function: Callable[[], int]) -> Callable[[], int]:
        @wraps(function, updated=())
        def shifted() -> int:
            if _asked_by_program():
                self._note(name)
            return function() + self._variation

        return shifted

    def _reading(self, method: Callable[..., Any], known: set[object]) -> Callable[..., Any]:
        @wraps(method, updated=())
        def reading(environment: Any, *key: object) -> Any:
            if not (key and key[0] in known) and _asked_by_program():
                self._note("environment")
            return method(environment, *key)

        return reading

    def _put_up_threads(self) -> None:
        import _thread

        with suppress(ImportError):
            from threading import Thread

            Thread.start = self._noting("threads", Thread.start)  # type: ignore[method-assign]
        for name in ("start_new_thread", "start_new", "start_joinable_thread"):
            if hasattr(_thread, name):
                setattr(_thread, name, self._noting("threads", getattr(_thread, name)))


def _is_stable(value: object) -> bool:
    """Tell whether a hash depends on neither the hash seed nor an address."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if isinstance(value, tuple | frozenset) and kind.__hash__ in (tuple.__hash__, frozenset.__hash__):
        return all(map(_is_stable, value))
    if kind in (str, bytes):
        return not value
    if value is None:
        return sys.version_info >= (3, 12)  # its address, before
    # A method of the program's own asks for hashes itself.
    own = kind.__hash__
    return isinstance(own, FunctionType) and not own.__code__.co_filename.startswith(_LIBRARY)


def _asked_by_program() -> bool:
    """Tell whether the program itself, and not a library for its own needs, calls the caller of this."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename.endswith(_PASSED_ON):
        frame = frame.f_back
    return not frame.f_code.co_filename.startswith(_LIBRARY)


def _set_in_type(kind: type, name: str, value: object) -> None:
    """Set an attribute of a type that is written in C."""
    import ctypes
    import gc

    [attributes] = [each for each in gc.get_referents(vars(kind)) if isinstance(each, dict)]
    attributes[name] = value
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
