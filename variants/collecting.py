"""How often Python looks for cycles of dead objects while candidates are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_SELDOM = (20_000, 20, 100)
"""Objects made between two collections of the young ones, and how many of those precede one of the old."""

_lock = Lock()
_before: list[tuple[int, int, int]] = []
"""What the process had set, once for every search that runs: several threads may search at the same time."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Let Python look seldom: syntax trees have no cycles, and looking is a fifth of the time.

    The setting is the process's own; the last search that ends puts it back.
    """
    with _lock:
        _before.append(_before[-1] if _before else gc.get_threshold())
        gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        with _lock:
            was = _before.pop()
            if not _before:
                gc.set_threshold(*was)
