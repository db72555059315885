"""Reads literals: from text to value, without executing anything, for any text."""

import ast
import warnings
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from fractions import Fraction

from tracer.shapes import RESERVED, Record

MAX_CHARS = 20_000
MAX_DEPTH = 50
MAX_NODES = 2_000

ATOMS = (type(None), bool, int, float, str, bytes)
FACTORIES = {kind.__name__: kind for kind in (list, dict, set, tuple, int, float, str, bool, bytes)}
"""Factories that a defaultdict can have in a literal."""

_CLOCK: dict[str, Callable[..., object]] = {
    "date": date,
    "datetime": datetime,
    "time": time,
    "timedelta": timedelta,
}


class LiteralError(ValueError):
    """A text that is no literal of the grammar, with the reason."""


def parse_literal(text: str) -> object:
    """Return the value of a literal without executing anything.

    An instance of a program's class, `Point(x=1, y=2)`, gives a `tracer.shapes.Record`.

    Raises:
        LiteralError: `text` is no literal of the grammar, or exceeds the caps on size and depth.
    """
    node = parse_expression(text.strip())
    return literal_value(node)


def parse_expression(text: str) -> ast.expr:
    """Parse one Python expression, safely for any text.

    Raises:
        LiteralError: it does not parse, or is too large or too deep to be looked at.
    """
    if len(text) > MAX_CHARS:
        raise LiteralError(f"longer than {MAX_CHARS} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise LiteralError(f"not a Python expression: {type(error).__name__}") from None


def literal_value(node: ast.expr) -> object:
    """Return the value of an expression node that is a literal; raises `LiteralError` elsewhere."""
    try:
        return _evaluate(node, MAX_DEPTH)
    except (TypeError, ValueError, OverflowError, ArithmeticError, DecimalException) as error:
        raise error if isinstance(error, LiteralError) else LiteralError(str(error)) from None


def _evaluate(node: ast.expr, depth: int) -> object:
    if depth <= 0:
        raise LiteralError(f"nested deeper than {MAX_DEPTH}")
    below = depth - 1
    match node:
        case ast.Constant(value=value) if type(value) in ATOMS or type(value) is complex:
            return value
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=value)) if type(value) in (
            int,
            float,
            complex,
        ):
            return -value if isinstance(node.op, ast.USub) else value  # type: ignore[operator]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=ast.Constant(value=complex() as value)):
            return _complex(left, node.op, value, below)
        case ast.List(elts=items):
            return [_evaluate(item, below) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_evaluate(item, below) for item in items)
        case ast.Set(elts=items):
            return {_evaluate(item, below) for item in items}
        case ast.Dict(keys=keys, values=values):
            if None in keys:
                raise LiteralError("`**` in a dict is no literal")
            return {
                _evaluate(key, below): _evaluate(item, below)
                for key, item in zip(keys, values, strict=True)
                if key is not None
            }
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=words):
            return _constructed(name, arguments, words, below)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="datetime"), attr=name), args=arguments, keywords=words
        ) if name in _CLOCK:
            return _constructed(name, arguments, words, below)
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="datetime"), attr="timezone"), attr="utc"):
            return UTC
    raise LiteralError(f"{type(node).__name__} is no literal")


def _complex(left: ast.expr, operator: ast.operator, imaginary: complex, depth: int) -> complex:
    """Evaluate `1.0+2j`, as Python writes complex numbers."""
    real = _evaluate(left, depth)
    if type(real) not in (int, float):
        raise LiteralError("arithmetic is no literal")
    return real - imaginary if isinstance(operator, ast.Sub) else real + imaginary  # type: ignore[operator]


def _constructed(name: str, arguments: list[ast.expr], words: list[ast.keyword], depth: int) -> object:
    if any(word.arg is None for word in words):
        raise LiteralError("`**` is no literal")
    keyword = {str(word.arg): word.value for word in words}
    if name not in RESERVED and not arguments:
        return Record(name, tuple((key, _evaluate(node, depth)) for key, node in keyword.items()))
    match name, arguments:
        case "float", [ast.Constant(value="nan" | "inf" | "-inf" as value)] if not keyword:
            return float(value)
        case "frozenset", [ast.Set(elts=items)] if not keyword:
            return frozenset(_evaluate(item, depth) for item in items)
        case "defaultdict", [ast.Name(id=factory), *_] if factory in FACTORIES and not keyword:
            rest = [_evaluate(item, depth) for item in arguments[1:]]
            return _checked(
                "defaultdict", lambda *parts: defaultdict(FACTORIES[factory], *parts), rest, (dict,)
            )
        case "deque", [ast.List()] if list(keyword) == ["maxlen"]:
            length = _evaluate(keyword["maxlen"], depth)
            return deque(_evaluate(arguments[0], depth), length)  # type: ignore[call-overload]
    values = [_evaluate(item, depth) for item in arguments]
    if name in _CLOCK:
        return _clock(name, values, {key: _evaluate(node, depth) for key, node in keyword.items()})
    if keyword:
        raise LiteralError(f"a call of {name} is no literal")
    if name in _MAKERS:
        make, kinds = _MAKERS[name]
        return _checked(name, make, values, kinds)
    raise LiteralError(f"a call of {name} is no literal")


def _checked(name: str, make: Callable[..., object], values: list[object], kinds: tuple[type, ...]) -> object:
    """Make a value if each argument is of the type at its place; too few are refused by the maker."""
    if len(values) > len(kinds) or any(
        type(value) is not kind for value, kind in zip(values, kinds, strict=False)
    ):
        raise LiteralError(f"a call of {name} with such arguments is no literal")
    return make(*values)


def _empty_set(*none: object) -> object:
    return set()


def _ordered(items: object = ()) -> object:
    return OrderedDict(items)  # type: ignore[call-overload]


_MAKERS: dict[str, tuple[Callable[..., object], tuple[type, ...]]] = {
    "set": (_empty_set, ()),
    "frozenset": (frozenset, ()),
    "complex": (complex, (float, float)),
    "range": (range, (int, int, int)),
    "bytearray": (bytearray, (bytes,)),
    "deque": (deque, (list,)),
    "Counter": (Counter, (dict,)),
    "defaultdict": (defaultdict, (type(None), dict)),
    "OrderedDict": (_ordered, (dict,)),
    "Decimal": (Decimal, (str,)),
    "Fraction": (Fraction, (int, int)),
}


def _clock(name: str, values: list[object], keyword: dict[str, object]) -> object:
    whole = [*values, *(value for key, value in keyword.items() if key != "tzinfo")]
    if not all(type(value) is int for value in whole) or keyword.get("tzinfo", UTC) is not UTC:
        raise LiteralError(f"a call of {name} with such arguments is no literal")
    return _CLOCK[name](*values, **keyword)
