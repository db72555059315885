"""Windows of tokens: what operators calibrate on, and what a model is measured on."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from compress.errors import CompressError
from compress.text import Document


@dataclass(frozen=True, slots=True)
class Calibration:
    """Tokens to calibrate on.

    Attributes:
        tokens: int64, shape [windows, length].
        hash: SHA-256 of the tokens and their shape.
    """

    tokens: torch.Tensor
    hash: str

    def first(self, windows: int) -> "Calibration":
        """Return the first windows only: measures of different cost share one order."""
        return of_tokens(self.tokens[:windows])


def of_tokens(tokens: torch.Tensor) -> Calibration:
    """Wrap tokens that are already cut, shape [windows, length]."""
    content = repr(tuple(tokens.shape)).encode() + tokens.to(torch.int64).contiguous().numpy().tobytes()
    return Calibration(tokens, hashlib.sha256(content).hexdigest())


def calibrate_on(
    documents: Sequence[Document], tokenizer: Any, windows: int = 64, length: int = 256, seed: int = 0
) -> Calibration:
    """Cut calibration windows from texts.

    Every document is cut into windows; short documents follow each other in one window. Which windows are
    taken is drawn with the seed, so that a long document does not fill all of them.

    Raises:
        CompressError: the texts are too short for even one window.
    """
    draw = random.Random(seed)
    order = draw.sample(range(len(documents)), len(documents))
    stream: list[int] = []
    for index in order:
        # Enough for a fair draw; tokenising a whole corpus for 64 windows would take minutes.
        if len(stream) >= 8 * windows * length:
            break
        stream += tokenizer(documents[index].text + "\n\n", add_special_tokens=False)["input_ids"]
    there = len(stream) // length
    if not there:
        raise CompressError(f"the calibration text has {len(stream)} tokens, one window takes {length}")
    chosen = sorted(draw.sample(range(there), min(windows, there)))
    return of_tokens(torch.tensor([stream[number * length : (number + 1) * length] for number in chosen]))


@dataclass(frozen=True, slots=True)
class Passage:
    """The beginning of a document as tokens, shape [1, length]; the unit of paired intervals."""

    name: str
    tokens: torch.Tensor


def passages(documents: Sequence[Document], tokenizer: Any, length: int = 1024) -> tuple[Passage, ...]:
    """Take the first `length` tokens of every document; documents of fewer than 32 tokens are left out."""
    found = []
    for document in documents:
        # Four characters are rarely less than a token; cutting first keeps long modules cheap.
        ids = tokenizer(document.text[: 16 * length], add_special_tokens=False)["input_ids"][:length]
        if len(ids) >= 32:
            found.append(Passage(document.name, torch.tensor([ids])))
    return tuple(found)
