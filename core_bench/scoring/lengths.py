"""How long the replies are: characters, tokens and seconds."""

from collections.abc import Iterable, Sequence

import numpy as np

from core_bench.records import Record, Reply, Verdict


class Lengths(Record):
    """Figures over the `n` replies that have the number at all (not every engine counts tokens)."""

    n: int
    total: float
    mean: float
    median: float
    p90: float
    maximum: float


def reply_lengths(replies: Iterable[Reply], verdicts: Iterable[Verdict] = ()) -> dict[str, Lengths]:
    """Return `characters`, `prompt_tokens`, `completion_tokens`, `seconds`, each where it is known.

    With verdicts there is `characters/correct` and so on, too: long wrong answers are a sign of their own.
    """
    texts = list(replies)
    columns: dict[str, list[float]] = {
        "characters": [len(reply.text) for reply in texts],
        "prompt_tokens": [reply.prompt_tokens for reply in texts if reply.prompt_tokens is not None],
        "completion_tokens": [
            reply.completion_tokens for reply in texts if reply.completion_tokens is not None
        ],
        "seconds": [reply.seconds for reply in texts if reply.seconds is not None],
    }
    sizes = {(reply.item, reply.epoch): len(reply.text) for reply in texts}
    for verdict in verdicts:
        if (verdict.item, verdict.epoch) in sizes:
            size = sizes[verdict.item, verdict.epoch]
            columns.setdefault(f"characters/{verdict.verdict.value}", []).append(size)
    return {name: _lengths(values) for name, values in columns.items() if values}


def _lengths(values: Sequence[float]) -> Lengths:
    array = np.array(values, dtype=np.float64)
    median, p90 = (float(end) for end in np.quantile(array, (0.5, 0.9)))
    return Lengths(
        n=len(values),
        total=float(array.sum()),
        mean=float(array.mean()),
        median=median,
        p90=p90,
        maximum=float(array.max()),
    )
