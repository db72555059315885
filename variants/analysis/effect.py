"""What evaluating something can do to the rest of the program, and when two such things can change places."""

from dataclasses import dataclass

from variants.analysis.builtin_effects import ANYTHING


@dataclass(frozen=True, slots=True)
class Effect:
    """What evaluating something can do.

    Attributes:
        changes: It may change an object, a variable or the output.
        reads: Its value depends on what is inside an object that can change.
        raises: The exceptions that it can raise; `any` where they are not known. Whatever a variable
            holds, ``x[1]`` raises one thing only where it raises, so this stands as ``x[int]``.
        rebinds: It may assign a variable on the way, or stop in the middle (walrus, await, yield).
    """

    changes: bool = False
    reads: bool = False
    raises: frozenset[str] = frozenset()
    rebinds: bool = False

    def __or__(self, other: "Effect") -> "Effect":
        return Effect(
            self.changes or other.changes,
            self.reads or other.reads,
            self.raises | other.raises,
            self.rebinds or other.rebinds,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether it could as well not be evaluated."""
        return not self.changes and not self.raises and not self.rebinds


NOTHING = Effect()
UNKNOWN = Effect(changes=True, reads=True, raises=ANYTHING)


def commute(one: Effect, other: Effect) -> bool:
    """Whether two evaluations, neither of which needs the other, can change places unnoticed."""
    if one.rebinds or other.rebinds:
        return False
    if (one.changes and (other.changes or other.reads or other.raises)) or (
        other.changes and (one.reads or one.raises)
    ):
        return False
    either = one.raises | other.raises
    return not one.raises or not other.raises or (len(either) == 1 and "any" not in either)
