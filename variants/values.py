"""Values like others: of the same type, near by or quite different."""

import ast
from collections.abc import Callable, Iterable
from random import Random

import tracer

_LARGEST = 10_000
_LONGEST_STRING = 40
_NUMBERS = (-3, -2, -1, 0, 1, 2, 3, 4, 5, 7, 10)
_CHARACTERS = "abcxyzABC019 .,-_()"


class Pool:
    """The values at hand, by type: what one argument was, another may become.

    Args:
        values: Values of arguments.
        constants: Values that the program compares with, and their neighbours.
    """

    def __init__(self, values: Iterable[object], constants: Iterable[object] = ()) -> None:
        self.by_type: dict[type, list[object]] = {}
        self.constants: dict[type, list[object]] = {}
        for value in values:
            self._add(value)
        for value in constants:
            self.constants.setdefault(type(value), []).append(value)
        self.letters = _joined(self.by_type)
        self.sought = _joined(self.constants)

    def _add(self, value: object) -> None:
        self.by_type.setdefault(type(value), []).append(value)
        for part in _parts(value):
            self._add(part)


def _joined(by_type: dict[type, list[object]]) -> str:
    return "".join(str(text) for text in by_type.get(str, ()))


def constants_of(code: str) -> list[object]:
    """The numbers and strings in a program but for docstrings, with what is next to them.

    Off-by-one faults show next to what a program compares with, and letters mean what it looks for.
    """
    tree = ast.parse(code)
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: dict[tuple[type, object], object] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in texts:
            continue
        for value in _near(node.value):
            found.setdefault((type(value), value), value)
    return list(found.values())


def _near(value: object) -> list[object]:
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [value + by for by in (0, 1, -1) if abs(value) <= _LARGEST] + [float(min(value, _LARGEST))]
    if isinstance(value, float):
        return [value]
    return [value] if isinstance(value, str) and len(value) <= _LONGEST_STRING else []


def _parts(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, set | frozenset):
        return _ordered(value)
    return list(value) if isinstance(value, list | tuple) else []


def _ordered(values: "set[object] | frozenset[object]") -> list[object]:
    return sorted(values, key=tracer.literal)


def changed(value: object, pool: Pool, rng: Random) -> object:
    """Another value of the same type."""
    same, constants = pool.by_type.get(type(value), []), pool.constants.get(type(value), [])
    lot = rng.random()
    if constants and lot < 0.15:
        return rng.choice(constants)
    if len(same) > 1 and lot < 0.35:
        return rng.choice(same)
    rule = _RULES.get(type(value))
    return rule(value, pool, rng) if rule is not None else value


def _integer(value: int, pool: Pool, rng: Random) -> int:
    near = value + rng.choice((-2, -1, 1, 2))
    other = rng.choice(
        (near, near, rng.choice(_NUMBERS), -value, value * 2, value // 2, rng.randint(-20, 100))
    )
    return other if abs(other) <= max(_LARGEST, abs(value)) else near


def _float(value: float, pool: Pool, rng: Random) -> float:
    return rng.choice(
        (
            value + 1.0,
            value - 0.5,
            -value,
            value * 2,
            value / 2,
            rng.randint(-40, 80) / 4,
            round(value, 1),
            0.0,
        )
    )


def _string(value: str, pool: Pool, rng: Random) -> str:
    letters = pool.letters or _CHARACTERS
    place = rng.randint(0, len(value))
    letter = rng.choice(rng.choice((letters, letters, pool.sought or letters, _CHARACTERS)))
    other = max(0, place - 1)
    return rng.choice(
        (
            value[:place] + letter + value[place:],
            value[:place] + letter + value[place + 1 :],
            value[:other] + value[other + 1 :],
            value[:place],
            value[place:] + value[:place],
            value + value,
            value[::-1],
            value.swapcase(),
            "".join(rng.choice(letters) for _ in range(rng.randint(0, 8))),
            "",
        )
    )


def _list(value: "list[object]", pool: Pool, rng: Random) -> list[object]:
    members = list(value)
    if not members:
        kinds = [kind for kind in pool.by_type if kind in {int, str, float}]
        return [rng.choice(pool.by_type[rng.choice(kinds)])] if kinds else members
    place = rng.randrange(len(members))
    match rng.randrange(9):
        case 0:
            del members[place]
        case 1:
            members.insert(place, rng.choice(members))
        case 2:
            members.append(changed(rng.choice(members), pool, rng))
        case 3:
            other = rng.randrange(len(members))
            members[place], members[other] = members[other], members[place]
        case 4:
            members.reverse()
        case 5:
            members = members[: place + 1]
        case 6:
            members = [] if rng.random() < 0.3 else members + members[:2]
        case _:
            members[place] = changed(members[place], pool, rng)
    return members


def _tuple(value: "tuple[object, ...]", pool: Pool, rng: Random) -> tuple[object, ...]:
    """A tuple keeps its length: it usually is a record."""
    if not value:
        return value
    place = rng.randrange(len(value))
    return (*value[:place], changed(value[place], pool, rng), *value[place + 1 :])


def _set(value: "set[object]", pool: Pool, rng: Random) -> set[object]:
    return set(_list(_ordered(value), pool, rng))


def _frozenset(value: "frozenset[object]", pool: Pool, rng: Random) -> frozenset[object]:
    return frozenset(_list(_ordered(value), pool, rng))


def _dict(value: "dict[object, object]", pool: Pool, rng: Random) -> dict[object, object]:
    items = list(value.items())
    if not items:
        return {}
    place = rng.randrange(len(items))
    key, content = items[place]
    match rng.randrange(5):
        case 0:
            del items[place]
        case 1:
            items.append((changed(key, pool, rng), content))
        case 2:
            items.reverse()
        case _:
            items[place] = key, changed(content, pool, rng)
    return dict(items)


_RULES: dict[type, Callable[..., object]] = {
    int: _integer,
    bool: lambda value, pool, rng: not value,
    float: _float,
    str: _string,
    list: _list,
    tuple: _tuple,
    set: _set,
    frozenset: _frozenset,
    dict: _dict,
}
