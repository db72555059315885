"""Several batches at a time, where that is faster than one after the other."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from core_bench.engines.local.checkpoint import Checkpoint
from core_bench.engines.local.threads import Lanes, lanes

_Batch = TypeVar("_Batch")
_Done = TypeVar("_Done")


def side_by_side(
    checkpoint: Checkpoint,
    batches: Sequence[_Batch],
    compute: Callable[[Checkpoint, _Batch, Callable[[], bool]], _Done],
) -> Iterator[_Done]:
    """Yield what `compute` makes of each batch, in order; on a CPU several are computed at a time.

    `compute` is told whether it should stop: closing the iterator early ends what is on the way.
    """
    spread = lanes() if checkpoint.device == "cpu" else Lanes(1, 1)
    if min(spread.count, len(batches)) < 2:
        yield from (compute(checkpoint, batch, lambda: False) for batch in batches)
        return
    import torch

    stop = threading.Event()
    pool = ThreadPoolExecutor(spread.count, initializer=torch.set_num_threads, initargs=(spread.threads,))
    try:
        yield from pool.map(lambda batch: compute(checkpoint, batch, stop.is_set), batches)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
