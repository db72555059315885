"""Keeps zygotes: started when first needed, reused, lent to one thread at a time, ended at exit."""

import atexit
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from tracer.isolation.client import Zygote

_PER_SEED = max(1, os.cpu_count() or 1)
_IDLE = 2 * _PER_SEED + 4  # of all seeds: an idle zygote costs memory only


class StoppedError(RuntimeError):
    """The pool was stopped: the caller wants no more programs."""

    def __init__(self) -> None:
        super().__init__("no program runs any more: they were told to stop")


class Pool:
    """Zygotes by hash seed; safe to use from several threads and after a fork.

    Attributes:
        stopped: whether `stop` was called; nothing is lent any more.
    """

    def __init__(self, without: frozenset[str] = frozenset()) -> None:
        self.stopped = False
        self._without = without
        self._idle: list[Zygote] = []
        self._all: weakref.WeakSet[Zygote] = weakref.WeakSet()
        self._lent: dict[int, int] = {}
        self._changed = threading.Condition()
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._forget)

    @contextmanager
    def lend(self, seed: int) -> Iterator[Zygote]:
        """Lend a zygote; it is not used again if the body of the `with` raises.

        Raises:
            ZygoteError: none could be started.
            StoppedError: the pool was stopped.
        """
        zygote = self._take(seed)
        try:
            yield zygote
        except BaseException:  # we do not know what state it is in
            self._leave(seed)
            zygote.close()
            raise
        self._give_back(zygote)

    def close(self) -> None:
        """End the zygotes that nobody is using; those in use end with their caller."""
        with self._changed:
            idle, self._idle = self._idle, []
        for zygote in idle:
            zygote.close()

    def stop(self) -> None:
        """End all zygotes with what they run, those in use, too, and lend none any more.

        Who uses one finds it gone at once (a `ZygoteError`, or the end of its channel) and can see `stopped`.
        """
        with self._changed:
            self.stopped = True
            idle, self._idle = self._idle, []
            in_use = [zygote for zygote in self._all if zygote not in idle]
            self._changed.notify_all()
        for zygote in in_use:
            zygote.hang_up()
        for zygote in idle:
            zygote.close()

    def _take(self, seed: int) -> Zygote:
        with self._changed:
            self._changed.wait_for(lambda: self.stopped or self._lent.get(seed, 0) < _PER_SEED)
            if self.stopped:
                raise StoppedError
            self._lent[seed] = self._lent.get(seed, 0) + 1
            for zygote in reversed(self._idle):  # the one used last has its memory warm
                if zygote.seed == seed:
                    self._idle.remove(zygote)
                    return zygote
        try:
            zygote = Zygote(seed, self._without)
        except BaseException:
            self._leave(seed)
            raise
        with self._changed:
            self._all.add(zygote)
            if not self.stopped:
                return zygote
        self._leave(seed)  # it was starting when we were stopped
        zygote.close()
        raise StoppedError

    def _leave(self, seed: int) -> None:
        with self._changed:
            self._lent[seed] -= 1
            self._changed.notify_all()

    def _give_back(self, zygote: Zygote) -> None:
        with self._changed:
            self._idle.append(zygote)
            keep = 0 if self.stopped else _IDLE
            surplus = self._idle[: max(0, len(self._idle) - keep)]
            del self._idle[: len(surplus)]
        self._leave(zygote.seed)
        for old in surplus:
            old.close()

    def _forget(self) -> None:
        """Begin anew in a forked process: the zygotes are its parent's, and the lock may be held for ever."""
        for zygote in tuple(self._all):
            zygote.forget()
        self._idle, self._lent, self.stopped = [], {}, False
        self._changed = threading.Condition()
