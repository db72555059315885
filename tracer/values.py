"""Canonical typed literals: the one text form of a value, and the way back.

The grammar is Python's own literals plus `set()`, `frozenset({...})` and `float('nan')` and its kin.
Two values have the same literal iff they are equal and of equal types (dict order included). A value
without a literal has a *marker* in its place, a text that begins with `<` and so can never be gold:
`<opaque function>`, `<cyclic list>`, `<truncated list>`.
"""

import ast
import math
import warnings
from collections.abc import Callable, Iterable

MAX_NODES = 2_000
MAX_CHARS = 20_000
MAX_DEPTH = 50

_ATOMS = (type(None), bool, int, float, str, bytes)

_SAME_IN_PYTHON = frozenset({type(None), bool, int, str, bytes})


class LiteralError(ValueError):
    """A text that is no literal of the grammar, with the reason."""


class _NoLiteralError(Exception):
    """Carries the marker of a value, or of a part of it, that has no literal."""


def literal(value: object) -> str:
    """Return the canonical literal of `value`, or a marker (see `is_marker`) where it has none."""
    return _render(value, keep_order=True)


def comparison_key(value: object) -> str:
    """Return a text that two values share iff an answer counts as the same: equal value, equal type.

    Like Python's `==`, it ignores the order of a dict and the sign of zero; unlike it, it tells `True`
    from `1` and `1.0`, a tuple from a list, and finds NaN equal to NaN.
    """
    return _render(value, keep_order=False)


def is_marker(text: str) -> bool:
    """Tell whether `text` stands for a value that has no literal."""
    return text.startswith("<")


def parse_literal(text: str) -> object:
    """Return the value of a literal without executing anything.

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
    except TypeError as error:
        raise LiteralError(str(error)) from None


def _render(value: object, *, keep_order: bool) -> str:
    if type(value) in _ATOMS:
        return _atom(value, keep_order)
    if keep_order and (text := _quick(value)) is not None:
        return text
    budget = _Budget(type(value).__name__)
    try:
        text = _container(value, keep_order, budget, ())
    except _NoLiteralError as marker:
        return str(marker)
    return text


def _quick(value: object) -> str | None:
    """Return the literal of a small flat list, tuple or dict, for which Python's own text is canonical."""
    kind = type(value)
    if kind is dict:
        flat = _SAME_IN_PYTHON.issuperset(map(type, value.values())) and _SAME_IN_PYTHON.issuperset(  # type: ignore[attr-defined]
            map(type, value)  # type: ignore[call-overload]
        )
    elif kind is list or kind is tuple:
        flat = _SAME_IN_PYTHON.issuperset(map(type, value))  # type: ignore[call-overload]
    else:
        return None
    if not flat or len(value) >= MAX_NODES // 2:  # type: ignore[arg-type]
        return None
    try:
        text = repr(value)
    except ValueError:  # an int past sys.get_int_max_str_digits()
        return None
    return text if len(text) <= MAX_CHARS else None


class _Budget:
    """Nodes and characters left before a value of some kind is marked truncated."""

    def __init__(self, kind: str) -> None:
        self._nodes = MAX_NODES
        self._chars = MAX_CHARS
        self._kind = kind

    def spend(self, chars: int) -> None:
        self._nodes -= 1
        self._chars -= chars
        if self._nodes < 0 or self._chars < 0:
            raise _NoLiteralError(f"<truncated {self._kind}>")


def _atom(value: object, keep_order: bool) -> str:
    if type(value) is float:
        if not math.isfinite(value):
            return f"float('{value!r}')"
        if value == 0.0 and not keep_order:
            return "0.0"
    elif type(value) is int and value.bit_length() > 4 * MAX_CHARS // 2:
        return "<truncated int>"
    elif isinstance(value, str | bytes) and len(value) > MAX_CHARS:
        return f"<truncated {type(value).__name__}>"
    try:
        return repr(value)
    except ValueError:  # an int past sys.get_int_max_str_digits()
        return "<truncated int>"


def _container(value: object, keep_order: bool, budget: _Budget, parents: tuple[int, ...]) -> str:
    kind = type(value).__name__
    if type(value) in _ATOMS:
        text = _atom(value, keep_order)
        if is_marker(text):
            raise _NoLiteralError(text)
        budget.spend(len(text))
        return text
    if id(value) in parents:
        raise _NoLiteralError(f"<cyclic {kind}>")
    if len(parents) >= MAX_DEPTH:
        raise _NoLiteralError(f"<truncated {kind}>")
    budget.spend(2)
    inside = (*parents, id(value))

    def part(item: object) -> str:
        return _container(item, keep_order, budget, inside)

    if type(value) is list:
        return f"[{', '.join(map(part, value))}]"
    if type(value) is tuple:
        return f"({part(value[0])},)" if len(value) == 1 else f"({', '.join(map(part, value))})"
    if type(value) is dict:
        pairs = [f"{part(key)}: {part(item)}" for key, item in value.items()]
        return f"{{{', '.join(pairs if keep_order else sorted(pairs))}}}"
    if type(value) is set:
        return f"{{{_members(value, part)}}}" if value else "set()"
    if type(value) is frozenset:
        return f"frozenset({{{_members(value, part)}}})" if value else "frozenset()"
    raise _NoLiteralError(f"<opaque {kind}>")


def _members(members: Iterable[object], part: Callable[[object], str]) -> str:
    """Render set members in an order that does not depend on hashes."""
    texts = {part(member): member for member in members}
    if all(type(member) in (int, bool) for member in texts.values()):
        return ", ".join(sorted(texts, key=lambda text: (int(texts[text]), text)))  # type: ignore[call-overload]
    return ", ".join(sorted(texts))


def _evaluate(node: ast.expr, depth: int) -> object:
    if depth <= 0:
        raise LiteralError(f"nested deeper than {MAX_DEPTH}")
    below = depth - 1
    match node:
        case ast.Constant(value=value) if type(value) in _ATOMS:
            return value
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant(value=value)) if type(value) in (
            int,
            float,
        ):
            return -value if isinstance(node.op, ast.USub) else value  # type: ignore[operator]
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
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _constructed(name, arguments, below)
    raise LiteralError(f"{type(node).__name__} is no literal")


def _constructed(name: str, arguments: list[ast.expr], depth: int) -> object:
    match name, arguments:
        case "set", []:
            return set()
        case "frozenset", []:
            return frozenset()
        case "frozenset", [ast.Set(elts=items)]:
            return frozenset(_evaluate(item, depth) for item in items)
        case "float", [ast.Constant(value="nan" | "inf" | "-inf" as value)]:
            return float(value)
    raise LiteralError(f"a call of {name} is no literal")
