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
    """The wave was stopped: its caller wants no more programs."""

    def __init__(self) -> None:
        super().__init__("no program runs any more: they were told to stop")


class Wave:
    """Calls that are stopped together; `Pool.wave` makes one."""

    def __init__(self, around: "Wave | None") -> None:
        self._around = around
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether this wave, or one around it, was stopped: nothing is lent to it any more."""
        return self._stopped or (self._around is not None and self._around.stopped)

    def stop(self) -> None:
        """Mark it; `Pool.stop` also ends what runs."""
        self._stopped = True


class Pool:
    """Zygotes by hash seed; safe to use from several threads and after a fork."""

    def __init__(self, without: frozenset[str] = frozenset()) -> None:
        self._without = without
        self._idle: list[Zygote] = []
        self._all: weakref.WeakSet[Zygote] = weakref.WeakSet()
        self._waves: weakref.WeakSet[Wave] = weakref.WeakSet()
        self._lent: dict[Zygote, Wave] = {}
        self._taken: dict[int, int] = {}
        self._changed = threading.Condition()
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._forget)

    def wave(self, around: Wave | None = None) -> Wave:
        """Begin a wave; it ends when nobody holds it any more."""
        wave = Wave(around)
        with self._changed:
            self._waves.add(wave)
        return wave

    @contextmanager
    def lend(self, seed: int, wave: Wave) -> Iterator[Zygote]:
        """Lend a zygote; it is not used again if the body of the `with` raises.

        Raises:
            ZygoteError: none could be started.
            StoppedError: the wave was stopped.
        """
        zygote = self._take(seed, wave)
        try:
            yield zygote
        except BaseException:  # we do not know what state it is in
            self._leave(seed, zygote)
            zygote.close()
            raise
        self._give_back(zygote, wave)

    def close(self) -> None:
        """End the zygotes that nobody is using; those in use end with their caller."""
        with self._changed:
            idle, self._idle = self._idle, []
        for zygote in idle:
            zygote.close()

    def stop(self, wave: Wave | None = None) -> None:
        """End what runs for a wave (by default, for all that there are), and lend to it no more.

        Who uses a zygote finds it gone at once (a `ZygoteError`, or the end of its channel) and can see that
        its wave was stopped. Waves that begin later are not concerned.
        """
        with self._changed:
            for one in [wave] if wave else list(self._waves):
                one.stop()
            in_use = [zygote for zygote, of in self._lent.items() if of.stopped]
            self._changed.notify_all()
        for zygote in in_use:
            zygote.hang_up()
        if wave is None:
            self.close()

    def _take(self, seed: int, wave: Wave) -> Zygote:
        with self._changed:
            self._changed.wait_for(lambda: wave.stopped or self._taken.get(seed, 0) < _PER_SEED)
            if wave.stopped:
                raise StoppedError
            self._taken[seed] = self._taken.get(seed, 0) + 1
            for zygote in reversed(self._idle):  # the one used last has its memory warm
                if zygote.seed == seed:
                    self._idle.remove(zygote)
                    self._lent[zygote] = wave
                    return zygote
        try:
            zygote = Zygote(seed, self._without)
        except BaseException:
            self._leave(seed)
            raise
        with self._changed:
            self._all.add(zygote)
            if not wave.stopped:
                self._lent[zygote] = wave
                return zygote
        self._leave(seed)  # it was starting when we were stopped
        zygote.close()
        raise StoppedError

    def _leave(self, seed: int, zygote: Zygote | None = None) -> None:
        with self._changed:
            self._taken[seed] -= 1
            if zygote is not None:
                self._lent.pop(zygote, None)
            self._changed.notify_all()

    def _give_back(self, zygote: Zygote, wave: Wave) -> None:
        surplus = [zygote]  # of a wave that was stopped: it has been hung up
        with self._changed:
            if not wave.stopped:
                self._idle.append(zygote)
                surplus = self._idle[: max(0, len(self._idle) - _IDLE)]
                del self._idle[: len(surplus)]
        self._leave(zygote.seed, zygote)
        for old in surplus:
            old.close()

    def _forget(self) -> None:
        """Begin anew in a forked process: the zygotes are its parent's, and the lock may be held for ever."""
        for zygote in tuple(self._all):
            zygote.forget()
        self._idle, self._taken, self._lent = [], {}, {}
        self._waves = weakref.WeakSet()
        self._changed = threading.Condition()
