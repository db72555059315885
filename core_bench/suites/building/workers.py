"""Builds parts in local processes. Whoever stops waiting stops them all, at once."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from core_bench.errors import CoreBenchError
from core_bench.suites.building.part import Part, build_part
from core_bench.suites.problems import Source
from core_bench.suites.recipe import Recipe


def build_parts(sources: Sequence[Source], recipe: Recipe, workers: int) -> Iterator[tuple[int, Part]]:
    """Yield (place in `sources`, part) as the parts are finished, in any order.

    One worker builds in this process; more are processes of their own. A part depends on its source and the
    recipe only, so their number changes nothing.

    Raises:
        CoreBenchError: a worker was killed.
    """
    if workers == 1 or len(sources) == 1:
        yield from ((place, build_part(source, recipe)) for place, source in enumerate(sources))
        return
    # Spawned, not forked: this process may have threads.
    context = _OwnProcesses()
    pool = ProcessPoolExecutor(min(workers, len(sources)), mp_context=context, initializer=_begin)
    try:
        places = {pool.submit(build_part, source, recipe): place for place, source in enumerate(sources)}
        for future in as_completed(places):
            yield places[future], future.result()
        pool.shutdown()
    except BrokenProcessPool:
        raise CoreBenchError(
            "a worker was killed from outside, perhaps for want of memory",
            "Run the same command again: it goes on where it stopped. Fewer --workers need less memory.",
        ) from None
    finally:
        # A worker that is told to end finishes its problem first; nobody waits for it now.
        context.terminate()
        pool.shutdown(wait=False, cancel_futures=True)


class _OwnProcesses(SpawnContext):
    """Remembers the processes that are started through it: our caller may have children of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._started: list[SpawnProcess] = []

    def Process(  # type: ignore[override]  # noqa: N802 (the name that pools call)
        self, *args: Any, **kwargs: Any
    ) -> SpawnProcess:
        """Make a process, as a pool asks for it."""
        process = SpawnProcess(*args, **kwargs)
        self._started.append(process)
        return process

    def terminate(self) -> None:
        """End those that run."""
        for process in self._started:
            if process.is_alive():
                process.terminate()


def _begin() -> None:
    """Leave Ctrl-C to the parent, which ends its workers; but do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
