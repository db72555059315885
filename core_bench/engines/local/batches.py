"""How requests are put into batches: one fixed order, cut greedily."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar


class Asked(Protocol):
    """What is known of a request here."""

    @property
    def group(self) -> tuple[str, ...]:
        """What its prompt has in common with others, from the outermost part inwards."""
        ...

    @property
    def item(self) -> str:
        """The first part of the key."""
        ...

    @property
    def method(self) -> str:
        """The second part of the key."""
        ...

    @property
    def epoch(self) -> int:
        """The third part of the key."""
        ...


A = TypeVar("A", bound=Asked)


@dataclass(frozen=True, slots=True)
class Encoded(Generic[A]):
    """A request with its tokens.

    Attributes:
        request: What was asked.
        tokens: Of the prompt.
        room: The most tokens that may follow.
    """

    request: A
    tokens: list[int]
    room: int


def cut_batches(encoded: Sequence[Encoded[A]], batch_size: int, batch_tokens: int) -> list[list[Encoded[A]]]:
    """Cut requests into batches.

    The order is fixed: by the outermost group, within it the greatest inner group first, within that the
    longest prompt first, ties by key. It does not depend on what else is asked, and batches are cut from its
    beginning; what remains after some whole batches is cut just as it would have been. The last two of an
    outermost group are about equally large, so that lanes which compute them side by side end together.
    Requests of one group stay together if a batch can hold them.

    Args:
        encoded: In any order.
        batch_size: The most requests of a batch.
        batch_tokens: The most tokens of a batch, prompts and room together; a single longer one is a batch.
    """
    ordered = sorted(
        encoded, key=lambda one: (-len(one.tokens), one.request.item, one.request.method, one.request.epoch)
    )
    ordered.sort(key=lambda one: one.request.group[1:], reverse=True)
    ordered.sort(key=lambda one: one.request.group[:1])
    batches: list[list[Encoded[A]]] = []
    for _, alike in groupby(ordered, key=lambda one: one.request.group[:1]):
        left = list(alike)
        while left:
            batch = _first_batch(left, batch_size, batch_tokens)
            batches.append(batch)
            left = left[len(batch) :]
    return batches


def _first_batch(left: Sequence[Encoded[A]], batch_size: int, batch_tokens: int) -> list[Encoded[A]]:
    """Return the next batch of what is left of an outermost group; this alone decides about it."""
    most = -(-len(left) // 2) if batch_size < len(left) <= 2 * batch_size else batch_size
    batch: list[Encoded[A]] = []
    for _, together in groupby(left, key=lambda one: one.request.group):
        family = list(together)
        if _fits([*batch, *family], most if batch else batch_size, batch_tokens):
            batch += family
            continue
        if not batch:
            for one in family:
                if batch and not _fits([*batch, one], batch_size, batch_tokens):
                    break
                batch.append(one)
        return batch
    return batch


def _fits(batch: Sequence[Encoded[A]], batch_size: int, batch_tokens: int) -> bool:
    return len(batch) <= batch_size and sum(len(one.tokens) + one.room for one in batch) <= batch_tokens
