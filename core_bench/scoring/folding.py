"""Folds harmless constant expressions, such as `[0] * 4`, within limits; nothing is ever executed.

The grammar of an answer is that of gold literals (`tracer.literals`). Folding adds arithmetic, concatenation
and repetition of literals, and `dict(a=1)`; `generous` adds what published scorers accepted because they
executed the answer: indexing and slicing, comparisons, `list(...)` and its kin. There are no names, no
attributes, no calls of anything else, no comprehensions.
"""

import ast
import operator
from collections.abc import Callable, Sequence, Sized
from typing import Any

from tracer import LiteralError, literal_value

MAX_LENGTH = 20_000
"""Elements or characters that a folded sequence may have."""
MAX_BITS = 20_000
MAX_DEPTH = 50
MAX_STEPS = 2_000
"""Operations that are folded in one answer."""

Number = int | float | complex
Call = Callable[[ast.Call], object]
_NUMBERS = (int, float, complex, bool)
_SEQUENCES = (str, bytes, list, tuple)

_ARITHMETIC: dict[type[ast.operator], Callable[..., object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_UNARY: dict[type[ast.unaryop], Callable[..., object]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.inv,
    ast.Not: operator.not_,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[..., bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_MAKERS: dict[str, Callable[..., object]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "sorted": sorted,
    "len": len,
}


def folded_value(node: ast.expr, *, generous: bool = False, call: Call | None = None) -> object:
    """Return the value of a literal or of a constant expression over literals.

    Args:
        node: the expression.
        generous: whether indexing, comparisons and simple constructors are folded, too.
        call: gives the value of a call of a function by its plain name, or raises `LiteralError`.

    Raises:
        LiteralError: it is neither, or a limit is exceeded; the reason is told.
    """
    try:
        # With `call`, `f(x=1)` is a call and not the record of that name.
        if call is None:
            return literal_value(node)
    except LiteralError:
        pass
    try:
        return _Folder(generous, call).fold(node, MAX_DEPTH)
    except LiteralError:
        raise
    except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError, MemoryError) as error:
        raise LiteralError(f"{type(error).__name__}: {error}") from None


class _Folder:
    def __init__(self, generous: bool, call: Call | None) -> None:
        self._generous = generous
        self._call = call
        self._steps = MAX_STEPS

    def fold(self, node: ast.expr, depth: int) -> object:
        self._steps -= 1
        if depth <= 0 or self._steps <= 0:
            raise LiteralError("too deep or too long to be folded")
        below = depth - 1
        match node:
            case ast.BinOp(left=left, op=sign, right=right):
                return _binary(sign, self.fold(left, below), self.fold(right, below))
            case ast.UnaryOp(op=sign, operand=operand):
                return self._unary(sign, self.fold(operand, below))
            case ast.List(elts=items):
                return [self.fold(item, below) for item in items]
            case ast.Tuple(elts=items):
                return tuple(self.fold(item, below) for item in items)
            case ast.Set(elts=items):
                return {self.fold(item, below) for item in items}
            case ast.Dict(keys=keys, values=values) if None not in keys:
                return {
                    self.fold(key, below): self.fold(value, below)
                    for key, value in zip(keys, values, strict=True)
                    if key is not None
                }
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=words):
                return {str(word.arg): self.fold(word.value, below) for word in words if word.arg is not None}
        return self._more(node, below) if self._generous else literal_value(node)

    def _unary(self, sign: ast.unaryop, value: object) -> object:
        if isinstance(sign, ast.Not) and not self._generous:
            raise LiteralError("`not` is not folded")
        if not isinstance(value, _NUMBERS) and not isinstance(sign, ast.Not):
            raise LiteralError("a sign needs a number")
        return _UNARY[type(sign)](value)

    def _more(self, node: ast.expr, depth: int) -> object:
        match node:
            case ast.Subscript(value=value, slice=ast.Slice() as part):
                ends = (part.lower, part.upper, part.step)
                cut: slice[Any, Any, Any] = slice(*(end and self.fold(end, depth) for end in ends))
                whole = self.fold(value, depth)
                if isinstance(whole, _SEQUENCES):
                    return whole[cut]
            case ast.Subscript(value=value, slice=key):
                whole = self.fold(value, depth)
                if isinstance(whole, (*_SEQUENCES, dict)):
                    return whole[self.fold(key, depth)]  # type: ignore[index, call-overload]
            case ast.BoolOp(op=sign, values=[first, *rest]):
                value_so_far = self.fold(first, depth)
                for operand in rest:
                    if bool(value_so_far) is isinstance(sign, ast.Or):
                        break
                    value_so_far = self.fold(operand, depth)
                return value_so_far
            case ast.Compare(left=left, ops=signs, comparators=rest):
                return self._compare(left, signs, rest, depth)
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _MAKERS:
                made_of = self.fold(argument, depth)
                if isinstance(made_of, range) and len(made_of) > MAX_LENGTH:
                    raise LiteralError("a range is too long")
                return _MAKERS[name](made_of)
            case ast.Call(func=ast.Name()) if self._call is not None:
                return self._call(node)
        return literal_value(node)

    def _compare(
        self, left: ast.expr, signs: Sequence[ast.cmpop], rest: Sequence[ast.expr], depth: int
    ) -> bool:
        values = [self.fold(item, depth) for item in (left, *rest)]
        for before, sign, after in zip(values[:-1], signs, values[1:], strict=True):
            if type(sign) not in _COMPARISONS:
                raise LiteralError(f"{type(sign).__name__} is not folded")
            if not _COMPARISONS[type(sign)](before, after):
                return False
        return True


def _binary(sign: ast.operator, left: object, right: object) -> object:
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return _number(sign, left, right)
    if isinstance(sign, ast.Add) and type(left) is type(right) and isinstance(left, _SEQUENCES):
        _check_length(_length(left) + _length(right))
        return left + right  # type: ignore[operator]
    if isinstance(sign, ast.Mult):
        sequence, count = (left, right) if isinstance(left, _SEQUENCES) else (right, left)
        if isinstance(sequence, _SEQUENCES) and isinstance(count, int):
            _check_length(_length(sequence) * count)
            return sequence * count
    raise LiteralError(f"{type(sign).__name__} of {type(left).__name__} and {type(right).__name__}")


def _number(sign: ast.operator, left: Number, right: Number) -> object:
    if isinstance(sign, ast.Pow):
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MAX_BITS:
            raise LiteralError("the power is too large")
        return left**right
    if isinstance(sign, ast.LShift | ast.RShift):
        result = _shifted(sign, left, right)
    elif type(sign) in _ARITHMETIC:
        result = _ARITHMETIC[type(sign)](left, right)
    else:
        raise LiteralError(f"{type(sign).__name__} is not folded")
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        raise LiteralError("the number is too large")
    return result


def _shifted(sign: ast.operator, left: object, right: object) -> object:
    if isinstance(left, int) and isinstance(right, int) and right <= MAX_BITS:
        return left << right if isinstance(sign, ast.LShift) else left >> right
    raise LiteralError("the shift is too large")


def _length(value: object) -> int:
    """Return the number of elements, those of nested sequences included."""
    if isinstance(value, list | tuple):
        return sum(1 + _length(item) for item in value)
    return len(value) if isinstance(value, Sized) else 0


def _check_length(length: int) -> None:
    if length > MAX_LENGTH:
        raise LiteralError("the sequence is too long")
