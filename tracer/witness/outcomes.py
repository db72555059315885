"""Tells how a condition came out from which of its leaves were evaluated, and from what was executed next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tracer.witness.expression_table import Part

Told = bool | None | Literal["unknown"]
"""Truth of an operand; None: it was not evaluated; "unknown": only the program's own code could tell."""

TRUE_TEXT, FALSE_TEXT = -1, -2
"""Numbers that stand for the texts of what `not` gives."""


class Undecided(Exception):  # noqa: N818
    """What was seen of a condition does not tell how, or whether, its evaluation ended."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A leaf that was evaluated.

    Attributes:
        text: number of its text.
        truth: None where only the program's own code could tell.
        reached: of a chained comparison, which operand it came to; the first is 0.
    """

    text: int
    truth: bool | None
    reached: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """An evaluation that came to its end.

    Attributes:
        text: number of the text of the value, or one of the two above; None where it is not known.
        truths: of the whole, then of each operand.
    """

    text: int | None
    truths: tuple[Told, ...]


def outcomes_of(
    tree: Part,
    seen: Mapping[int, Evaluated],
    chains: Mapping[int, tuple[int, ...]],
    *,
    is_over: bool,
    imposed: bool | None,
) -> dict[int, Outcome]:
    """Tell all parts of a condition whose evaluation came to its end.

    Args:
        tree: The condition.
        seen: The leaves that were evaluated.
        chains: As in `Table`.
        is_over: It is known that it came to its end.
        imposed: Its outcome, as far as what was executed next tells it.

    Raises:
        Undecided: what was seen contradicts itself, or does not tell.
    """
    told = _Telling(seen, chains)
    told.tell(tree, imposed, is_over)
    return told.found


class _Telling:
    def __init__(self, seen: Mapping[int, Evaluated], chains: Mapping[int, tuple[int, ...]]) -> None:
        self.found: dict[int, Outcome] = {}
        self._seen = seen
        self._chains = chains

    def tell(self, part: Part, imposed: bool | None, is_over: bool) -> bool:
        """Tell a part; return whether it came to its end."""
        match part.kind:
            case "leaf":
                ended = self._leaf(part.number, imposed)
            case "not":
                ended = self._not(part, imposed, is_over)
            case "if":
                ended = self._ternary(part, imposed, is_over)
            case _:
                ended = self._junction(part, imposed, is_over)
        if not ended and is_over:
            raise Undecided("a condition ended whose end was not seen")
        return ended

    def truth(self, part: Part) -> bool | None:
        """Return the truth of a part that came to its end."""
        told = self.found[part.number].truths[0]
        return told if isinstance(told, bool) else None

    def _leaf(self, number: int, imposed: bool | None) -> bool:
        leaf = self._seen.get(number)
        if leaf is None:
            return False
        parts = len(self._chains[number]) + 1 if number in self._chains else 0
        truth = leaf.truth
        if leaf.reached < parts:
            truth = _agreed(truth, False)
        truth = _agreed(truth, imposed)
        whole: Told = "unknown" if truth is None else truth
        told: tuple[Told, ...] = (whole,)
        if parts:
            told = (whole, *[True] * (leaf.reached - 1), whole, *[None] * (parts - leaf.reached))
        self.found[number] = Outcome(leaf.text, told)
        return True

    def _not(self, part: Part, imposed: bool | None, is_over: bool) -> bool:
        [inner] = part.parts
        if not self.tell(inner, None if imposed is None else not imposed, is_over):
            return False
        truth = self.truth(inner)
        if truth is None:
            self.found[part.number] = Outcome(None, ("unknown",))
        else:
            self.found[part.number] = Outcome(FALSE_TEXT if truth else TRUE_TEXT, (not truth,))
        return True

    def _ternary(self, part: Part, imposed: bool | None, is_over: bool) -> bool:
        test, *arms = part.parts
        chosen = [arm for arm in arms if arm.head in self._seen]
        if len(chosen) > 1:
            raise Undecided("both values of a ternary were evaluated")
        outcome = chosen[0] is arms[0] if chosen else None
        if not self.tell(test, outcome, bool(chosen)):
            return False
        if not chosen or not self.tell(chosen[0], imposed, is_over):
            return False
        inner = self.found[chosen[0].number]
        self.found[part.number] = Outcome(inner.text, inner.truths[:1])
        return True

    def _junction(self, part: Part, imposed: bool | None, is_over: bool) -> bool:
        goes_on = part.kind == "and"
        evaluated = [one for one in part.parts if one.head in self._seen]
        count, last = len(evaluated), len(part.parts)
        if evaluated != list(part.parts[:count]):
            raise Undecided("an operand was evaluated without the one before it")
        for position, one in enumerate(evaluated, start=1):
            if position < count:
                ended = self.tell(one, goes_on, True)
            elif position == last:
                ended = self.tell(one, imposed, is_over)
            else:
                ended = self.tell(one, (not goes_on) if is_over else None, is_over)
            if not ended:
                return False
        if not evaluated:
            return False
        truth = self.truth(evaluated[-1])
        if count < last and truth is None:
            raise Undecided("only the program's own code could tell whether an operand decides")
        if count < last and truth == goes_on:
            return False
        inner = self.found[evaluated[-1].number]
        truths = [self.found[one.number].truths[0] for one in evaluated]
        self.found[part.number] = Outcome(inner.text, (truths[-1], *truths, *[None] * (last - count)))
        return True


def _agreed(one: bool | None, other: bool | None) -> bool | None:
    if one is None or other is None:
        return other if one is None else one
    if one != other:
        raise Undecided("what a condition is, and what was executed next, contradict each other")
    return one
