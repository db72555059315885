"""Does one thing to many, several at a time, and keeps their order."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tracer import stop_calls

Given = TypeVar("Given")
Made = TypeVar("Made")


def side_by_side(function: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """Yield what a function makes of each item, in their order.

    It is meant for functions that run programs in the sandbox: the work is done by subprocesses, so threads
    keep all cores busy. A Ctrl-C ends the programs that run, and no later one is run in this process.
    """
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        yield from pool.map(function, items)
    except KeyboardInterrupt:
        stop_calls()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
