"""How many tokens a text has: by a model's own tokenizer, or by an estimate that needs none."""

import re
from collections.abc import Callable
from pathlib import Path

from core_bench.errors import CoreBenchError

Count = Callable[[str], int]

_PIECES = re.compile(r"[A-Za-z]+|\d|\n+ *|[^\w\s]|_|[^\W\d_a-zA-Z]| {2,}")


def estimate(text: str) -> int:
    """Return about how many tokens a text has for a byte-pair tokenizer that was trained on code.

    Counted are words, single digits, signs, and line ends with the indent behind them.
    `benchmarks/corpus_tokens.py` compares it with a real tokenizer.
    """
    return len(_PIECES.findall(text))


def counter(tokenizer: Path | None) -> Count:
    """Return what counts: the tokenizer in a model's folder, or the estimate where there is none.

    Raises:
        CoreBenchError: the folder has no tokenizer that can be read.
    """
    if tokenizer is None:
        return estimate
    if not tokenizer.is_dir():
        raise CoreBenchError(f"there is no folder {tokenizer}", "Give a model's folder (--tokenizer).")
    from transformers import AutoTokenizer

    try:
        loaded = AutoTokenizer.from_pretrained(tokenizer, local_files_only=True)
    except Exception as error:  # the library raises OSError, ValueError, KeyError and its own alike
        reason = str(error).partition("\n")[0]
        raise CoreBenchError(
            f"{tokenizer} has no tokenizer that can be read: {reason}",
            "Give a model's folder (--tokenizer), or leave the option away for an estimate.",
        ) from None
    return lambda text: len(loaded(text, add_special_tokens=False)["input_ids"])
