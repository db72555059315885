"""Small arguments of the types that a program is called with, enumerated: the smallest come first."""

import ast
from collections.abc import Iterator, Sequence
from itertools import islice, product

import tracer
from variants.calls import argument_text

_INTEGERS = (
    0,
    1,
    2,
    3,
    -1,
    4,
    5,
    -2,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    15,
    16,
    20,
    24,
    25,
    27,
    30,
    64,
    99,
    100,
    101,
)
_FLOATS = (0.0, 1.0, -1.0, 0.5, 2.0, -0.5, 1.5, 2.5, 3.0, 10.0, 1e9)
_DEPTH = 3


def small_inputs(given: Sequence[str], most: int) -> list[str]:
    """Return up to `most` argument lists, of the shapes that the given ones have."""
    shapes: dict[str, tuple[tuple, dict]] = {}
    for text in given:
        arguments = tracer.parse_arguments(text)
        values = (arguments.positional, arguments.keyword)
        shapes.setdefault(repr(_shape(values)), values)
    found: dict[str, None] = {}
    share = max(most // max(len(shapes), 1), 1)
    for positional, keyword in shapes.values():
        values = [*positional, *keyword.values()]
        # So many of each argument that all their combinations are not more than wanted.
        each = max(2, int(share ** (1 / max(len(values), 1))))
        pools = [list(islice(_values(value, _letters(given), 0), each)) for value in values]
        for chosen in islice(product(*pools), share):
            named = dict(zip(keyword, chosen[len(positional) :], strict=True))
            found[argument_text(chosen[: len(positional)], named)] = None
    return list(found)


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return "dict", sorted({(repr(_shape(key)), repr(_shape(item))) for key, item in value.items()})
    if isinstance(value, tuple):
        return "tuple", [_shape(part) for part in value]
    if isinstance(value, list | set | frozenset):
        return type(value).__name__, sorted({repr(_shape(part)) for part in value})
    return type(value).__name__


def _letters(given: Sequence[str]) -> str:
    """Return letters that tell something: those of the given strings, the most frequent first."""
    texts = [
        node.value
        for text in given
        for node in ast.walk(ast.parse(f"f({text})"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    joined = "".join(texts)
    return "".join(sorted(set(joined), key=lambda letter: (-joined.count(letter), letter)))[:6] or "ab A1"


def _values(like: object, letters: str, depth: int) -> Iterator[object]:
    """Yield values of one value's type, small ones first."""
    if like is None or isinstance(like, bool):
        yield from (like,) if like is None else (False, True)
    elif isinstance(like, int):
        yield from _INTEGERS
    elif isinstance(like, float):
        yield from _FLOATS
    elif isinstance(like, str):
        for length in range(5):
            yield from map("".join, product(letters, repeat=length))
    elif isinstance(like, tuple):
        parts = [list(islice(_values(part, letters, depth + 1), 6)) for part in like]
        yield from product(*parts)
    elif isinstance(like, list):
        example = like[0] if like else 0
        items = list(islice(_values(example, letters, depth + 1), 7 if depth == 0 else 3))
        for length in range(_DEPTH + 1 if depth == 0 else 3):
            yield from map(list, product(items, repeat=length))
    else:
        yield like
