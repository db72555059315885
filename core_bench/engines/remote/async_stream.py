"""From asyncio to a plain loop: a coroutine runs in a background thread, its results come out here."""

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class _Ended:
    """Put into the queue when the coroutine is done, with what it raised."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class AsyncStream(Generic[T]):
    """Iterates over what a coroutine emits, in the order of emission.

    An exception of the coroutine comes out of the iteration after everything that was emitted before it.
    Whoever stops iterating early must call `close`.
    """

    def __init__(self, produce: Callable[[Callable[[T], None]], Coroutine[None, None, None]]) -> None:
        """Start at once.

        Args:
            produce: Called with the function that emits a result; its coroutine runs in the thread.
        """
        self._results: queue.SimpleQueue[T | _Ended] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(produce(self._results.put))
        # A daemon, so that a second Ctrl-C while `close` waits ends the program all the same.
        self._thread = threading.Thread(target=self._run, name="core-bench requests", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[T]:
        while not isinstance(result := self._results.get(), _Ended):
            yield result
        self._results.put(result)  # for whoever iterates again: the end stays the end
        if result.error is not None:
            raise result.error

    def close(self) -> None:
        """Cancel what is still running and wait until the thread has ended. Twice is harmless."""
        if self._thread.is_alive():
            with suppress(RuntimeError):  # it ended by itself in this very moment
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join()

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except BaseException as raised:
            error = raised
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
            self._results.put(_Ended(error))
