"""From texts to batches of similar length: padding is work for nothing."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from compress.errors import CompressError
from compress.recovery.settings import RecoverySettings
from compress.text import Document

_BUCKETED = 32  # batches that are sorted by length together; more would order the text by length


@dataclass(frozen=True, slots=True)
class Example:
    """Tokens to read, of which those from `learned` on are to be predicted."""

    tokens: tuple[int, ...]
    learned: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A step.

    Attributes:
        tokens: int64 [sequences, length], padded on the right.
        mask: 1 where there is a token.
        learned: True where a token is to be predicted (from the one before).
        size: tokens, padding not counted.
    """

    tokens: torch.Tensor
    mask: torch.Tensor
    learned: torch.Tensor
    size: int


def examples(documents: Sequence[Document], tokenizer: Any, settings: RecoverySettings) -> list[Example]:
    """Turn texts into examples; the token that ends a text is learned too.

    Raises:
        CompressError: no text is short enough.
    """
    found, end = [], tokenizer.eos_token_id
    for document in documents:
        encoded = tokenizer(document.text, add_special_tokens=False, return_offsets_mapping=True)
        ids = [*encoded["input_ids"], *([] if end is None else [end])]
        start = document.answer_start if settings.learn == "answer" else None
        if start is not None:
            if len(ids) <= settings.length:
                first = next(
                    (n for n, (_, to) in enumerate(encoded["offset_mapping"]) if to > start), len(ids) - 1
                )
                found.append(Example(tuple(ids), max(first, 1)))
            continue
        for at in range(0, len(ids), settings.length):
            part = ids[at : at + settings.length]
            if len(part) > 1:
                found.append(Example(tuple(part), 1))
    if not found:
        raise CompressError(f"no text fits into {settings.length} tokens", "Allow longer sequences.")
    return found


def batches(all_examples: Sequence[Example], settings: RecoverySettings, pad: int) -> Iterator[Batch]:
    """Yield batches without end, epoch after epoch; the seed decides the order."""
    epoch = 0
    while True:
        draw = random.Random(f"{settings.seed}/{epoch}")
        order = draw.sample(range(len(all_examples)), len(all_examples))
        for start in range(0, len(order), _BUCKETED * settings.batch):
            near = sorted(
                order[start : start + _BUCKETED * settings.batch], key=lambda n: len(all_examples[n].tokens)
            )
            groups = list(_cut([all_examples[n] for n in near], settings))
            for group in draw.sample(groups, len(groups)):
                yield _pad(group, pad)
        epoch += 1


def corpus_hash(all_examples: Sequence[Example]) -> str:
    """Return a hash of the examples."""
    digest = hashlib.sha256()
    for example in all_examples:
        digest.update(repr((example.tokens, example.learned)).encode())
    return digest.hexdigest()


def _cut(sorted_examples: Sequence[Example], settings: RecoverySettings) -> Iterator[list[Example]]:
    group: list[Example] = []
    for example in sorted_examples:
        longest = len(example.tokens)
        if group and (len(group) == settings.batch or (len(group) + 1) * longest > settings.batch_tokens):
            yield group
            group = []
        group.append(example)
    if group:
        yield group


def _pad(group: Sequence[Example], pad: int) -> Batch:
    longest = max(len(example.tokens) for example in group)
    tokens = torch.full((len(group), longest), pad)
    mask = torch.zeros(len(group), longest, dtype=torch.int64)
    learned = torch.zeros(len(group), longest, dtype=torch.bool)
    for row, example in enumerate(group):
        size = len(example.tokens)
        tokens[row, :size] = torch.tensor(example.tokens)
        mask[row, :size] = 1
        learned[row, example.learned : size] = True
    return Batch(tokens, mask, learned, int(mask.sum()))
