"""What batches begin with, kept for the next ones: most begin with the same worked examples."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

_KEPT = 2
"""A model of 7 billion parameters needs about 150 MB for a start of 300 tokens."""


class Starts:
    """The latest starts, by their very tokens; batches of several threads use it.

    A start is computed alone, so whoever computed it: its keys and values are those that a batch would have
    computed itself, and what a batch answers depends on its own prompts only.
    """

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[int, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, tokens: Sequence[int], compute: Callable[[], Any]) -> Any:
        """Return what was kept for these tokens, or what `compute` returns, and keep it."""
        key = tuple(tokens)
        with self._lock:
            found = self._found.pop(key, None)
            if found is not None:
                self._found[key] = found
                return found
        found = compute()
        with self._lock:
            self._found[key] = found
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return found
