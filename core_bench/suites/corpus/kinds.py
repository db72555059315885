"""Kinds of values: what a variable of a generated program may hold, as text such as `list[int]`."""

from random import Random

KINDS = ("int", "bool", "str", "list[int]", "list[str]", "dict[str, int]", "list[list[int]]")
"""Kinds that the grammar can make a value of; parts of other programs may need and give others."""

_WORDS = ("ash", "bay", "cod", "dew", "elm", "fir", "gum", "hop", "ivy", "jet", "kin", "log", "moss", "nut")


def kind_of(value: object) -> str | None:
    """Return the kind of a value; None where its elements differ, it is empty, or it is of another type."""
    match value:
        case bool():
            return "bool"
        case int() | str() | float():
            return type(value).__name__
        case list() | set():
            inside = _common(list(value))
            return None if inside is None else f"{type(value).__name__}[{inside}]"
        case tuple():
            kinds = [kind_of(part) for part in value]
            return f"tuple[{', '.join(map(str, kinds))}]" if kinds and None not in kinds else None
        case dict():
            key, content = _common(list(value)), _common(list(value.values()))
            return None if key is None or content is None else f"dict[{key}, {content}]"
    return None


def draw_value(kind: str, rng: Random) -> object:
    """Return a value of a kind of the grammar, small enough to be followed by hand."""
    match kind:
        case "int":
            return rng.choice((rng.randint(0, 9), rng.randint(-9, 30), rng.randint(10, 99)))
        case "bool":
            return rng.random() < 0.5
        case "str":
            return _text(rng)
        case "list[int]":
            return [rng.randint(-9, 20) for _ in range(rng.randint(1, 6))]
        case "list[str]":
            return [rng.choice(_WORDS) for _ in range(rng.randint(1, 5))]
        case "dict[str, int]":
            return {word: rng.randint(0, 12) for word in rng.sample(_WORDS, rng.randint(1, 4))}
        case "list[list[int]]":
            width = rng.randint(1, 3)
            return [[rng.randint(0, 9) for _ in range(width)] for _ in range(rng.randint(1, 3))]
    raise ValueError(f"no value of the kind {kind}")


def _text(rng: Random) -> str:
    match rng.randrange(3):
        case 0:
            return "".join(rng.choice("abcde") for _ in range(rng.randint(1, 8)))
        case 1:
            return " ".join(rng.sample(_WORDS, rng.randint(1, 3)))
    return "".join(rng.choice("abcXYZ019 -,") for _ in range(rng.randint(2, 9)))


def _common(values: list[object]) -> str | None:
    kinds = {kind_of(value) for value in values}
    return kinds.pop() if len(kinds) == 1 else None
