"""Does one thing to many, several at a time, and keeps their order."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tracer import CallGroup

Given = TypeVar("Given")
Made = TypeVar("Made")
_TRIES = 5


def side_by_side(function: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """Yield what a function makes of each item, in their order.

    It is meant for functions that run programs in the sandbox: the work is done by subprocesses, so threads
    keep all cores busy. A Ctrl-C ends the programs that run, and none of the later ones is begun. The
    function may be called again with an item, so it must depend on nothing else.
    """
    pool = ThreadPoolExecutor(os.cpu_count())
    calls = CallGroup()

    def made(item: Given) -> Made:
        with calls.joined():
            return _steadily(function, item)

    try:
        yield from pool.map(made, items)
    except KeyboardInterrupt:
        calls.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _steadily(function: Callable[[Given], Made], item: Given) -> Made:
    """Call the function once more where Python 3.11 tripped over its own threads.

    Up to 3.11, threads that build syntax trees share one count of their depth; when they meet in it, one of
    them gets a SystemError that says nothing about the program (python/cpython#106905).
    """
    for _ in range(_TRIES):
        try:
            return function(item)
        except SystemError as error:
            if "AST constructor recursion depth" not in str(error):
                raise
    return function(item)
