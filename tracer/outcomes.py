"""Tells outcomes of conditions and their operands from what an instrumented run saw of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tracer.observation import Truth
from tracer.sites import Junction

# Asking values of exactly these types for their truth runs no code of the program.
_PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, range)

Tested = Mapping[int, tuple[str, bool | None]]
"""Operand -> its literal, and its truth where it can be told without the program's own code."""


class Judged:
    """Stands for a value of the program's own type whose truth was asked for already, once."""

    __slots__ = ("text", "truth")

    def __init__(self, text: str, truth: bool) -> None:
        self.text = text
        self.truth = truth

    def __bool__(self) -> bool:
        return self.truth


@dataclass(frozen=True, slots=True)
class Settled:
    """A junction that was evaluated: its value, and the truths of the whole and of each operand."""

    node: int
    text: str
    truths: tuple[Truth, ...]


def plain_truth(value: object) -> bool | None:
    """Return the truth of a value of a builtin type, None for any other."""
    return bool(value) if type(value) in _PLAIN else None


def chain_truths(parts: int, last: int, truth: bool | None) -> tuple[Truth, ...]:
    """Tell the parts of a chained comparison that ended with its part `last`, and with an outcome."""
    whole = False if last < parts else _known(truth)
    return (whole, *[True] * (last - 1), whole, *[None] * (parts - last))


def junction_truths(tree: Junction, tested: Tested, imposed: bool | None) -> Iterator[Settled]:
    """Tell the outcomes of a junction and of those inside it from the operands that were evaluated.

    That an operand is followed by the next one tells its truth, too, and so does that it is not. What is
    `imposed` is the truth of the whole, if the place of the junction tells it.
    """
    seen = [part for part in tree.operands if _first(part) in tested]
    truths: list[Truth] = []
    text = ""
    for position, part in enumerate(seen, start=1):
        if position < len(seen):
            known: bool | None = tree.is_and
        else:
            known = imposed if position == len(tree.operands) else not tree.is_and
        if isinstance(part, int):
            text, truth = tested[part]
            truths.append(_known(known if truth is None else truth))
        else:
            inner = list(junction_truths(part, tested, known))
            yield from inner
            text = inner[-1].text
            truths.append(inner[-1].truths[0])
    if seen:
        rest = [None] * (len(tree.operands) - len(seen))
        yield Settled(tree.node, text, (truths[-1], *truths, *rest))


def _first(part: Junction | int) -> int:
    return part if isinstance(part, int) else part.first


def _known(truth: bool | None) -> Truth:
    return "opaque" if truth is None else truth
